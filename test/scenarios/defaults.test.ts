/**
 * A video never fails because of what a member leaves out: with each vendor alone, as strict as its
 * documentation, every mode it supports works with nothing but a prompt and its files.
 */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { VendorOptions } from '#sandbox/vendor/vendor.ts';

import { heicImage, pngImage } from '../fakes/images.ts';
import { scenario, until, type ScenarioOptions, type VideoOptions } from './harness.ts';
import { disablePriceQuestion, moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const upright = file('boat.png', pngImage({ width: 480, height: 800 }));
const wide = file('bay.png', pngImage({ width: 800, height: 450 }));

const MODES = {
  text: {},
  'a first frame': { first_frame: upright },
  'two frames': { first_frame: upright, last_frame: upright },
  'a reference': { reference_1: upright, reference_2: wide },
} as const satisfies Record<string, Omit<VideoOptions, 'prompt'>>;
type Mode = keyof typeof MODES;

const FRAMES: readonly Mode[] = ['text', 'a first frame', 'two frames'];
const VENDORS: ReadonlyArray<readonly [string, VendorOptions, readonly Mode[]]> = [
  ['BytePlus', {}, [...FRAMES, 'a reference']],
  ['Volcengine', { idPrefix: 'doubao-' }, [...FRAMES, 'a reference']],
  ['Azerion', { dialect: 'azerion' }, [...FRAMES, 'a reference']],
  ['PowerTokens', { dialect: 'powertokens' }, [...FRAMES, 'a reference']],
  ['kyyAiPower', { dialect: 'kyyaipower' }, FRAMES],
  ['Pixazo', { dialect: 'pixazo' }, [...FRAMES, 'a reference']],
  ['AI/ML API', { dialect: 'aimlapi' }, [...FRAMES, 'a reference']],
];
const ROWS = VENDORS.flatMap(([name, vendor, modes]) =>
  modes.map((mode) => ({ name, vendor, mode })),
);

/** What the vendor received for a video with these options. */
async function receivedTask(world: ScenarioOptions, options: Omit<VideoOptions, 'prompt'>) {
  let task: unknown;
  await scenario(world, async (s) => {
    await disablePriceQuestion(s);
    s.video({ prompt: PROMPT, ...options });
    await until(
      async () => ({ tasks: s.vendor.tasks.length, jobs: await s.ledgers.jobs() }),
      ({ tasks, jobs }) => tasks === 1 || jobs.some(({ failure }) => failure !== undefined),
    );
    task = s.vendor.tasks[0]?.options;
    expect(s.creates()).toHaveLength(1);
    expect([200, 202]).toContain(s.creates()[0]?.status);
  });
  return task;
}

describe.concurrent('defaults with a single vendor', () => {
  test.each(ROWS)('$name makes a video of $mode', async ({ vendor, mode }) => {
    expect(await receivedTask({ vendor }, MODES[mode])).toBeDefined();
  });

  const AIMLAPI = { vendor: { dialect: 'aimlapi' } } as const;
  const rows: readonly [string, ScenarioOptions, Omit<VideoOptions, 'prompt'>, object][] = [
    [
      'kyyAiPower makes 2.0 without sound, which it does not support',
      { vendor: { dialect: 'kyyaipower' } },
      { model: '2.0' },
      { generateAudio: false, resolution: '720p' },
    ],
    [
      'Pixazo makes 2.0-mini with sound, in the ratio of the picture',
      { vendor: { dialect: 'pixazo' } },
      { first_frame: upright },
      { mode: 'i2v', resolution: '720p', seconds: 5, generateAudio: true },
    ],
    [
      'Pixazo makes 1.0 lite when it is named',
      { vendor: { dialect: 'pixazo' } },
      { model: '1.0-lite-t2v' },
      { mode: 't2v' },
    ],
    [
      'AI/ML API makes 2.0-mini from a picture in the nearest ratio',
      AIMLAPI,
      { model: '2.0-mini', first_frame: upright },
      { ratio: '9:16', generateAudio: true },
    ],
    [
      'AI/ML API makes a video from references in the ratio nearest to the first',
      AIMLAPI,
      { model: '2.5', reference_1: wide },
      { ratio: '16:9' },
    ],
    [
      'AI/ML API makes references with a watermark by a model that supports it there',
      AIMLAPI,
      { reference_1: wide, watermark: true },
      { hasWatermark: true },
    ],
    [
      'AI/ML API makes 10 s by a model that supports it there',
      AIMLAPI,
      { duration: 10, camera_fixed: true },
      { seconds: 10, isCameraFixed: true },
    ],
  ];
  test.each(rows)('%s', async (_name, world, options, expected) => {
    expect(await receivedTask(world, options)).toMatchObject(expected);
  });

  const heic = file('boat.heic', heicImage());

  test('a HEIC picture leads to a model that reads it when the first does not', async () => {
    const world = { vendor: { dialect: 'powertokens' } } as const;

    expect(await receivedTask(world, { first_frame: heic })).toMatchObject({ mode: 'i2v' });
  });

  test('a HEIC picture that no model here accepts is refused with an alternative', () =>
    scenario({ vendor: { dialect: 'azerion' } }, async (s) => {
      await readReply(moderator(s).runs('settings models', { model: '1.5-pro', allowed: false }));
      const refusal = await s.video({ prompt: PROMPT, first_frame: heic }).refusal();

      expect(refusal).toMatch(/HEIC|HEIF/i);
      expect(refusal).toMatch(/JPEG|PNG/);
      expect(await s.ledgers.jobs()).toEqual([]);
    }));

  test('a limit of the server leads to a model that can keep it', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { max_seconds: 3 }));
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);

      expect(s.vendor.tasks[0]?.options.seconds).toBe(3);
    }));

  test('a typed option that no vendor supports is refused before anything is held, with an alternative', () =>
    scenario({ vendor: { dialect: 'kyyaipower' } }, async (s) => {
      const refusal = await s.video({ prompt: PROMPT, model: '2.0', audio: true }).refusal();

      expect(refusal).toContain('Here, 2.0 makes no sound. Turn audio off');
      expect(refusal).toContain('or use 1.5-pro');
      expect(await s.ledgers.jobs()).toEqual([]);
    }));
});

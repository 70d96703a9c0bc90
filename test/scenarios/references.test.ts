/** Every mode on every model that supports it: what the vendor receives, what is held and what is paid. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { pngImage } from '../fakes/images.ts';
import { mp4File } from '../fakes/videos.ts';
import { mp3File, wavFile } from '../unit/media/inspection/sounds.ts';
import { expectVideo, rolesIn } from './assert-video.ts';
import { scenario, type ScenarioOptions, type VideoOptions } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
/** ByteDance has retired 1.5-pro and the lite pair; a reseller that documents them serves them. */
function servedBy(model: string): Pick<ScenarioOptions, 'vendor'> {
  if (model === '1.5-pro') return { vendor: { dialect: 'powertokens' } };
  return model.includes('lite') ? { vendor: { dialect: 'azerion' } } : {};
}
/** The most expensive of these costs more than the default allowance. */
const RICH = {
  environment: { DEFAULT_GUILD_CREDITS: '100000', MAX_GUILD_CREDITS_PER_MONTH: '100000' },
};

const tall = pngImage({ width: 480, height: 800 });
const wide = pngImage({ width: 800, height: 450 });
/** The shape of `wide`: a last frame of another shape would add a note, which other scenarios test. */
const wideToo = pngImage({ width: 1600, height: 900 });
const picture = (bytes = wide) => file('boat.png', bytes);
const clip = (seconds = 3) => file('waves.mp4', mp4File({ seconds, hasAudio: true }));
const sound = () => file('gulls.wav', wavFile({ seconds: 4 }));

const FRAME = { first_frame: picture() };
const BOTH_FRAMES = { first_frame: picture(), last_frame: picture(wideToo) };
const IMAGES = { reference_1: picture(), reference_2: picture(tall) };
const EVERYTHING = {
  reference_1: picture(),
  reference_2: picture(tall),
  reference_3: picture(),
  reference_4: picture(tall),
  reference_video: clip(),
  reference_audio: file('gulls.mp3', mp3File({ seconds: 4 })),
};

type Inputs = Omit<VideoOptions, 'prompt'>;
interface Mode {
  readonly inputs: Inputs;
  readonly roles: readonly string[];
}

const MODES = {
  text: { inputs: {}, roles: [] },
  'first frame': { inputs: FRAME, roles: ['first_frame'] },
  'first and last frame': { inputs: BOTH_FRAMES, roles: ['first_frame', 'last_frame'] },
  'reference pictures': { inputs: IMAGES, roles: ['reference_image', 'reference_image'] },
  'a reference video': { inputs: { reference_video: clip() }, roles: ['reference_video'] },
  'a reference video and sound': {
    inputs: { reference_video: clip(), reference_audio: sound() },
    roles: ['reference_video', 'reference_audio'],
  },
  'a picture and a sound': {
    inputs: { reference_1: picture(), reference_audio: sound() },
    roles: ['reference_image', 'reference_audio'],
  },
  everything: {
    inputs: EVERYTHING,
    roles: [...Array(4).fill('reference_image'), 'reference_video', 'reference_audio'],
  },
} as const satisfies Record<string, Mode>;
type ModeName = keyof typeof MODES;

const FRAMES: readonly ModeName[] = ['text', 'first frame', 'first and last frame'];
const WIDTH_OF_2: readonly ModeName[] = [
  ...FRAMES,
  'reference pictures',
  'a reference video',
  'a reference video and sound',
  'a picture and a sound',
  'everything',
];

const MODES_OF: Readonly<Record<string, readonly ModeName[]>> = {
  '1.5-pro': FRAMES,
  '1.0-pro': FRAMES,
  '1.0-pro-fast': ['text', 'first frame'],
  '2.0': WIDTH_OF_2,
  '2.0-fast': WIDTH_OF_2,
  '2.0-mini': WIDTH_OF_2,
  '2.5': WIDTH_OF_2,
  '1.0-lite-i2v': ['first frame', 'first and last frame', 'reference pictures'],
};

const ROWS = Object.entries(MODES_OF).flatMap(([model, modes]) =>
  modes.map((mode) => ({ model, mode })),
);

describe.concurrent('a video', () => {
  test.each(ROWS)('a video is made by $model from $mode', ({ model, mode }) =>
    scenario({ ...RICH, ...servedBy(model) }, async (s) => {
      const { inputs, roles } = MODES[mode];

      const made = await expectVideo(s, { prompt: PROMPT, model, ...inputs });

      expect(rolesIn(made)).toEqual(roles);
      expect(made.request.content[0]).toMatchObject({ type: 'text', text: PROMPT });
      expect(made.request).toMatchObject({ return_last_frame: true, resolution: '720p' });
      expect(made.job.video?.lastFrameFile).toBeDefined();
    }),
  );
});

describe.concurrent('references', () => {
  test('reference audio is sent as bytes and a reference video by its address, each as its own kind', () =>
    scenario(RICH, async (s) => {
      const made = await expectVideo(s, { prompt: PROMPT, model: '2.0', ...EVERYTHING });

      const items = made.request.content;
      expect(items.find(({ type }) => type === 'image_url')?.image_url?.url).toMatch(
        /^data:image\/png;/,
      );
      expect(items.find(({ type }) => type === 'audio_url')?.audio_url?.url).toMatch(
        /^data:audio\/(?:mpeg|mp3);base64,/,
      );
      expect(items.find(({ type }) => type === 'video_url')?.video_url?.url).toContain(
        s.discord.cdnHost,
      );
    }));

  test('references keep the order they were given in', () =>
    scenario(RICH, async (s) => {
      const inputs = { reference_3: picture(tall), reference_1: picture(wide) };
      const made = await expectVideo(s, { prompt: PROMPT, model: '2.0-fast', ...inputs });

      expect(made.request.content.map(({ image_url: image }) => image?.url)).toEqual([
        undefined,
        `data:image/png;base64,${wide.toString('base64')}`,
        `data:image/png;base64,${tall.toString('base64')}`,
      ]);
    }));

  test('references without a model go to the first model that accepts them', () =>
    scenario(RICH, async (s) => {
      const made = await expectVideo(s, { prompt: PROMPT, reference_1: picture() });

      expect(made.request.model).toBe('dreamina-seedance-2-0-mini-260615');
    }));

  test('reference videos are billed by their seconds, which are held in advance', () =>
    scenario(RICH, async (s) => {
      const options = { prompt: PROMPT, model: '2.0', ratio: '16:9', duration: 5 };
      const made = await expectVideo(s, { ...options, reference_video: clip(10) });

      expect(made.task.tokens).toBe(Math.floor((1280 * 720 * (24 * 15 + 1)) / 1024));
      expect(made.job.request.referenceVideoSeconds).toBeCloseTo(10, 1);
      expect(made.job.holdCredits).toBe(made.job.costCredits);
    }));

  test.each(['1.0-pro', '1.0-lite-i2v'])('%s counts a fraction of a second in frames', (model) =>
    scenario(servedBy(model), async (s) => {
      const made = await expectVideo(s, { prompt: PROMPT, model, ...FRAME, duration: 2.04 });

      expect(made.request).toMatchObject({ frames: 49 });
      expect(made.request).not.toHaveProperty('duration');
    }),
  );

  test.each(['1.5-pro', '2.0', '2.5'])(
    '%s chooses the length, and only the actual length is paid',
    (model) =>
      scenario({ ...RICH, ...servedBy(model) }, async (s) => {
        const made = await expectVideo(s, { prompt: PROMPT, model, duration: -1, seed: 0 });

        expect(made.request).toMatchObject({ duration: -1 });
        expect(made.task.options.seconds).toBe(4);
        expect(made.job.costCredits).toBeLessThan(made.job.holdCredits);
      }),
  );

  test('economy goes to the slower tier, at half the price, and is found there', () =>
    scenario({}, async (s) => {
      const made = await expectVideo(s, { prompt: PROMPT, economy: true });

      expect(made.request).toMatchObject({ service_tier: 'flex' });
      expect(made.task.id).toMatch(/^cgt-batch-/);
      expect(made.job.costCredits).toBe(6);
      const lists = s.vendor.journal.filter(({ route }) => route === 'list');
      expect(lists.map(({ query }) => query['filter.service_tier'])).toContainEqual(['flex']);
    }));
});

/**
 * A price is asked about first when the bot itself chose a model that costs far more than the usual one,
 * or when the price exceeds the server’s limit for it. There is no question about ordinary videos.
 */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { VendorOptions } from '#sandbox/vendor/vendor.ts';

import { pngImage } from '../fakes/images.ts';
import { mp4File } from '../fakes/videos.ts';
import { scenario, until, type Scenario, type VideoOptions } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const boat = file('boat.png', pngImage({ width: 800, height: 450 }));
type Options = Omit<VideoOptions, 'prompt'>;
const clip = (seconds: number) => file('waves.mp4', mp4File({ seconds }));

/** The question to the member; undefined when the video is made at once. */
async function question(s: Scenario, options: Options): Promise<string | undefined> {
  const reply = s.video({ prompt: PROMPT, ...options });
  const before = (await s.ledgers.jobs()).length;
  const asked = () =>
    reply.visible.find(({ buttons }) => buttons.some(({ label }) => label.startsWith('Make it')));
  await until(
    async () => asked() !== undefined || (await s.ledgers.jobs()).length > before,
    (isAnswered) => isAnswered,
    () => reply.visible.map(({ text }) => text).join(' | '),
  );
  return asked()?.text;
}

const MADE_AT_ONCE: readonly [string, Options][] = [
  ['of a prompt alone', {}],
  ['of 12 s, as before', { duration: 12 }],
  ['of 13 s, which once cost 158 credits', { duration: 13 }],
  ['of a first frame', { first_frame: boat }],
  ['of a reference', { reference_1: boat }],
  ['of a short reference video', { reference_video: clip(3) }],
  [
    'of a short reference video on a more expensive model that was named',
    { model: '2.0', reference_video: clip(3) },
  ],
  ['of two seconds, which the usual model does not make', { duration: 2 }],
  ['at 1080p', { resolution: '1080p' }],
  ['on the slower tier', { economy: true }],
  ['of an expensive model that the member named', { model: '2.0' }],
];

const ASKED: readonly [string, Options, readonly string[]][] = [
  [
    'of 16 s, which only a more expensive model makes',
    { duration: 16 },
    [
      'costs up to 371 credits',
      'You named no model; 2.5 is the first that can do this',
      'The usual video (2.0-mini, 720p, 15 s) would cost 114 credits',
    ],
  ],
  [
    'of 30 s, the longest there is',
    { duration: 30 },
    ['costs up to 695 credits', '2.5', '(2.0-mini, 720p, 15 s) would cost 114 credits'],
  ],
  [
    'of a draft by a model that the bot chose',
    { draft: true },
    [
      'This draft costs up to 52 credits',
      '2.5 is the first that can do this',
      'would cost 18 credits',
    ],
  ],
  [
    'of a named model above 100 credits',
    { model: '2.5' },
    [
      'costs up to 117 credits',
      'This server asks before a video costs more than 100 credits',
      'The usual video (2.0-mini, 720p, 5 s) would cost 39 credits',
    ],
  ],
  [
    'of the usual model above 100 credits',
    { duration: 15 },
    ['costs up to 114 credits', 'This server asks before a video costs more than 100 credits.'],
  ],
];

/** Priced once the clip has been read. */
const ASKED_AFTER_READING: readonly [string, Options, readonly string[]][] = [
  [
    'of a long reference video on a named model',
    { model: '2.0', reference_video: clip(14) },
    [
      'costs up to 178 credits',
      'This server asks before a video costs more than 100 credits',
      'The usual video (2.0-mini, 720p, 5 s) would cost 87 credits',
      '14 s of reference video',
    ],
  ],
  [
    'of a reference video that the first model does not take',
    { reference_video: clip(20) },
    ['You named no model; 2.5 is the first that can do this', '20 s of reference video'],
  ],
];

const VENDORS: ReadonlyArray<readonly [string, VendorOptions]> = [
  ['BytePlus', {}],
  ['Volcengine', { idPrefix: 'doubao-' }],
  ['Azerion', { dialect: 'azerion' }],
  ['PowerTokens', { dialect: 'powertokens' }],
  ['kyyAiPower', { dialect: 'kyyaipower' }],
  ['Pixazo', { dialect: 'pixazo' }],
  ['AI/ML API', { dialect: 'aimlapi' }],
];

describe.concurrent('videos without a price question', () => {
  test.each(MADE_AT_ONCE)('no price is asked about for a video %s', (_name, options) =>
    scenario({}, async (s) => {
      expect(await question(s, options)).toBeUndefined();
    }),
  );

  test.each(VENDORS)(
    'no price is asked about for a prompt or a picture with %s alone',
    (_name, vendor) =>
      scenario({ vendor }, async (s) => {
        expect(await question(s, {})).toBeUndefined();
        expect(await question(s, { first_frame: boat })).toBeUndefined();
      }),
  );

  test.each(VENDORS)(
    'no price is asked about for a first and a last frame with %s alone',
    (_name, vendor) =>
      scenario({ vendor }, async (s) => {
        expect(await question(s, { first_frame: boat, last_frame: boat })).toBeUndefined();
      }),
  );

  test('no price is asked about where moderators switched the question off', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      const answer = await readReply(mia.runs('settings limits', { confirm_above: 0 }));

      expect(answer).toContain('prices are never confirmed');
      expect(await readReply(mia.runs('settings show'))).toContain('prices are never confirmed');
      expect(await question(s, { duration: 16 })).toBeUndefined();
    }));

  test('no price is asked about below the limit of the moderators', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { confirm_above: 120 }));

      expect(await question(s, { model: '2.5' })).toBeUndefined();
    }));

  test('no price is asked about for the server’s preferred model, however expensive', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('settings defaults', { model: '2.0' }));

      expect(await question(s, {})).toBeUndefined();
    }));
});

describe.concurrent('the price question', () => {
  test('a price that the member cannot pay is refused without a question', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('quota server', { max_cost: 370 }));
      const sentence = await s.video({ prompt: PROMPT, duration: 16 }).refusal();

      expect(sentence).toContain('371');
      expect(sentence).not.toContain('Make it');
      expect(await s.ledgers.jobs()).toEqual([]);
    }));

  test.each(ASKED)(
    'a price is asked about with its reason for a video %s',
    (_name, options, says) =>
      scenario({ environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
        const text = await question(s, options);

        for (const part of says) expect(text).toContain(part);
        expect(await s.ledgers.serverBalance()).toBe(0);
        expect(s.creates()).toEqual([]);
      }),
  );

  test.each(ASKED_AFTER_READING)(
    'a price is asked about with its reason for a video %s',
    (_name, options, says) =>
      scenario({}, async (s) => {
        const text = await question(s, options);

        for (const part of says) expect(text).toContain(part);
        expect(await s.ledgers.serverBalance()).toBe(0);
      }),
  );

  test('a press on the price of a reference video makes the video for at most that price', () =>
    scenario({}, async (s) => {
      const reply = s.video({ prompt: PROMPT, model: '2.0', reference_video: clip(14) });
      await reply.until(({ buttons }) => buttons.length > 0);
      s.alice.clicks(reply, 'Make it for 178 credits');
      const job = await s.job('delivered');

      expect(job).toMatchObject({ holdCredits: 178, costCredits: 177 });
    }));

  test('a press on the price makes the video for at most that price', () =>
    scenario({}, async (s) => {
      const reply = s.video({ prompt: PROMPT, duration: 16 });
      await reply.until(({ buttons }) => buttons.length > 0);
      s.alice.clicks(reply, 'Make it for 371 credits');
      const job = await s.job('delivered');

      expect(job.holdCredits).toBe(371);
      expect(s.vendor.tasks).toHaveLength(1);
    }));

  test('a price is asked about for references that the usual model does not accept', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings models', { model: '2.0-mini', allowed: false }));
      const text = await question(s, { reference_1: boat });

      expect(text).toContain('2.0-fast is the first that can do this');
      expect(text).toContain('The usual video (1.0-pro-fast, 720p, 5 s) would cost 11 credits');
    }));
});

/** The vendor’s content check refuses: the member reads in the bot’s words what to change, and pays nothing. */
import { describe, expect, test } from 'vitest';

import type { VendorFault } from '#sandbox/vendor/vendor.ts';
import { DAY, HOUR } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
/** The vendor’s wording, of which nothing may be shown. */
const VENDOR_TEXT = 'The request failed because the content may break rules. Request ID: 02abcdef';

const refuseCreate = (code: string): VendorFault => ({
  on: 'create',
  kind: 'status',
  status: 400,
  code,
  message: VENDOR_TEXT,
});
const failTask = (code: string, message = VENDOR_TEXT): VendorFault => ({
  on: 'create',
  kind: 'fail-task',
  code,
  message,
});

const ROWS: readonly [name: string, fault: VendorFault, says: RegExp][] = [
  ['the text', refuseCreate('InputTextSensitiveContentDetected'), /prompt.*other words/],
  [
    'the text, against rules',
    refuseCreate('InputTextSensitiveContentDetected.PolicyViolation'),
    /prompt.*other words/,
  ],
  ['a picture', refuseCreate('InputImageSensitiveContentDetected'), /pictures.*another/],
  [
    'a picture of a real person',
    refuseCreate('InputImageSensitiveContentDetected.PrivacyInformation'),
    /real person.*drawing/,
  ],
  [
    'a picture, inside the task',
    failTask('InputImageSensitiveContentDetected'),
    /pictures.*another/,
  ],
  [
    'a reference video',
    refuseCreate('InputVideoSensitiveContentDetected'),
    /reference video.*another/,
  ],
  [
    'a reference video of a real person',
    failTask('InputVideoSensitiveContentDetected.PrivacyInformation'),
    /real person/,
  ],
  [
    'a reference sound',
    refuseCreate('InputAudioSensitiveContentDetected'),
    /reference sound.*another/,
  ],
  ['the video', failTask('OutputVideoSensitiveContentDetected'), /did not pass.*other words/],
  ['the sound', failTask('OutputAudioSensitiveContentDetected'), /sound.*turn audio off/],
  [
    'somebody’s copyright',
    failTask(
      'OutputVideoSensitiveContentDetected',
      'The request failed because the output video may be related to copyright restrictions.',
    ),
    /copyright.*known characters/,
  ],
  ['what an older code says', refuseCreate('SensitiveContentDetected.Violence'), /does not allow/],
];

/** One refused video; returns what the member reads. */
async function refuseVideo(s: Scenario, fault: VendorFault): Promise<string> {
  s.vendor.inject(fault);
  const over = await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('No video'));
  await until(
    () => s.ledgers.jobs(),
    (jobs) => jobs.every(({ state }) => state === 'failed'),
  );
  return over.text;
}

describe.concurrent('refused content', () => {
  test.each(ROWS)(
    'a refusal of %s is explained in plain words, and costs nothing',
    (_, fault, says) =>
      scenario({}, async (s) => {
        const text = await refuseVideo(s, fault);

        expect(text).toMatch(says);
        expect(text).toContain('Nothing was charged');
        expect(text).not.toMatch(/Request ID|request failed|Detected/);
        expect(await s.ledgers.serverBalance()).toBe(0);
        expect(s.creates()).toHaveLength(1);
      }),
  );
});

describe.concurrent('repeated refusals', () => {
  test('the fifth refusal in a day blocks the member, and nobody else', () =>
    scenario({}, async (s) => {
      for (const _ of [1, 2, 3, 4, 5]) {
        await refuseVideo(s, refuseCreate('InputTextSensitiveContentDetected'));
        s.clock.pass(HOUR);
      }
      const sentence = await s.video({ prompt: PROMPT }).refusal();
      expect(sentence).toMatch(/refused 5 of your requests.*<t:\d+:R>/);
      expect(s.creates()).toHaveLength(5);

      const other = s.video({ prompt: PROMPT }, s.bob);
      expect((await other.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    }));

  test('the block after five refusals ends a day later', () =>
    scenario({}, async (s) => {
      for (const _ of [1, 2, 3, 4, 5]) {
        await refuseVideo(s, failTask('OutputVideoSensitiveContentDetected'));
      }
      s.clock.pass(DAY);
      const reply = s.video({ prompt: PROMPT });

      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    }));
});

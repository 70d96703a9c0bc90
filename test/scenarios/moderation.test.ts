/** The vendor’s content check refuses: the member reads in the bot’s words what to change, and pays nothing. */
import { describe, expect, test } from 'vitest';

import type { VendorFault } from '#sandbox/vendor/vendor.ts';
import { DAY, HOUR } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
/** The vendor’s wording, of which nothing may be shown. */
const VENDOR_TEXT = 'The request failed because the content may break rules. Request ID: 02abcdef';

const before = (code: string): VendorFault => ({
  on: 'create',
  kind: 'status',
  status: 400,
  code,
  message: VENDOR_TEXT,
});
const after = (code: string, message = VENDOR_TEXT): VendorFault => ({
  on: 'create',
  kind: 'fail-task',
  code,
  message,
});

const ROWS: readonly [name: string, fault: VendorFault, says: RegExp][] = [
  ['the text', before('InputTextSensitiveContentDetected'), /prompt.*other words/],
  [
    'the text, against rules',
    before('InputTextSensitiveContentDetected.PolicyViolation'),
    /prompt.*other words/,
  ],
  ['a picture', before('InputImageSensitiveContentDetected'), /pictures.*another/],
  [
    'a picture of a real person',
    before('InputImageSensitiveContentDetected.PrivacyInformation'),
    /real person.*drawing/,
  ],
  ['a picture, inside the task', after('InputImageSensitiveContentDetected'), /pictures.*another/],
  ['a reference video', before('InputVideoSensitiveContentDetected'), /reference video.*another/],
  [
    'a reference video of a real person',
    after('InputVideoSensitiveContentDetected.PrivacyInformation'),
    /real person/,
  ],
  ['a reference sound', before('InputAudioSensitiveContentDetected'), /reference sound.*another/],
  ['the video', after('OutputVideoSensitiveContentDetected'), /held back.*other words/],
  ['the sound', after('OutputAudioSensitiveContentDetected'), /sound.*turn audio off/],
  [
    'somebody’s copyright',
    after(
      'OutputVideoSensitiveContentDetected',
      'The request failed because the output video may be related to copyright restrictions.',
    ),
    /copyright.*known characters/,
  ],
  ['what an older code says', before('SensitiveContentDetected.Violence'), /not allowed/],
];

/** One refused video; returns what the member reads. */
async function refused(s: Scenario, fault: VendorFault): Promise<string> {
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
        const text = await refused(s, fault);

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
        await refused(s, before('InputTextSensitiveContentDetected'));
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
        await refused(s, after('OutputVideoSensitiveContentDetected'));
      }
      s.clock.pass(DAY);
      const reply = s.video({ prompt: PROMPT });

      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    }));
});

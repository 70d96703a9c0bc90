import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { componentFaults } from '#sandbox/discord/components.ts';
import type { ModelId } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { jobMessage, type DrawOptions } from '#src/discord/messages/job-message.ts';
import { FAILURE_REASONS, JOB_STATES, type Job } from '#src/jobs/record/job.ts';

import { aJob, aRequest, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';

const LONGEST = 4000;
const PROMPTS = {
  letters: 'x'.repeat(LONGEST),
  'characters that are all escaped': '*'.repeat(LONGEST),
  'wide characters': '👍'.repeat(LONGEST / 2),
  'line breaks': 'a\n'.repeat(LONGEST / 2),
} as const;
const SHOWN: readonly DrawOptions[] = [
  {},
  { mention: true },
  { withoutPrompt: true },
  { mention: true, video: { as: 'video', fileName: 'seedance-job1.mp4' } },
  { mention: true, video: { as: 'link', because: 'too-large' } },
  { mention: true, video: { as: 'link', because: 'not-allowed' } },
];

const componentsSchema = z.array(z.looseObject({ type: z.int() }));

function textOf(job: Job, options?: DrawOptions): string {
  const texts: string[] = [];
  JSON.stringify(jobMessage(job, options), (key, value: unknown) => {
    if (key === 'content' && typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n');
}

describe.each(JOB_STATES)('the message of a job that is %s', (state) => {
  test.each(Object.entries(PROMPTS))(
    'the message follows Discord’s rules with a prompt of %s',
    (_, prompt) => {
      for (const options of SHOWN) {
        const job = aJob({ state, request: aRequest({ prompt }) });
        const components = componentsSchema.parse(jobMessage(job, options).components);
        expect(componentFaults(components, { isV2: true, path: [] })).toEqual([]);
      }
    },
  );

  test('the message is always the same for the same job', () => {
    expect(jobMessage(aJob({ state }))).toEqual(jobMessage(aJob({ state })));
  });

  test('the message pings nobody by default, and at most the member', () => {
    const job = aJob({ state, request: aRequest({ prompt: '<@777> @everyone' }) });

    expect(jobMessage(job).allowed_mentions).toEqual({ parse: [] });
    expect(jobMessage(job, { mention: true }).allowed_mentions).toEqual({
      parse: [],
      users: [job.memberId],
    });
    expect(textOf(job)).not.toMatch(/(?<!\\)<@/);
  });
});

describe('the content of a job’s message', () => {
  test.each(['accepted', 'submitting', 'queued'] as const)('%s can be cancelled', (state) => {
    expect(JSON.stringify(jobMessage(aJob({ state })))).toContain('job:cancel:job1');
  });

  test.each(['running', 'succeeded', 'delivered', 'failed', 'cancelled', 'expired'] as const)(
    '%s has no button',
    (state) => {
      expect(JSON.stringify(jobMessage(aJob({ state })))).not.toContain('custom_id');
    },
  );

  test.each(FAILURE_REASONS)(
    '%s is explained in words, and said once to cost nothing',
    (reason) => {
      const text = textOf(aJob({ state: 'failed', failure: { reason }, holdCredits: 31 }));

      expect(text).toMatch(/No video this time\.\*\* \S.{20,}/);
      expect(text).toContain('Nothing was charged.');
      expect(text).not.toContain('credits');
    },
  );

  test('the vendor’s error code is not shown', () => {
    const failure = { reason: 'vendor-failed', code: 'InternalServiceError' } as const;

    expect(textOf(aJob({ state: 'failed', failure }))).not.toContain('InternalServiceError');
  });

  test('the expected time and lateness come from the bot’s own history', () => {
    const expected = { state: 'running', expectedAtMs: 1_795_000_000_000 } as const;

    expect(textOf(aJob(expected))).toContain('Expected <t:1795000000:R>');
    expect(textOf(aJob({ ...expected, isLate: true }))).toContain('Slower than usual');
    expect(textOf(aJob({ state: 'running' }))).not.toMatch(/[Ee]xpected|%/);
  });

  test('waiting for a paused video service is shown as such', () => {
    const refused: Partial<Job> = { submissions: [aSubmission({ refusedAs: 'rate-limited' })] };
    const waits = aJob({ ...refused, retryAtMs: JOB_BORN_MS + 1 });
    const asksAnother = aJob({ ...refused, retryAtMs: JOB_BORN_MS });

    expect(textOf(waits)).toContain('is busy');
    expect(textOf(asksAnother)).not.toContain('is busy');
    expect(textOf(aJob())).not.toContain('is busy');
  });

  test('the card of a video shows the payment, not the hold', () => {
    const text = textOf(aJob({ state: 'succeeded', holdCredits: 31, costCredits: 24 }), {
      video: { as: 'video', fileName: 'seedance-job1.mp4' },
    });

    expect(text).toContain('24 credits');
    expect(text).not.toContain('31');
  });

  test('the prompt can be left out', () => {
    const job = aJob({ request: aRequest({ prompt: 'a crab on the beach' }) });

    expect(textOf(job)).toContain('> a crab on the beach');
    expect(textOf(job, { withoutPrompt: true })).not.toContain('crab');
  });
});

describe('the message of a draft', () => {
  const finals: NonNullable<Job['finals']> = [
    { resolution: '480p', credits: 13 },
    { resolution: '720p', credits: 27 },
    { resolution: '1080p', credits: 59 },
  ];
  const draft = { request: aRequest({ isDraft: true, resolution: '480p' }), finals };
  const DONE = { video: { as: 'video', fileName: 'seedance-job1.mp4' } } as const;

  test.each(['accepted', 'queued', 'running', 'succeeded'] as const)(
    'a draft that is %s shows the price of its finals',
    (state) => {
      expect(textOf(aJob({ ...draft, state }))).toContain(
        'Its final costs extra: 480p about 13, 720p about 27, or 1080p about 59 credits',
      );
    },
  );

  test.each(['failed', 'cancelled', 'expired'] as const)(
    'a draft that is %s mentions no finals',
    (state) => {
      expect(textOf(aJob({ ...draft, state }))).not.toContain('Its final');
    },
  );

  test.each([true, false])(
    'a finished draft has a button for each final, private: %s',
    (isPrivate) => {
      const job = aJob({ ...draft, state: 'succeeded', isPrivate });
      const { components } = jobMessage(job, DONE);
      const shown = JSON.stringify(components);

      expect(componentFaults(componentsSchema.parse(components), { isV2: true, path: [] })).toEqual(
        [],
      );
      for (const { resolution, credits } of finals) {
        expect(shown).toContain(`Make final · ${resolution} · ${credits} cr`);
        expect(shown).toContain(`job:${isPrivate ? 'private-' : ''}final-${resolution}:job1`);
      }
      expect(textOf(job, DONE)).not.toContain('Its final');
    },
  );

  test('a draft without possible finals has no button', () => {
    const job = aJob({ ...draft, state: 'succeeded', finals: [] });

    expect(JSON.stringify(jobMessage(job, DONE))).not.toContain('custom_id');
  });
});

describe('the seed', () => {
  const DONE = { video: { as: 'video', fileName: 'seedance-job1.mp4' } } as const;
  const cardAt = (vendor: VendorName, model: ModelId, seed?: number): string => {
    const job = aJob({
      state: 'delivered',
      request: aRequest({ model, seed: 4711 }),
      submissions: [aSubmission({ vendor, taskId: 'task1' })],
    });
    return textOf({ ...job, result: job.result && { ...job.result, seed } }, DONE);
  };

  test.each([
    ['byteplus', '2.0'],
    ['pixazo', '1.0-lite-t2v'],
    ['aimlapi', '2.0-mini'],
  ] as const)('the seed is on the card where %s accepts one', (vendor, model) => {
    expect(cardAt(vendor, model)).toContain('· seed 4711 ·');
  });

  test.each([
    ['kyyaipower', '2.0'],
    ['kyyaipower', '1.5-pro'],
    ['pixazo', '2.0-mini'],
    ['pixazo', '2.5'],
  ] as const)('the seed is not on the card where %s accepts none for %s', (vendor, model) => {
    expect(cardAt(vendor, model)).not.toMatch(/seed \d/);
  });

  test('the seed on the card is the one that the vendor reports', () => {
    expect(cardAt('kyyaipower', '2.0', 12)).toContain('· seed 12 ·');
  });
});

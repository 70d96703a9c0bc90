import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { IllegalTransition, VENDOR_ERROR_KINDS } from '#src/errors.ts';
import { billingEffects, type BillingEffect } from '#src/jobs/record/billing-effects.ts';
import { hasEnded, jobSchema, type Job } from '#src/jobs/record/job.ts';
import { applyEvent, type JobEvent } from '#src/jobs/record/state-machine.ts';

import { aJob, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';

const HOLD = 26;
const failure = fc.constantFrom<{ reason: 'rejected' | 'vendor-failed' }>(
  { reason: 'rejected' },
  { reason: 'vendor-failed' },
);

/** Events that advance a job, or leave it unchanged. */
const onward: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.constantFrom<JobEvent>(
    { type: 'vendor-queued' },
    { type: 'vendor-running' },
    { type: 'vendor-missing' },
    { type: 'video-stored', video: { file: 'videos/job1.mp4', bytes: 5 } },
    { type: 'delivery-marked', marker: 'nonce' },
    { type: 'delivered', as: 'link', messageId: '501' },
  ),
  fc.record({
    type: fc.constant('submission-started' as const),
    submission: fc.uuid().map((id) => aSubmission({ id })),
  }),
  fc.record({
    type: fc.constant('submission-refused' as const),
    refusedAs: fc.constantFrom(...VENDOR_ERROR_KINDS),
    failure,
    retryAtMs: fc.nat(),
  }),
  fc.record({
    type: fc.constant('submitted' as const),
    taskId: fc.uuid(),
    expectedAtMs: fc.option(fc.nat(), { nil: undefined }),
  }),
  fc.record({
    type: fc.constant('vendor-succeeded' as const),
    result: fc.constant({ videoUrl: 'https://videos.example/1.mp4' }),
    billedCredits: fc.nat({ max: 3 * HOLD }),
  }),
);

const ending: fc.Arbitrary<JobEvent> = fc.oneof(
  fc.constantFrom<JobEvent>(
    { type: 'submission-lost' },
    { type: 'cancelled' },
    { type: 'vendor-cancelled' },
    { type: 'vendor-expired' },
    { type: 'overdue' },
    { type: 'video-lost' },
    { type: 'undeliverable' },
  ),
  fc.record({ type: fc.constant('gave-up' as const), failure }),
  fc.record({ type: fc.constant('vendor-failed' as const), failure }),
  fc.record({
    type: fc.constant('submission-refused' as const),
    refusedAs: fc.constantFrom(...VENDOR_ERROR_KINDS),
    failure,
    retryAtMs: fc.constant(undefined),
  }),
);

const anEvent = fc.oneof({ weight: 8, arbitrary: onward }, { weight: 1, arbitrary: ending });

interface Walk {
  jobs: Job[];
  effects: BillingEffect[];
}

/** Applies each event that is legal in the current state, a little time apart. */
function walk(events: readonly { event: JobEvent; afterMs: number }[]): Walk {
  let job = aJob({ holdCredits: HOLD });
  let nowMs = JOB_BORN_MS;
  const jobs = [job];
  const effects: BillingEffect[] = [];
  for (const { event, afterMs } of events) {
    nowMs += afterMs;
    try {
      const after = applyEvent(job, event, nowMs);
      effects.push(...billingEffects(job, after));
      job = after;
      jobs.push(job);
    } catch (error) {
      if (!(error instanceof IllegalTransition)) throw error;
    }
  }
  return { jobs, effects };
}

const aWalk = fc
  .array(fc.record({ event: anEvent, afterMs: fc.nat({ max: 2 * MINUTE }) }), {
    minLength: 30,
    maxLength: 80,
  })
  .map(walk);

const check = (property: (walk: Walk) => void): void =>
  fc.assert(fc.property(aWalk, property), { numRuns: 500 });

const only = <Type extends BillingEffect['type']>(effects: BillingEffect[], ...types: Type[]) =>
  effects.filter((effect): effect is Extract<BillingEffect, { type: Type }> =>
    types.some((type) => type === effect.type),
  );

describe('a job through random events', () => {
  test('an ended job never changes, and no version is skipped or used twice', () => {
    check(({ jobs }) => {
      const ended = jobs.filter(hasEnded);
      expect(ended.length).toBeLessThanOrEqual(1);
      expect(jobs.slice(0, -1).some(hasEnded)).toBe(false);
      const distinct = [...new Set(jobs)];
      expect(distinct.map(({ version }) => version)).toEqual(distinct.map((_job, at) => at + 1));
      for (const job of distinct) expect(() => jobSchema.parse(job)).not.toThrow();
    });
  });

  test('each submission is opened once, at the hold, and closed once at its end', () => {
    check(({ jobs, effects }) => {
      const { submissions, state } = jobs.at(-1) ?? aJob();
      const opened = only(effects, 'open-submission');
      const closed = only(effects, 'bill-submission', 'unbill-submission', 'lose-submission');

      expect(opened.map(({ submissionId }) => submissionId)).toEqual(
        submissions.map(({ id }) => id),
      );
      expect(opened.every(({ credits }) => credits === HOLD)).toBe(true);
      const isOpen = state === 'submitting' || state === 'queued' || state === 'running';
      const over = isOpen ? submissions.slice(0, -1) : submissions;
      expect(closed.map(({ submissionId }) => submissionId)).toEqual(over.map(({ id }) => id));
    });
  });

  test('the hold has exactly one outcome when the job has ended, and none before', () => {
    check(({ jobs, effects }) => {
      const last = jobs.at(-1) ?? aJob();
      const outcomes = only(effects, 'settle', 'release');

      expect(outcomes).toHaveLength(hasEnded(last) ? 1 : 0);
      expect(only(effects, 'settle').length === 1).toBe(last.state === 'delivered');
      for (const { credits } of only(effects, 'settle')) expect(credits).toBeLessThanOrEqual(HOLD);
    });
  });

  test('a refund never changes what the vendor billed', () => {
    check(({ jobs, effects }) => {
      const billed = only(effects, 'bill-submission').map(({ credits }) => credits);
      const { billedCredits } = jobs.at(-1) ?? aJob();

      expect(billed).toEqual(billedCredits === undefined ? [] : [billedCredits]);
    });
  });
});

import { describe, expect, test } from 'vitest';

import { billingEffects } from '#src/jobs/record/billing-effects.ts';

import { aJob, aSubmission } from '../../../fakes/job.ts';

describe('the vendor ledger', () => {
  test('an entry is opened at the hold just before the create call', () => {
    const effects = billingEffects(aJob(), aJob({ state: 'submitting', holdCredits: 30 }));

    expect(effects).toEqual([
      { type: 'open-submission', submissionId: 'submission1', vendor: 'byteplus', credits: 30 },
    ]);
  });

  test('an entry records the bill, even above the hold', () => {
    const after = aJob({ state: 'succeeded', billedCredits: 40, costCredits: 26 });

    expect(billingEffects(aJob({ state: 'running' }), after)).toEqual([
      { type: 'bill-submission', submissionId: 'submission1', credits: 40 },
    ]);
  });

  test('a refusal clears the entry, and the member’s hold remains', () => {
    const before = aJob({ state: 'submitting' });
    const after = aJob({ submissions: [aSubmission({ refusedAs: 'rate-limited' })] });

    expect(billingEffects(before, after)).toEqual([
      { type: 'unbill-submission', submissionId: 'submission1' },
    ]);
  });

  test.each([
    'submission-lost',
    'vendor-forgot',
    'vendor-silent',
    'finished-without-file',
  ] as const)(
    'the entry keeps the cost when the end is %s, because nobody knows whether it is billed',
    (reason) => {
      const before = aJob({ state: reason === 'submission-lost' ? 'submitting' : 'running' });
      const after = aJob({ state: 'failed', failure: { reason } });

      expect(billingEffects(before, after)).toEqual([
        { type: 'lose-submission', submissionId: 'submission1' },
        { type: 'release', reason },
      ]);
    },
  );

  test.each([
    { state: 'failed', reason: 'vendor-failed' },
    { state: 'cancelled', reason: 'vendor-cancelled' },
    { state: 'expired', reason: 'vendor-expired' },
  ] as const)('a task that $state at the vendor costs nothing', ({ state, reason }) => {
    const after = aJob({ state, submissions: [aSubmission()], failure: { reason } });

    expect(billingEffects(aJob({ state: 'running' }), after)).toEqual([
      { type: 'unbill-submission', submissionId: 'submission1' },
      { type: 'release', reason },
    ]);
  });

  test.each(['video-lost', 'undeliverable'] as const)(
    'the entry keeps the bill when the job is %s',
    (reason) => {
      const after = aJob({ state: 'expired', failure: { reason } });

      expect(billingEffects(aJob({ state: 'succeeded' }), after)).toEqual([
        { type: 'release', reason },
      ]);
    },
  );

  test('a job that ends without a submission has no entry', () => {
    expect(billingEffects(aJob(), aJob({ state: 'cancelled' }))).toEqual([
      { type: 'release', reason: 'cancelled-by-member' },
    ]);
  });

  test('an entry is not cleared again when a refused job ends', () => {
    const submissions = [aSubmission({ refusedAs: 'out-of-funds' })];
    const failure = { reason: 'vendor-out-of-funds' } as const;

    const effects = billingEffects(
      aJob({ submissions }),
      aJob({ state: 'failed', submissions, failure }),
    );

    expect(effects).toEqual([{ type: 'release', reason: 'vendor-out-of-funds' }]);
  });
});

test('the member pays the actual cost on delivery', () => {
  const after = aJob({ state: 'delivered', costCredits: 24 });

  expect(billingEffects(aJob({ state: 'succeeded' }), after)).toEqual([
    { type: 'settle', credits: 24 },
  ]);
});

test('a change within a state costs nothing', () => {
  const before = aJob({ state: 'running' });

  expect(billingEffects(before, { ...before, isLate: true, version: 2 })).toEqual([]);
});

describe.each(['submitting', 'queued', 'running'] as const)(
  'the billing effects of a job that is %s',
  (state) => {
    test.each([
      ['failed', 'vendor-failed', 'unbill-submission'],
      ['cancelled', 'vendor-cancelled', 'unbill-submission'],
      ['expired', 'vendor-expired', 'unbill-submission'],
      ['failed', 'vendor-forgot', 'lose-submission'],
    ] as const)('a job that ends as %s, %s, closes its entry by %s', (end, reason, type) => {
      const after = aJob({ state: end, submissions: [aSubmission()], failure: { reason } });

      expect(billingEffects(aJob({ state }), after)).toEqual([
        { type, submissionId: 'submission1' },
        { type: 'release', reason },
      ]);
    });

    test.each(['queued', 'running'] as const)('a job moves no money by becoming %s', (next) => {
      expect(billingEffects(aJob({ state }), aJob({ state: next }))).toEqual([]);
    });

    test('the end of a job closes only the entry of its latest submission', () => {
      const submissions = [aSubmission({ id: 'first' }), aSubmission({ id: 'second' })];
      const after = aJob({ state: 'succeeded', submissions });

      expect(billingEffects(aJob({ state }), after)).toEqual([
        { type: 'bill-submission', submissionId: 'second', credits: 24 },
      ]);
    });
  },
);

test('the hold is recorded and charged when no cost is recorded', () => {
  const { billedCredits: _billed, costCredits: _cost, ...unknown } = aJob({ state: 'succeeded' });

  expect(billingEffects(aJob({ state: 'running' }), unknown)).toEqual([
    { type: 'bill-submission', submissionId: 'submission1', credits: 26 },
  ]);
  expect(billingEffects(unknown, { ...unknown, state: 'delivered' })).toEqual([
    { type: 'settle', credits: 26 },
  ]);
});

test('a free video is recorded and charged at 0, not at the hold', () => {
  const free = aJob({ state: 'succeeded', billedCredits: 0, costCredits: 0 });

  expect(billingEffects(aJob({ state: 'running' }), free)).toMatchObject([{ credits: 0 }]);
  expect(billingEffects(free, { ...free, state: 'delivered' })).toMatchObject([{ credits: 0 }]);
});

test('a failure without a recorded reason still releases the hold', () => {
  const { failure: _failure, ...failed } = aJob({ state: 'failed' });

  expect(billingEffects(aJob({ state: 'running' }), failed)).toEqual([
    { type: 'unbill-submission', submissionId: 'submission1' },
    { type: 'release', reason: 'vendor-failed' },
  ]);
});

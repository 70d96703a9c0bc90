import { describe, expect, test } from 'vitest';

import { billingEffects } from '#src/jobs/record/billing-effects.ts';

import { aJob, aSubmission } from '../../../fakes/job.ts';

describe('the vendor ledger', () => {
  test('is opened at the hold when the create call is about to be made', () => {
    const effects = billingEffects(aJob(), aJob({ state: 'submitting', holdCredits: 30 }));

    expect(effects).toEqual([
      { type: 'open-submission', submissionId: 'submission1', vendor: 'byteplus', credits: 30 },
    ]);
  });

  test('gets what was billed, also above the hold', () => {
    const after = aJob({ state: 'succeeded', billedCredits: 40, costCredits: 26 });

    expect(billingEffects(aJob({ state: 'running' }), after)).toEqual([
      { type: 'bill-submission', submissionId: 'submission1', credits: 40 },
    ]);
  });

  test('is cleared by a refusal, and the member goes on holding', () => {
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
  ] as const)('keeps the cost when the end is %s: nobody knows whether it is billed', (reason) => {
    const before = aJob({ state: reason === 'submission-lost' ? 'submitting' : 'running' });
    const after = aJob({ state: 'failed', failure: { reason } });

    expect(billingEffects(before, after)).toEqual([
      { type: 'lose-submission', submissionId: 'submission1' },
      { type: 'release', reason },
    ]);
  });

  test.each([
    { state: 'failed', reason: 'vendor-failed' },
    { state: 'cancelled', reason: 'vendor-cancelled' },
    { state: 'expired', reason: 'vendor-expired' },
  ] as const)('owes nothing for a task that $state at the vendor', ({ state, reason }) => {
    const after = aJob({ state, submissions: [aSubmission()], failure: { reason } });

    expect(billingEffects(aJob({ state: 'running' }), after)).toEqual([
      { type: 'unbill-submission', submissionId: 'submission1' },
      { type: 'release', reason },
    ]);
  });

  test.each(['video-lost', 'undeliverable'] as const)(
    'keeps what was billed when it is %s',
    (reason) => {
      const after = aJob({ state: 'expired', failure: { reason } });

      expect(billingEffects(aJob({ state: 'succeeded' }), after)).toEqual([
        { type: 'release', reason },
      ]);
    },
  );

  test('has nothing of a job that ends before it was ever submitted', () => {
    expect(billingEffects(aJob(), aJob({ state: 'cancelled' }))).toEqual([
      { type: 'release', reason: 'cancelled-by-member' },
    ]);
  });

  test('is not cleared twice when a job ends that was refused before', () => {
    const submissions = [aSubmission({ refusedAs: 'out-of-funds' })];
    const failure = { reason: 'vendor-out-of-funds' } as const;

    const effects = billingEffects(
      aJob({ submissions }),
      aJob({ state: 'failed', submissions, failure }),
    );

    expect(effects).toEqual([{ type: 'release', reason: 'vendor-out-of-funds' }]);
  });
});

test('the member pays on delivery, what it cost', () => {
  const after = aJob({ state: 'delivered', costCredits: 24 });

  expect(billingEffects(aJob({ state: 'succeeded' }), after)).toEqual([
    { type: 'settle', credits: 24 },
  ]);
});

test('a change within a state is free', () => {
  const before = aJob({ state: 'running' });

  expect(billingEffects(before, { ...before, isLate: true, version: 2 })).toEqual([]);
});

describe.each(['submitting', 'queued', 'running'] as const)('a job that is %s', (state) => {
  test.each([
    ['failed', 'vendor-failed', 'unbill-submission'],
    ['cancelled', 'vendor-cancelled', 'unbill-submission'],
    ['expired', 'vendor-expired', 'unbill-submission'],
    ['failed', 'vendor-forgot', 'lose-submission'],
  ] as const)('and ends as %s, %s, closes its entry by %s', (end, reason, type) => {
    const after = aJob({ state: end, submissions: [aSubmission()], failure: { reason } });

    expect(billingEffects(aJob({ state }), after)).toEqual([
      { type, submissionId: 'submission1' },
      { type: 'release', reason },
    ]);
  });

  test.each(['queued', 'running'] as const)('moves no money by becoming %s', (next) => {
    expect(billingEffects(aJob({ state }), aJob({ state: next }))).toEqual([]);
  });

  test('closes only the entry of its latest submission', () => {
    const submissions = [aSubmission({ id: 'first' }), aSubmission({ id: 'second' })];
    const after = aJob({ state: 'succeeded', submissions });

    expect(billingEffects(aJob({ state }), after)).toEqual([
      { type: 'bill-submission', submissionId: 'second', credits: 24 },
    ]);
  });
});

test('the hold is booked and charged where no cost is recorded', () => {
  const { billedCredits: _billed, costCredits: _cost, ...unknown } = aJob({ state: 'succeeded' });

  expect(billingEffects(aJob({ state: 'running' }), unknown)).toEqual([
    { type: 'bill-submission', submissionId: 'submission1', credits: 26 },
  ]);
  expect(billingEffects(unknown, { ...unknown, state: 'delivered' })).toEqual([
    { type: 'settle', credits: 26 },
  ]);
});

test('a free video is booked and charged at 0, not at the hold', () => {
  const free = aJob({ state: 'succeeded', billedCredits: 0, costCredits: 0 });

  expect(billingEffects(aJob({ state: 'running' }), free)).toMatchObject([{ credits: 0 }]);
  expect(billingEffects(free, { ...free, state: 'delivered' })).toMatchObject([{ credits: 0 }]);
});

test('a failure of unrecorded reason still releases the hold', () => {
  const { failure: _failure, ...failed } = aJob({ state: 'failed' });

  expect(billingEffects(aJob({ state: 'running' }), failed)).toEqual([
    { type: 'unbill-submission', submissionId: 'submission1' },
    { type: 'release', reason: 'vendor-failed' },
  ]);
});

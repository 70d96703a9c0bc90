import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { billAboveHold, billFor } from '#src/jobs/record/bill.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';
import type { TaskResult } from '#src/vendors/vendor.ts';

import { aJob, aSubmission } from '../../../fakes/job.ts';

/** 2.50 dollars per million: 4,000 tokens are one credit. */
const TOKENS_PER_CREDIT = 4000;
const CREDIT_IN_MICRO_DOLLARS = 10_000;

const running = aJob({ state: 'running', holdCredits: 30 });
const tokens = (credits: number): TaskResult => ({
  videoUrl: 'https://videos.example/1.mp4',
  tokens: credits * TOKENS_PER_CREDIT,
});
const dollars = (credits: number): TaskResult => ({
  videoUrl: 'https://videos.example/1.mp4',
  reportedMicroDollars: credits * CREDIT_IN_MICRO_DOLLARS,
});

describe('a bill', () => {
  test.each([
    ['below the hold', 24],
    ['equal to the hold', 30],
    ['of twice the hold', 60],
    ['of ten times the hold', 300],
  ])('a bill %s is recorded as it is, in tokens and in dollars', (_what, credits) => {
    expect(billFor(running, tokens(credits))).toEqual({ billedCredits: credits });
    expect(billFor(running, dollars(credits))).toEqual({ billedCredits: credits });
  });

  test.each([
    ['just above ten times the hold', 301],
    ['of 2e10 tokens', 5_000_000],
    ['of 5e12 tokens', 1_250_000_000],
    ['of the largest number of tokens', Math.floor(Number.MAX_SAFE_INTEGER / 10_000)],
  ])('a bill %s is recorded at the hold, with the vendor’s claim', (_what, credits) => {
    const expected = { billedCredits: 30, claimedCredits: credits };

    expect(billFor(running, tokens(credits))).toEqual(expected);
    expect(billFor(running, dollars(credits))).toEqual(expected);
  });

  test('a price in dollars that the vendor reports is rounded up to whole cents', () => {
    const result = { videoUrl: 'https://videos.example/1.mp4', tokens: 8 * TOKENS_PER_CREDIT };

    expect(billFor(running, { ...result, reportedMicroDollars: 123_456.5 })).toEqual({
      billedCredits: 13,
    });
    expect(billFor(running, { ...result, reportedMicroDollars: 130_000 })).toEqual({
      billedCredits: 13,
    });
    expect(billFor(running, { ...result, reportedMicroDollars: 130_000.1 })).toEqual({
      billedCredits: 14,
    });
    expect(billFor(running, { ...result, reportedMicroDollars: 0 })).toEqual({ billedCredits: 0 });
  });

  test('a bill of up to a dollar is recorded when the hold is close to zero', () => {
    const free = { ...running, holdCredits: 0 };

    expect(billFor(free, dollars(100))).toEqual({ billedCredits: 100 });
    expect(billFor(free, dollars(101))).toEqual({ billedCredits: 0, claimedCredits: 101 });
  });

  test('a bill is a whole number that the ledger accepts, whatever a vendor answers', () => {
    const anything = fc.record({
      videoUrl: fc.constant('https://videos.example/1.mp4'),
      tokens: fc.option(fc.maxSafeNat(), { nil: undefined }),
      seconds: fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }),
      frames: fc.option(fc.maxSafeNat(), { nil: undefined }),
      reportedMicroDollars: fc.option(fc.maxSafeNat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(anything, fc.nat(1_000_000_000), (result, holdCredits) => {
        const { billedCredits, claimedCredits } = billFor({ ...running, holdCredits }, result);

        expect(billedCredits).toBeLessThanOrEqual(Math.min(1e9, Math.max(100, 10 * holdCredits)));
        for (const credits of [billedCredits, claimedCredits ?? 0])
          expect(Number.isSafeInteger(credits) && credits >= 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a bill above the hold', () => {
  const succeed = (job: Job, result: TaskResult) =>
    applyEvent(job, { type: 'vendor-succeeded', result, ...billFor(job, result) }, Date.now());

  test('a bill above the hold costs the member the hold, and is reported once', () => {
    const after = succeed(running, tokens(60));

    expect(after).toMatchObject({ state: 'succeeded', billedCredits: 60, costCredits: 30 });
    expect(billAboveHold(after, running)).toEqual({
      vendor: 'byteplus',
      model: '1.0-pro',
      heldCredits: 30,
      billedCredits: 60,
    });
    expect(billAboveHold({ ...after, version: after.version + 1 }, after)).toBeUndefined();
    expect(billAboveHold({ ...after, state: 'delivered' }, after)).toBeUndefined();
  });

  test('an implausible bill leaves the member and the ledger at the hold, with the claim on record', () => {
    const after = succeed(running, tokens(5_000_000));

    expect(after).toMatchObject({ billedCredits: 30, costCredits: 30, claimedCredits: 5_000_000 });
    expect(billAboveHold(after, running)).toMatchObject({
      billedCredits: 30,
      claimedCredits: 5_000_000,
    });
  });

  test('a bill within the hold is not reported', () => {
    const after = succeed(running, tokens(30));

    expect(after).not.toHaveProperty('claimedCredits');
    expect(billAboveHold(after, running)).toBeUndefined();
  });
});

describe('a job without the data for a bill', () => {
  const never = aJob({ state: 'accepted', holdCredits: 30 });

  test('a job without a price in any submission is billed at the hold', () => {
    expect(billFor(never, tokens(7))).toEqual({ billedCredits: 30 });
  });

  test('a bill with an unknown vendor is reported even for a new job', () => {
    const after = { ...never, state: 'succeeded', billedCredits: 31 } as const;

    expect(billAboveHold(after, undefined)).toEqual({
      vendor: 'unknown',
      model: '1.0-pro',
      heldCredits: 30,
      billedCredits: 31,
    });
  });

  test('a job without a bill and a hold is not reported', () => {
    expect(billAboveHold({ ...never, state: 'succeeded', holdCredits: 0 }, never)).toBeUndefined();
  });

  test('a job is not reported before it succeeds', () => {
    expect(billAboveHold({ ...running, billedCredits: 99 }, running)).toBeUndefined();
  });
});

test('a bill above the hold names the vendor of the latest submission', () => {
  const submissions = [
    aSubmission({ id: 'first', vendor: 'byteplus' }),
    aSubmission({ id: 'second', vendor: 'volcengine' }),
  ];
  const after = aJob({ state: 'succeeded', submissions, holdCredits: 30, billedCredits: 31 });

  expect(billAboveHold(after, running)).toMatchObject({ vendor: 'volcengine' });
});

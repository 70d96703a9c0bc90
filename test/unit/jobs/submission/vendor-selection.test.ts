import { describe, expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { MINUTE, SECOND } from '#src/clock.ts';
import type { VendorErrorKind } from '#src/errors.ts';
import type { Job } from '#src/jobs/record/job.ts';
import type { Offer } from '#src/jobs/submission/offers.ts';
import {
  afterRefusal,
  chooseOffer,
  GIVE_UP_AFTER_MS,
} from '#src/jobs/submission/vendor-selection.ts';
import type { VendorHealth } from '#src/vendors/health/breaker.ts';
import type { FailingKind } from '#src/vendors/health/failing.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';
import { aRefusal, createFakeVendor } from '../../../fakes/vendor.ts';

const NOW_MS = JOB_BORN_MS + 2 * SECOND;
const clock = createFakeClock();

const UP = { state: 'up' } as const;

function anOffer(name: VendorName, credits = 26, health: VendorHealth = UP): Offer {
  return { vendor: createFakeVendor({ clock, name }), price: aSubmission().price, credits, health };
}

const REST_BEGAN_MS = JOB_BORN_MS - SECOND;

interface Resting {
  why?: FailingKind;
  untilMs?: number;
  sinceMs?: number;
}

/** A vendor that is paused for another minute. */
function pausedOffer(
  name: VendorName,
  { why = 'unavailable', untilMs = NOW_MS + MINUTE, sinceMs = REST_BEGAN_MS }: Resting = {},
): Offer {
  return anOffer(name, 26, { state: 'resting', why, sinceMs, untilMs });
}

function onTrial(name: VendorName, isBusy: boolean): Offer {
  const why = 'unavailable' as const;
  return anOffer(name, 26, { state: 'on-trial', why, sinceMs: REST_BEGAN_MS, isBusy });
}

const first = anOffer('byteplus');
const second = anOffer('volcengine');

/** A job with 26 credits held that was submitted to these vendors in turn, with their refusals. */
function triedAt(...tries: { vendor: VendorName; refusedAs?: VendorErrorKind }[]): Job {
  return aJob({
    state: tries.length === 0 ? 'accepted' : 'submitting',
    submissions: tries.map((each, at) => aSubmission({ id: `s${at}`, ...each })),
  });
}

describe('vendor selection', () => {
  const chosen = (job: Job, offers: Offer[]) => {
    const choice = chooseOffer(job, offers, NOW_MS);
    return choice.next === 'ask' ? choice.offer.vendor.name : undefined;
  };

  test('the first vendor in the operator’s order is asked', () => {
    expect(chosen(triedAt(), [first, second])).toBe('byteplus');
    expect(chosen(triedAt(), [second, first])).toBe('volcengine');
  });

  test('a vendor whose price fits the hold is asked, and none when no price fits', () => {
    expect(chosen(triedAt(), [anOffer('byteplus', 27), second])).toBe('volcengine');
    expect(chosen(triedAt(), [anOffer('byteplus', 27)])).toBeUndefined();
  });

  test.each(['auth', 'out-of-funds', 'not-found', 'rejected'] as const)(
    'a vendor that refused for good is not asked again: %s',
    (refusedAs) => {
      const job = triedAt({ vendor: 'byteplus', refusedAs });

      expect(chosen(job, [first, second])).toBe('volcengine');
      expect(chosen(job, [first])).toBeUndefined();
    },
  );

  test('the vendor with the fewest attempts is asked when all said "not now"', () => {
    const busy = { vendor: 'byteplus', refusedAs: 'rate-limited' } as const;

    expect(chosen(triedAt(busy), [first, second])).toBe('volcengine');
    expect(chosen(triedAt(busy), [first])).toBe('byteplus');
    expect(chosen(triedAt(busy, { ...busy, vendor: 'volcengine' }), [first, second])).toBe(
      'byteplus',
    );
  });
});

describe('a paused vendor', () => {
  const choice = (offers: Offer[], job = triedAt(), nowMs = NOW_MS) => {
    const { next, ...rest } = chooseOffer(job, offers, nowMs);
    if ('reason' in rest) return { next, reason: rest.reason };
    const vendor = rest.offer.vendor.name;
    return 'untilMs' in rest ? { next, vendor, untilMs: rest.untilMs } : { next, vendor };
  };

  test('a paused vendor is passed over for another, even one with more attempts', () => {
    const job = triedAt({ vendor: 'volcengine', refusedAs: 'rate-limited' });

    expect(choice([pausedOffer('byteplus'), second])).toEqual({
      next: 'ask',
      vendor: 'volcengine',
    });
    expect(choice([pausedOffer('byteplus'), second], job)).toEqual({
      next: 'ask',
      vendor: 'volcengine',
    });
  });

  test('a paused vendor is not passed over for one whose price exceeds the hold: the job waits', () => {
    expect(choice([pausedOffer('byteplus'), anOffer('volcengine', 27)])).toEqual({
      next: 'wait',
      vendor: 'byteplus',
      untilMs: NOW_MS + MINUTE,
    });
  });

  test('a job waits for several paused vendors until the first trial', () => {
    const sooner = pausedOffer('volcengine', { untilMs: NOW_MS + SECOND });

    expect(choice([pausedOffer('byteplus'), sooner])).toEqual({
      next: 'wait',
      vendor: 'byteplus',
      untilMs: NOW_MS + SECOND,
    });
  });

  test('one job at a time tries a vendor whose pause is over', () => {
    expect(choice([onTrial('byteplus', false), second])).toEqual({
      next: 'ask',
      vendor: 'byteplus',
    });
    expect(choice([onTrial('byteplus', true), second])).toEqual({
      next: 'ask',
      vendor: 'volcengine',
    });
    expect(choice([onTrial('byteplus', true)])).toMatchObject({ next: 'wait', vendor: 'byteplus' });
  });

  test.each([
    ['out-of-funds', 'vendor-out-of-funds'],
    ['auth', 'vendor-unavailable'],
  ] as const)(
    'a vendor paused for %s is not awaited, because only the operator can fix that',
    (why, reason) => {
      expect(choice([pausedOffer('byteplus', { why })])).toEqual({ next: 'give-up', reason });
    },
  );

  test('a paused vendor is awaited for half an hour from the first attempt, or from its pause', () => {
    const sinceMs = JOB_BORN_MS + MINUTE;
    const offers = [pausedOffer('byteplus', { sinceMs, untilMs: NOW_MS + 90 * MINUTE })];
    const end = sinceMs + GIVE_UP_AFTER_MS;
    const tried = triedAt({ vendor: 'byteplus', refusedAs: 'timeout' });

    expect(choice(offers)).toMatchObject({ next: 'wait', untilMs: end });
    expect(choice(offers, triedAt(), end)).toEqual({
      next: 'give-up',
      reason: 'vendor-unavailable',
    });
    expect(choice(offers, tried, JOB_BORN_MS + SECOND + GIVE_UP_AFTER_MS)).toMatchObject({
      next: 'give-up',
    });
  });

  test('a paused vendor does not make the refusing one try again at once', () => {
    const job = triedAt({ vendor: 'byteplus' });
    const { retryAtMs } = afterRefusal(
      job,
      aRefusal('unavailable'),
      [first, pausedOffer('volcengine')],
      NOW_MS,
    );

    expect(retryAtMs).toBeGreaterThanOrEqual(NOW_MS + SECOND);
  });
});

describe('the next step after a refusal', () => {
  const after = (
    kind: VendorErrorKind,
    {
      offers = [first],
      job = triedAt({ vendor: 'byteplus' }),
      nowMs = NOW_MS,
      retryAfterMs,
    }: { offers?: Offer[]; job?: Job; nowMs?: number; retryAfterMs?: number } = {},
  ) => {
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    return afterRefusal(job, aRefusal(kind, options), offers, nowMs);
  };

  test('a refusal of the content applies everywhere: no other vendor is asked', () => {
    expect(after('moderated', { offers: [first, second] })).toEqual({
      reason: 'moderated-input',
      retryAtMs: undefined,
    });
  });

  test.each([
    ['rejected', 'rejected'],
    ['conflict', 'rejected'],
    ['task-not-found', 'rejected'],
    ['model-unavailable', 'model-unavailable'],
  ] as const)(
    'a refusal as %s is one vendor’s own: another is asked at once, and without one the job ends as %s',
    (kind, reason) => {
      expect(after(kind, { offers: [first, second] })).toEqual({ reason, retryAtMs: NOW_MS });
      expect(after(kind)).toEqual({ reason, retryAtMs: undefined });
    },
  );

  test('the last vendor’s refusal is the reason when the job is given up', () => {
    const job = triedAt(
      { vendor: 'byteplus', refusedAs: 'rejected' },
      { vendor: 'volcengine', refusedAs: 'model-unavailable' },
    );

    expect(chooseOffer(job, [first, second], NOW_MS)).toEqual({
      next: 'give-up',
      reason: 'model-unavailable',
    });
  });

  test.each([
    'auth',
    'out-of-funds',
    'not-found',
    'rate-limited',
    'unavailable',
    'timeout',
  ] as const)('a refusal as %s asks another vendor at once', (kind) => {
    expect(after(kind, { offers: [first, second] }).retryAtMs).toBe(NOW_MS);
  });

  test.each([
    ['out-of-funds', 'vendor-out-of-funds'],
    ['auth', 'vendor-unavailable'],
    ['not-found', 'vendor-unavailable'],
  ] as const)('a refusal as %s ends the job when there is no other vendor', (kind, reason) => {
    expect(after(kind)).toEqual({ reason, retryAtMs: undefined });
    expect(after(kind, { offers: [first, anOffer('ark', 27)] }).retryAtMs).toBeUndefined();
  });

  test.each(['rate-limited', 'unavailable', 'timeout', 'bad-response'] as const)(
    'a refusal as %s retries the same vendor later when there is no other',
    (kind) => {
      const { retryAtMs } = after(kind);

      expect(retryAtMs).toBeGreaterThanOrEqual(NOW_MS + SECOND);
      expect(retryAtMs).toBeLessThanOrEqual(NOW_MS + 2 * SECOND);
    },
  );

  test('the pauses grow up to a minute', () => {
    const busy = { vendor: 'byteplus', refusedAs: 'unavailable' } as const;
    const pauseMs = (tries: number): number => {
      const job = triedAt(...Array.from({ length: tries }, () => busy));
      return (after('unavailable', { job }).retryAtMs ?? 0) - NOW_MS;
    };

    expect(pauseMs(3)).toBeGreaterThanOrEqual(4 * SECOND);
    expect(pauseMs(30)).toBeGreaterThanOrEqual(30 * SECOND);
    expect(pauseMs(30)).toBeLessThanOrEqual(MINUTE);
  });

  test('a vendor’s Retry-After is kept, in whole milliseconds', () => {
    expect(after('rate-limited', { retryAfterMs: 7000.5 }).retryAtMs).toBe(NOW_MS + 7001);
  });

  test('a vendor that asks for a pause of zero gets the default pause', () => {
    const { retryAtMs } = after('rate-limited', { retryAfterMs: 0 });

    expect(retryAtMs).toBeGreaterThanOrEqual(NOW_MS + SECOND);
  });

  test('a vendor that only said "not now" is asked again when another refuses for good', () => {
    const job = triedAt(
      { vendor: 'volcengine', refusedAs: 'rate-limited' },
      { vendor: 'byteplus' },
    );
    const { retryAtMs } = after('out-of-funds', { job, offers: [first, second] });

    expect(retryAtMs).toBeGreaterThan(NOW_MS);
  });

  test('a vendor that refused for good before is not an alternative', () => {
    const job = triedAt({ vendor: 'volcengine', refusedAs: 'auth' }, { vendor: 'byteplus' });

    expect(after('out-of-funds', { job, offers: [first, second] })).toEqual({
      reason: 'vendor-out-of-funds',
      retryAtMs: undefined,
    });
  });

  test('a picture that the bot’s disk cannot read is retried a few times, then reported as such', () => {
    const unreadable = { vendor: 'byteplus', refusedAs: 'input-unreadable' } as const;
    const outcomes = Array.from({ length: 20 }, (_, before) => {
      const failed = Array.from({ length: before }, () => unreadable);
      return after('input-unreadable', { job: triedAt(...failed, { vendor: 'byteplus' }) });
    });
    const again = outcomes.filter(({ retryAtMs }) => retryAtMs !== undefined);

    // Read seven times in all: the seventh failure is reported.
    expect(again).toHaveLength(6);
    expect(outcomes.slice(0, 6)).toEqual(again);
    expect(again.every(({ retryAtMs = 0 }) => retryAtMs >= NOW_MS + SECOND)).toBe(true);
    expect(new Set(outcomes.map(({ reason }) => reason))).toEqual(new Set(['input-unreadable']));
  });

  test('a picture that the bot’s disk cannot read sends no job to another vendor', () => {
    const { retryAtMs } = after('input-unreadable', { offers: [first, second] });

    expect(retryAtMs).toBeGreaterThanOrEqual(NOW_MS + SECOND);
  });

  test('retries last half an hour from the first attempt, however long the job waited before', () => {
    const hourLater = JOB_BORN_MS + 60 * MINUTE;
    const job = aJob({
      state: 'submitting',
      submissions: [aSubmission({ startedAtMs: hourLater }), aSubmission({ startedAtMs: 1 })],
    });
    const end = hourLater + GIVE_UP_AFTER_MS;

    expect(after('unavailable', { job, nowMs: end - 10 * MINUTE }).retryAtMs).toBeDefined();
    expect(after('unavailable', { job, nowMs: end })).toEqual({
      reason: 'vendor-unavailable',
      retryAtMs: undefined,
    });
  });

  test('a pause never exceeds the retry period: the last attempt comes at its end', () => {
    const end = JOB_BORN_MS + SECOND + GIVE_UP_AFTER_MS;

    expect(after('rate-limited', { retryAfterMs: 60 * MINUTE }).retryAtMs).toBe(end);
  });
});

import assert from 'node:assert/strict';

import { beforeEach, describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import type { VendorErrorKind } from '#src/errors.ts';
import {
  createBreaker,
  FAILURES_UNTIL_REST,
  waitOf,
  type Breaker,
} from '#src/vendors/health/breaker.ts';

import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { aRequest } from '../../../fakes/job.ts';
import {
  aLostAnswer,
  createFakeVendor,
  refuses,
  type CreateBehaviour,
  type FakeVendor,
  type RefusalOptions,
} from '../../../fakes/vendor.ts';

const FIRST_REST_MS = 20 * SECOND;

let clock: FakeClock;
let vendor: FakeVendor;
let breaker: Breaker;
let told: string[];

beforeEach(() => {
  clock = createFakeClock();
  vendor = createFakeVendor({ clock });
  told = [];
  breaker = createBreaker(vendor, {
    clock,
    onRest: ({ kind }, { untilMs }) => told.push(`rests ${untilMs - clock.now()} ms: ${kind}`),
    onTrial: () => told.push('on trial'),
    onBack: (downMs) => told.push(`back after ${downMs} ms`),
  });
});

/** The outcome of a create call: the task’s id, or the kind of refusal. */
async function create(behave?: CreateBehaviour): Promise<unknown> {
  if (behave !== undefined) vendor.creates.push(behave);
  const submission = {
    request: aRequest(),
    inputs: [],
    safetyIdentifier: 'someone',
    expiresAfterSeconds: 170_000,
  };
  try {
    const { taskId } = await breaker.vendor.start(submission);
    return taskId;
  } catch (error) {
    return error;
  }
}

async function fail(
  times = FAILURES_UNTIL_REST,
  kind: VendorErrorKind = 'unavailable',
  options: RefusalOptions = {},
): Promise<void> {
  for (let time = 0; time < times; time += 1) await create(refuses(kind, options));
}

/** Before anything is sent. */
const failsHere = (): never => {
  throw new Error('The disk is gone');
};
const noop = (): void => undefined;

/** Moves the clock to the end of the current pause. */
async function rest(): Promise<void> {
  await clock.advance(waitOf(breaker.health(), clock.now()));
}

describe('a vendor that fails repeatedly', () => {
  test('a paused vendor is not called: the refusal is definite and retryable', async () => {
    await fail();

    expect(await create()).toMatchObject({
      vendor: 'byteplus',
      kind: 'unavailable',
      isDefinite: true,
      retryAfterMs: FIRST_REST_MS,
    });
    expect(vendor.count('start')).toBe(FAILURES_UNTIL_REST);
    expect(breaker.health()).toEqual({
      state: 'resting',
      why: 'unavailable',
      sinceMs: clock.now(),
      untilMs: clock.now() + FIRST_REST_MS,
    });
  });

  test('a vendor stays up until its last allowed failure, and every success resets the count', async () => {
    await fail(FAILURES_UNTIL_REST - 1);
    expect(breaker.health()).toEqual({ state: 'up' });
    await create();
    await fail(FAILURES_UNTIL_REST - 1);

    expect(breaker.health()).toEqual({ state: 'up' });
    expect(told).toEqual([]);
  });

  test('a vendor’s own Retry-After lengthens the pause', async () => {
    await fail(FAILURES_UNTIL_REST, 'unavailable', { retryAfterMs: HOUR });

    expect(waitOf(breaker.health(), clock.now())).toBe(HOUR);
  });

  test.each(['unavailable', 'timeout', 'bad-response', 'auth', 'out-of-funds'] as const)(
    '%s counts as a failure of the vendor',
    async (kind) => {
      await fail(FAILURES_UNTIL_REST, kind);

      expect(breaker.health()).toMatchObject({ state: 'resting', why: kind });
    },
  );

  test.each(['rejected', 'moderated', 'rate-limited', 'conflict', 'not-found'] as const)(
    '%s does not count as a failure of the vendor',
    async (kind) => {
      await fail(3 * FAILURES_UNTIL_REST, kind);

      expect(breaker.health()).toEqual({ state: 'up' });
    },
  );

  test.each([
    ['model-unavailable', { code: 'ModelNotOpen' }],
    ['model-unavailable', {}],
    ['out-of-funds', { code: 'SetLimitExceeded' }],
    ['unavailable', { operation: 'prepare', code: 'INPUT_URL_UNAVAILABLE' }],
    ['unavailable', { code: 'ABORTED' }],
  ] as const)(
    '%s %j does not count as a failure, because other videos can still be made',
    async (kind, options) => {
      await fail(3 * FAILURES_UNTIL_REST, kind, options);

      expect(breaker.health()).toEqual({ state: 'up' });
    },
  );

  test('unknown outcomes count as failures', async () => {
    for (let time = 0; time < FAILURES_UNTIL_REST; time += 1) {
      await create(() => {
        throw aLostAnswer();
      });
    }

    expect(breaker.health()).toMatchObject({ state: 'resting', why: 'timeout' });
  });
});

describe('the end of a pause', () => {
  beforeEach(async () => {
    await fail();
    await clock.advance(FIRST_REST_MS - 1);
    assert.equal(breaker.health().state, 'resting');
    await clock.advance(1);
  });

  test('one job is the trial, and no other is submitted during it', async () => {
    expect(breaker.health()).toMatchObject({ state: 'on-trial', isBusy: false });
    expect(waitOf(breaker.health(), clock.now())).toBe(0);
    const answer = Promise.withResolvers<undefined>();
    const trial = create(async (make) => {
      await answer.promise;
      return make();
    });

    expect(breaker.health()).toMatchObject({ state: 'on-trial', isBusy: true });
    expect(await create()).toMatchObject({ kind: 'unavailable', isDefinite: true });
    expect(vendor.count('start')).toBe(FAILURES_UNTIL_REST + 1);
    answer.resolve(undefined);
    expect(await trial).toBe('byteplus-task-1');
  });

  test('a successful trial ends the pause', async () => {
    expect(await create()).toBe('byteplus-task-1');
    expect(await create()).toBe('byteplus-task-2');

    expect(breaker.health()).toEqual({ state: 'up' });
    expect(told).toEqual([
      `rests ${FIRST_REST_MS} ms: unavailable`,
      'on trial',
      `back after ${FIRST_REST_MS} ms`,
    ]);
  });

  test('a trial refused for its prompt ends the pause too, because the vendor has answered', async () => {
    await create(refuses('moderated'));

    expect(breaker.health()).toEqual({ state: 'up' });
  });

  test.each([
    ['an unsupported request', refuses('rejected', { operation: 'prepare' })],
    ['a link that cannot be created', refuses('unavailable', { operation: 'prepare' })],
    ['a picture that cannot be read', refuses('input-unreadable')],
    ['a call that the bot aborted', refuses('unavailable', { code: 'ABORTED' })],
    ['a fault of the bot', failsHere],
  ])('a trial without a response from the vendor proves nothing: %s', async (_what, behave) => {
    const before = breaker.health();
    expect(await create(behave)).toBeInstanceOf(Error);

    expect(breaker.health()).toEqual(before);
    expect(told).toEqual([`rests ${FIRST_REST_MS} ms: unavailable`, 'on trial']);

    await create();
    expect(breaker.health()).toEqual({ state: 'up' });
  });

  test('a trial without a response makes the next pause neither longer nor earlier', async () => {
    await create(failsHere);
    await create(failsHere);
    await fail(1, 'timeout');

    expect(breaker.health()).toMatchObject({ state: 'resting', why: 'timeout' });
    expect(waitOf(breaker.health(), clock.now())).toBe(2 * FIRST_REST_MS);
  });

  test('an error of the trial reaches the caller unchanged', async () => {
    const error = new Error('The disk is gone');

    expect(
      await create(() => {
        throw error;
      }),
    ).toBe(error);
  });

  test.each([
    ['a fault of the bot', failsHere],
    ['a failure of the vendor', refuses('timeout')],
  ])('%s in a call from before the pause does not decide the trial', async (_what, behave) => {
    // Started while the vendor was still up.
    const late = Promise.withResolvers<undefined>();
    const other = createBreaker(vendor, { clock, onRest: noop, onTrial: noop, onBack: noop });
    breaker = other;
    const begun = create(async (make) => {
      await late.promise;
      return behave(make);
    });
    await clock.settle();
    await fail();
    await rest();
    const answer = Promise.withResolvers<undefined>();
    const trial = create(async (make) => {
      await answer.promise;
      return make();
    });

    const before = other.health();
    expect(before).toMatchObject({ state: 'on-trial', isBusy: true, why: 'unavailable' });

    late.resolve(undefined);
    await begun;
    expect(other.health()).toEqual(before);
    answer.resolve(undefined);
    await trial;

    expect(other.health()).toEqual({ state: 'up' });
  });

  test('a failed trial begins a longer pause, up to five minutes', async () => {
    const sinceMs = clock.now() - FIRST_REST_MS;
    const rests: number[] = [];
    for (let trial = 0; trial < 6; trial += 1) {
      await fail(1, 'timeout');
      rests.push(waitOf(breaker.health(), clock.now()));
      await rest();
    }

    expect(rests).toEqual([40 * SECOND, 80 * SECOND, 160 * SECOND, ...Array(3).fill(5 * MINUTE)]);
    expect(breaker.health()).toMatchObject({ state: 'on-trial', why: 'timeout', sinceMs });
  });

  test('a successful trial resets the next pause to its first length', async () => {
    await fail(1);
    await rest();
    await create();
    await fail();

    expect(waitOf(breaker.health(), clock.now())).toBe(FIRST_REST_MS);
    expect(breaker.health()).toMatchObject({ sinceMs: clock.now() });
  });
});

test('setting the clock back does not lengthen a pause', async () => {
  let setBackMs = 0;
  const health = createBreaker(vendor, {
    clock: {
      now: () => clock.now() - setBackMs,
      sleep: async (ms, signal) => clock.sleep(ms, signal),
    },
    onRest: noop,
    onTrial: noop,
    onBack: noop,
  });
  breaker = health;
  await fail();

  setBackMs = 5 * HOUR;
  await clock.advance(FIRST_REST_MS);

  expect(health.health()).toMatchObject({ state: 'on-trial', isBusy: false });
  await create();
  expect(health.health()).toEqual({ state: 'up' });
});

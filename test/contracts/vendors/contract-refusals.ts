import { expect, test } from 'vitest';

import { type Bench, callsTo } from './bench.ts';

const CODED = [
  [400, 'InvalidParameter', 'rejected'],
  [400, 'InputTextSensitiveContentDetected', 'moderated'],
  [401, 'AuthenticationError', 'auth'],
  [403, 'AccessDenied', 'auth'],
  [403, 'AccountOverdueError', 'out-of-funds'],
  [404, 'ModelNotOpen', 'model-unavailable'],
  [429, 'SetLimitExceeded', 'out-of-funds'],
  [429, 'ModelAccountRpmRateLimitExceeded', 'rate-limited'],
  [429, 'QuotaExceeded', 'rate-limited'],
  [500, 'InternalServiceError', 'unavailable'],
] as const;

const MODERATED = 'The request failed because the input text may contain sensitive information.';

/** The vendor refuses a create call: nothing was made, and the caller may retry or try elsewhere. */
export function testRefusals(bench: Bench): void {
  const { words, name } = bench.subject;
  const forbidden = words.errorsHaveCodes ? 'auth' : (words.forbidden ?? words.noFunds);

  test.runIf(words.errorsHaveCodes).each(CODED)(
    'the refusal %i %s is %s',
    async (status, code, kind) => {
      const stage = await bench.stage();
      const message = 'The request has exceeded the quota.';
      stage.sandbox.inject({ on: 'create', kind: 'status', status, code, message });

      const error = await bench.failureOf(bench.started(stage));

      expect(error).toMatchObject({ kind, status, code, isDefinite: true });
      expect(error).toMatchObject({ vendor: name, operation: 'create' });
      expect(callsTo(stage, 'create')).toBe(1);
      expect(stage.sandbox.tasks).toEqual([]);
    },
  );

  test.each([
    [400, 'The parameter is not valid.', 'rejected', true],
    [400, MODERATED, 'moderated', true],
    [401, 'no', 'auth', true],
    [403, 'no', words.routeRefused ?? forbidden, true],
    [404, 'no', words.routeRefused ?? 'not-found', true],
    [422, 'no', 'rejected', true],
    [429, 'no', 'rate-limited', true],
    [500, 'no', 'unavailable', false],
    [503, 'no', 'unavailable', false],
  ] as const)(
    'the refusal %i "%s" without a code is %s, definite: %s',
    async (status, message, kind, isDefinite) => {
      const stage = await bench.stage();
      // Only the official adapter may rely on codes alone, because it calls ByteDance directly.
      const code = message === MODERATED ? 'InputTextSensitiveContentDetected' : 'unheard_of';
      stage.sandbox.inject({ on: 'create', kind: 'status', status, code, message });

      const error = await bench.failureOf(bench.started(stage));

      expect(error).toMatchObject({ kind, status, isDefinite, vendor: name, operation: 'create' });
      expect(callsTo(stage, 'create')).toBe(1);
    },
  );

  test.runIf(words.errorsHaveCodes)(
    'a used-up free trial is out of funds, although its status is "too many requests"',
    async () => {
      const stage = await bench.stage();
      const message = 'Your account [1] has exhausted its free trial quota for the [m] model.';
      const code = 'QuotaExceeded';
      stage.sandbox.inject({ on: 'create', kind: 'status', status: 429, code, message });

      const error = await bench.failureOf(bench.started(stage));

      expect(error).toMatchObject({ kind: 'out-of-funds' });
    },
  );

  test('the retry time is read from the response', async () => {
    const stage = await bench.stage();
    const headers = { 'retry-after': '7' };
    const code = 'RequestBurstTooFast';
    stage.sandbox.inject({ on: 'create', kind: 'status', status: 429, code, headers });

    expect(await bench.failureOf(bench.started(stage))).toMatchObject({ retryAfterMs: 7_000 });
  });

  test('an account without funds is refused as such', async () => {
    const stage = await bench.stage();
    stage.sandbox.setFunds(false);

    expect(await bench.failureOf(bench.started(stage))).toMatchObject({
      kind: words.noFunds,
      isDefinite: true,
    });
  });

  test('a wrong key is refused as such', async () => {
    const stage = await bench.stage({ wrongKey: 'another-key' });

    const error = await bench.failureOf(bench.started(stage));

    expect(error).toMatchObject({ kind: 'auth', isDefinite: true });
  });

  test('a full queue is refused as such', async () => {
    const stage = await bench.stage({ queueMs: 600_000, maxQueued: 1 });
    await bench.started(stage);

    expect(await bench.failureOf(bench.started(stage))).toMatchObject({
      kind: 'rate-limited',
      isDefinite: true,
    });
  });

  test('a request that the model does not support is refused as such', async () => {
    const stage = await bench.stage();
    const length = { unit: 'seconds', seconds: 60 } as const;

    const error = await bench.failureOf(stage.vendor.start(bench.submission({ length })));

    expect(error).toMatchObject({ kind: 'rejected', isDefinite: true });
    expect(stage.sandbox.tasks).toEqual([]);
  });

  test('an unreachable vendor is reported as such', async () => {
    const stage = await bench.stage();
    await stage.sandbox.close();

    expect(await bench.failureOf(bench.started(stage))).toMatchObject({
      kind: 'unavailable',
      isDefinite: true,
    });
  });
}

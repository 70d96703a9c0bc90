import { expect, test } from 'vitest';

import { type Bench, reaches, started } from './bench.ts';

const LONG_MS = 600_000;

/** How a task stands, in each of the vendor's words. */
export function looking(bench: Bench): void {
  test('A waiting task is queued', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await started(stage);

    expect(await stage.vendor.check(handle)).toEqual({ status: 'queued' });
  });

  test('A task in the making is running', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    const handle = await started(stage);
    await reaches(stage, 'running');

    expect(await stage.vendor.check(handle)).toEqual({ status: 'running' });
  });

  test.each([
    ['OutputVideoSensitiveContentDetected', 'moderated'],
    ['InputImageSensitiveContentDetected.PrivacyInformation', 'moderated'],
    ['InvalidParameter', 'rejected'],
    ['InternalServiceError', 'unavailable'],
  ])('A task that failed with %s was %s', async (code, kind) => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'fail-task', code });
    const handle = await started(stage);
    await reaches(stage, 'failed');

    expect(await stage.vendor.check(handle)).toEqual({ status: 'failed', kind, code });
  });

  test('A task that was not done in time is expired', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'expire-task' });
    const handle = await started(stage);
    await reaches(stage, 'expired');

    expect(await stage.vendor.check(handle)).toEqual({ status: 'expired' });
  });

  test('A task the vendor does not know is missing', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'forget-task' });
    const handle = await started(stage);

    expect(await stage.vendor.check(handle)).toEqual({ status: 'missing' });
    expect(await stage.vendor.check({ taskId: 'cgt-20260101000000-xxxxx' })).toEqual({
      status: 'missing',
    });
  });

  test('An id with odd signs stays one part of the path', async () => {
    const stage = await bench.stage();
    await started(stage);

    expect(await stage.vendor.check({ taskId: '../tasks?page_num=1' })).toEqual({
      status: 'missing',
    });
  });

  test('A status nobody knows is an error that names it, not a status', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    const handle = await started(stage);
    stage.sandbox.inject({ on: 'retrieve', kind: 'unknown-status', word: 'paused' });

    const error = await bench.failureOf(stage.vendor.check(handle));

    expect(error).toMatchObject({ kind: 'bad-response', isRetryable: true });
    expect(String(error.cause)).toContain('paused');
    expect((await stage.vendor.check(handle)).status).toBe('running');
  });

  test.each([
    [429, 'AccountRateLimitExceeded', 'rate-limited'],
    [500, 'InternalServiceError', 'unavailable'],
    [503, 'SomethingElse', 'unavailable'],
    [401, 'AuthenticationError', 'auth'],
    [403, 'AccountOverdueError', 'out-of-funds'],
  ])('A %i %s to a look is an error, and says nothing of the task', async (status, code, kind) => {
    const stage = await bench.stage();
    const handle = await started(stage);
    await reaches(stage, 'succeeded');
    stage.sandbox.inject({ on: 'retrieve', kind: 'status', status, code });

    expect(await bench.failureOf(stage.vendor.check(handle))).toMatchObject({ kind, status, code });
    expect((await stage.vendor.check(handle)).status).toBe('succeeded');
  });
}

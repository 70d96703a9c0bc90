import { expect, test } from 'vitest';

import { type Bench, waitForStatus } from './bench.ts';

const LONG_MS = 600_000;

/** The status of a task, in each of the vendor’s formats. */
export function testPolling(bench: Bench): void {
  test('a waiting task is queued', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);

    expect(await stage.vendor.check(handle)).toEqual({ status: 'queued' });
  });

  test('a task in progress is running', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'running');

    expect(await stage.vendor.check(handle)).toEqual({ status: 'running' });
  });

  const { words } = bench.subject;

  test.each([
    [
      'OutputVideoSensitiveContentDetected',
      'The request failed because the output video may contain sensitive information.',
      'moderated',
    ],
    [
      'InputImageSensitiveContentDetected.PrivacyInformation',
      'The request failed because the input image may contain real person.',
      'moderated',
    ],
  ])('a task that failed with %s, "%s", was %s', async (code, message, kind) => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'fail-task', code, message });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'failed');

    expect(await stage.vendor.check(handle)).toEqual({ status: 'failed', kind, code });
  });

  test.each([
    ['InvalidParameter', 'rejected'],
    ['InternalServiceError', 'unavailable'],
  ])('a task that failed with %s was %s, where the vendor says so', async (code, kind) => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'fail-task', code });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'failed');

    expect(await stage.vendor.check(handle)).toEqual(
      words.failuresHaveCodes
        ? { status: 'failed', kind, code }
        : { status: 'failed', kind: 'unavailable', code: 'unknown' },
    );
  });

  test('a task that exceeded its time limit has ended', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'expire-task' });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'expired');

    expect(await stage.vendor.check(handle)).toMatchObject({ status: words.expired });
  });

  test('a task cancelled by the vendor has ended', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'cancel-task' });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'cancelled');

    expect(await stage.vendor.check(handle)).toMatchObject({ status: words.cancelled });
  });

  test('an unknown task is missing', async () => {
    const stage = await bench.stage();
    stage.sandbox.inject({ on: 'create', kind: 'forget-task' });
    const handle = await bench.started(stage);

    expect(await stage.vendor.check(handle)).toEqual({ status: 'missing' });
    expect(await stage.vendor.check({ taskId: 'cgt-20260101000000-xxxxx' })).toEqual({
      status: 'missing',
    });
  });

  test('an id with special characters stays one part of the path', async () => {
    const stage = await bench.stage();
    await bench.started(stage);

    expect(await stage.vendor.check({ taskId: '../tasks?page_num=1' })).toEqual({
      status: 'missing',
    });
  });

  test('an unknown status is an error that names it', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    const handle = await bench.started(stage);
    stage.sandbox.inject({ on: 'retrieve', kind: 'unknown-status', word: 'paused' });

    const error = await bench.failureOf(stage.vendor.check(handle));

    expect(error).toMatchObject({ kind: 'bad-response' });
    expect(String(error.cause)).toContain('paused');
    expect((await stage.vendor.check(handle)).status).toBe('running');
  });

  test.each([
    [429, 'AccountRateLimitExceeded', 'rate-limited'],
    [500, 'InternalServiceError', 'unavailable'],
    [503, 'SomethingElse', 'unavailable'],
    [401, 'AuthenticationError', 'auth'],
    [403, 'AccountOverdueError', words.forbidden ?? words.noFunds],
  ])(
    'a status call that ends in %i %s is an error and means nothing for the task',
    async (status, code, kind) => {
      const stage = await bench.stage();
      const handle = await bench.started(stage);
      await waitForStatus(stage, 'succeeded');
      stage.sandbox.inject({ on: 'retrieve', kind: 'status', status, code });

      const error = await bench.failureOf(stage.vendor.check(handle));

      expect(error).toMatchObject({ kind, status, operation: 'retrieve' });
      expect(error.code).toBe(words.errorsHaveCodes ? code : undefined);
      expect((await stage.vendor.check(handle)).status).toBe('succeeded');
    },
  );
}

import { expect, test } from 'vitest';

import { type Bench, callsTo, waitForStatus } from './bench.ts';

const LONG_MS = 600_000;

/** Cancelling a task before it costs anything, without ever losing a video. */
export function testCancelling(bench: Bench): void {
  test('a queued task can be cancelled', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);

    expect(await stage.vendor.cancel?.(handle)).toBe('cancelled');
    expect(await stage.vendor.check(handle)).toEqual({ status: 'cancelled' });
  });

  test('cancelling twice is harmless', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);

    await stage.vendor.cancel?.(handle);

    expect(await stage.vendor.cancel?.(handle)).toBe('cancelled');
  });

  test('a running task continues after a cancel request', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'running');

    expect(await stage.vendor.cancel?.(handle)).toBe('too-late');
    expect(await stage.vendor.check(handle)).toEqual({ status: 'running' });
  });

  test('a task that starts during a cancel request continues', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);
    const code = 'InvalidAction.RunningTaskDeletion';
    stage.sandbox.inject({ on: 'cancel', kind: 'status', status: 409, code });

    expect(await stage.vendor.cancel?.(handle)).toBe('too-late');
  });

  test('a finished task keeps its video after a cancel request', async () => {
    const stage = await bench.stage();
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'succeeded');

    expect(await stage.vendor.cancel?.(handle)).toBe('too-late');
    expect(await stage.vendor.check(handle)).toMatchObject({ status: 'succeeded' });
    expect(callsTo(stage, 'cancel')).toBe(0);
  });

  test('an unknown task cannot be cancelled', async () => {
    const stage = await bench.stage();

    expect(await stage.vendor.cancel?.({ taskId: 'cgt-20260101000000-xxxxx' })).toBe('too-late');
  });

  test('a status call tells the outcome when the cancel response was lost', async () => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);
    stage.sandbox.inject({ on: 'cancel', kind: 'lost-answer' });

    const error = await bench.failureOf(stage.vendor.cancel?.(handle) ?? Promise.resolve());

    expect(error).toMatchObject({ operation: 'cancel', isDefinite: false });
    expect(callsTo(stage, 'cancel')).toBe(1);
    expect(await stage.vendor.check(handle)).toEqual({ status: 'cancelled' });
  });

  test.each([
    '{"error":{"code":"InvalidAction.RunningTaskDeletion","message":"no"}}',
    '{"code":409,"message":"no"}',
    '<html>Welcome</html>',
    '',
  ])('a success response of %s does not count as cancelled while the task runs', async (body) => {
    const stage = await bench.stage({ queueMs: LONG_MS });
    const handle = await bench.started(stage);
    // The proxy responds, and the vendor receives nothing.
    stage.sandbox.inject({
      on: 'cancel',
      kind: 'proxy-answer',
      status: 200,
      body,
      isForwarded: false,
    });

    const outcome = await stage.vendor.cancel?.(handle).catch(() => 'unknown');

    expect(outcome).not.toBe('cancelled');
    expect(await stage.vendor.check(handle)).toEqual({ status: 'queued' });
  });
}

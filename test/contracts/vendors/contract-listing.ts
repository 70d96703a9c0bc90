import { describe, expect, test } from 'vitest';

import type { TaskHandle, TaskStatus, Vendor } from '#src/vendors/vendor.ts';

import { type Bench, callsTo, waitForStatus } from './bench.ts';

const LONG_MS = 600_000;

/** Polling many tasks in one request, and finding a task whose create response was lost. */
export function testListing(bench: Bench): void {
  test('many tasks are polled in one request', async () => {
    const stage = await bench.stage({ concurrency: 1, renderMs: LONG_MS });
    const first = await bench.started(stage);
    const second = await bench.started(stage);

    const statuses = await checkMany(stage.vendor, [first, second]);

    expect(statuses).toEqual(
      new Map([
        [first.taskId, { status: 'running' }],
        [second.taskId, { status: 'queued' }],
      ]),
    );
    expect(callsTo(stage, 'list')).toBe(1);
    expect(callsTo(stage, 'retrieve')).toBe(0);
  });

  test('a finished task has the same data in a list as on its own', async () => {
    const stage = await bench.stage();
    const handle = await bench.started(stage);
    await waitForStatus(stage, 'succeeded');

    const listed = (await checkMany(stage.vendor, [handle])).get(handle.taskId);
    const alone = await stage.vendor.check(handle);

    expect({ ...listed, videoUrl: '', lastFrameUrl: '' }).toEqual({
      ...alone,
      videoUrl: '',
      lastFrameUrl: '',
    });
  });

  test('a list response omits tasks that were not requested or are unknown', async () => {
    const stage = await bench.stage();
    const asked = await bench.started(stage);
    await bench.started(stage);

    const statuses = await checkMany(stage.vendor, [asked, { taskId: 'cgt-20260101000000-xxxxx' }]);

    expect([...statuses.keys()]).toEqual([asked.taskId]);
  });

  test('one request takes as many ids as the vendor states', async () => {
    const stage = await bench.stage({ concurrency: 1, renderMs: LONG_MS, maxQueued: 1_000 });
    const most = stage.vendor.checkMany?.most ?? 0;
    const handles: TaskHandle[] = [];
    for (let count = 0; count < most; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one connection is enough
      handles.push(await bench.started(stage));
    }

    const statuses = await checkMany(stage.vendor, handles);

    expect(statuses.size).toBe(most);
    expect(callsTo(stage, 'list')).toBe(1);
  });

  test('an empty list of ids sends no request', async () => {
    const stage = await bench.stage();

    expect(await checkMany(stage.vendor, [])).toEqual(new Map());
    expect(callsTo(stage, 'list')).toBe(0);
  });

  test('one task with an unknown status does not hide the others', async () => {
    const stage = await bench.stage({ renderMs: LONG_MS });
    stage.sandbox.inject({ on: 'create', kind: 'unknown-status', word: 'paused' });
    const odd = await bench.started(stage);
    const plain = await bench.started(stage);

    const statuses = await checkMany(stage.vendor, [odd, plain]);

    expect([...statuses.keys()]).toEqual([plain.taskId]);
  });

  test.each([
    [{ kind: 'status', status: 429, code: 'AccountRateLimitExceeded' }, 'rate-limited'],
    [{ kind: 'cut' }, 'unavailable'],
    [{ kind: 'malformed' }, 'bad-response'],
    [{ kind: 'oversized' }, 'bad-response'],
    [{ kind: 'proxy-answer', status: 200, body: '{}' }, 'bad-response'],
    [{ kind: 'proxy-answer', status: 200, body: '{"code":401,"message":"no","data":[]}' }, 'auth'],
    [{ kind: 'proxy-answer', status: 200, body: '{"error":"no","items":[]}' }, 'rejected'],
  ] as const)('the whole list call fails after %j', async (fault, kind) => {
    const stage = await bench.stage();
    const handle = await bench.started(stage);
    stage.sandbox.inject({ on: 'list', ...fault });

    const error = await bench.failureOf(checkMany(stage.vendor, [handle]));

    expect(error).toMatchObject({ kind, operation: 'list' });
  });

  test('a task with a lost create response is found by its tags', async () => {
    const stage = await bench.stage();
    const fromMs = Date.now() - 120_000;
    await bench.started(stage, bench.submission({}, { expiresAfterSeconds: 170_001 }));
    stage.sandbox.inject({ on: 'create', kind: 'lost-answer' });
    await bench.failureOf(
      bench.started(stage, bench.submission({ seed: 99 }, { expiresAfterSeconds: 170_002 })),
    );
    await waitForStatus(stage, 'succeeded');

    const window = { fromMs, toMs: Date.now() + 120_000 };
    const tasks = (await stage.vendor.findCreatedBetween?.(window)) ?? [];

    expect(tasks).toHaveLength(2);
    const lost = tasks.find((task) => task.expiresAfterSeconds === 170_002);
    expect(lost).toMatchObject({
      handle: { taskId: stage.sandbox.tasks[1]?.id },
      wireModel: stage.vendor.wireModel(bench.subject.modelFor([])),
      seed: 99,
      tier: 'default',
      resolution: '480p',
      ratio: '16:9',
      status: { status: 'succeeded' },
    });
    expect(await stage.vendor.check(lost?.handle ?? { taskId: '' })).toMatchObject({ seed: 99 });
  });

  test('tasks outside the time window are not found', async () => {
    const stage = await bench.stage();
    await bench.started(stage);

    const window = { fromMs: Date.now() - 300_000, toMs: Date.now() - 60_000 };

    expect(await stage.vendor.findCreatedBetween?.(window)).toEqual([]);
  });

  test.each(['{}', '{"items":null}', '{"total":0}', '{"code":401,"message":"no","items":[]}'])(
    'a search answered with %s fails instead of finding nothing',
    async (body) => {
      const stage = await bench.stage();
      await bench.started(stage);
      const answer = { kind: 'proxy-answer', status: 200, body, isForwarded: false } as const;
      stage.sandbox.inject({ on: 'list', ...answer });
      const window = { fromMs: Date.now() - 120_000, toMs: Date.now() + 120_000 };
      const search = async () => stage.vendor.findCreatedBetween?.(window);

      await bench.failureOf(search());

      expect(await search()).toHaveLength(1);
    },
  );

  test('a search waits when the list was called too often', async () => {
    const stage = await bench.stage();
    await bench.started(stage);
    const code = 'AccountRateLimitExceeded';
    stage.sandbox.inject({ on: 'list', kind: 'status', status: 429, code });

    const window = { fromMs: Date.now() - 120_000, toMs: Date.now() + 120_000 };

    expect(await stage.vendor.findCreatedBetween?.(window)).toHaveLength(1);
  });

  const { models } = bench.capabilities;
  const model = bench.subject.modelFor([]);
  describe.runIf(models[model]?.options.includes('economy'))('lists on the slower tier', () => {
    test('tasks on the slower tier are listed separately from regular ones', async () => {
      const stage = await bench.stage({ renderMs: LONG_MS, now: secondsApart() });
      const slow = await bench.started(stage, bench.submission({ tier: 'flex' }));
      const ordinary = await bench.started(stage);

      const alone = await checkMany(stage.vendor, [slow]);
      const both = await checkMany(stage.vendor, [slow, ordinary]);

      expect([...alone.keys()]).toEqual([slow.taskId]);
      expect([...both.keys()]).toEqual([ordinary.taskId]);
    });

    test('a lost task is found when its tier is given', async () => {
      const stage = await bench.stage({ now: secondsApart() });
      const { taskId } = await bench.started(stage, bench.submission({ tier: 'flex' }));
      const window = { fromMs: Date.now() - 120_000, toMs: Date.now() + 120_000 };

      const found = await stage.vendor.findCreatedBetween?.({ ...window, tier: 'flex' });

      expect(found).toMatchObject([{ handle: { taskId }, tier: 'flex' }]);
      expect(await stage.vendor.findCreatedBetween?.(window)).toEqual([]);
    });
  });
}

/** A vendor whose clock advances a second with each call, so that the list may be called at once. */
function secondsApart(): () => number {
  let nowMs = Date.now();
  return () => {
    nowMs += 1_000;
    return nowMs;
  };
}

async function checkMany(
  vendor: Vendor<string>,
  handles: readonly TaskHandle[],
): Promise<Map<string, TaskStatus>> {
  if (vendor.checkMany === undefined) throw new Error('cannot check many');
  return vendor.checkMany.check(handles);
}

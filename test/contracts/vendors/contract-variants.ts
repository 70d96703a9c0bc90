import { describe, expect, test } from 'vitest';

import { ANSWER_VARIANTS } from '#sandbox/vendor/vendor.ts';
import type { TaskStatus } from '#src/vendors/vendor.ts';

import { type Bench, waitForStatus, type Stage } from './bench.ts';

const LONG_MS = 600_000;

/** Each known variant of the vendors' responses is understood like the documented one. */
export function testVariants(bench: Bench): void {
  describe.each(ANSWER_VARIANTS)('%s', (variant) => {
    test('a task is followed from its create call to its video', async () => {
      const stage = await bench.stage({ variant, concurrency: 1, renderMs: LONG_MS });
      const first = await bench.started(stage);
      const second = await bench.started(stage);
      expect(await statusesOf(stage, [first.taskId, second.taskId])).toEqual([
        [{ status: 'running' }, { status: 'queued' }],
        ...(stage.vendor.checkMany === undefined
          ? []
          : [[{ status: 'running' }, { status: 'queued' }]]),
      ]);

      stage.sandbox.setRenderMs(0);
      await waitForStatus(stage, 'succeeded');
      const early = await stage.vendor.check(first);
      const status = await stage.vendor.check(first);

      expect(early.status).toBe(variant === 'late-link' ? 'finished-without-file' : 'succeeded');
      expect(await typeOfVideo(status)).toBe('video/mp4');
    });

    test('the end of a task without a video is understood', async () => {
      const stage = await bench.stage({ variant });
      const { words } = bench.subject;
      const ended = async (kind: 'fail-task' | 'cancel-task' | 'expire-task') => {
        const code = 'OutputVideoSensitiveContentDetected';
        const message = 'The output video may contain sensitive information.';
        stage.sandbox.inject(
          kind === 'fail-task' ? { on: 'create', kind, code, message } : { on: 'create', kind },
        );
        const handle = await bench.started(stage);
        await stage.sandbox.until((tasks) =>
          tasks.every((task) => task.status !== 'running' && task.status !== 'queued'),
        );
        return stage.vendor.check(handle);
      };

      expect(await ended('fail-task')).toMatchObject({ status: 'failed', kind: 'moderated' });
      expect(await ended('cancel-task')).toMatchObject({ status: words.cancelled });
      expect(await ended('expire-task')).toMatchObject({ status: words.expired });
    });

    test('an unknown task is missing', async () => {
      const stage = await bench.stage({ variant });

      expect(await stage.vendor.check({ taskId: '404' })).toEqual({ status: 'missing' });
    });

    test('a refused create call is a definite refusal', async () => {
      const stage = await bench.stage({ variant });
      stage.sandbox.setFunds(false);

      expect(await bench.failureOf(bench.started(stage))).toMatchObject({
        kind: bench.subject.words.noFunds,
        isDefinite: true,
      });
    });

    test.runIf(bench.capabilities.routes.list !== undefined)(
      'a task with a lost create response is found in the list',
      async () => {
        const stage = await bench.stage({ variant });
        stage.sandbox.inject({ on: 'create', kind: 'lost-answer' });
        await bench.failureOf(bench.started(stage));
        const window = { fromMs: Date.now() - 120_000, toMs: Date.now() + 120_000 };

        const found = (await stage.vendor.findCreatedBetween?.(window)) ?? [];

        expect(found).toMatchObject([
          { handle: { taskId: stage.sandbox.tasks[0]?.id }, expiresAfterSeconds: 171_717 },
        ]);
      },
    );
  });
}

/** The statuses of the tasks, polled one by one, and together where that is supported. */
async function statusesOf({ vendor }: Stage, taskIds: readonly string[]): Promise<unknown[]> {
  const handles = taskIds.map((taskId) => ({ taskId }));
  const alone: TaskStatus[] = [];
  for (const handle of handles) {
    // oxlint-disable-next-line no-await-in-loop -- within the vendor's rate
    alone.push(await vendor.check(handle));
  }
  const together = await vendor.checkMany?.check(handles);
  return [
    alone,
    ...(together === undefined ? [] : [taskIds.map((taskId) => together.get(taskId))]),
  ];
}

async function typeOfVideo(status: TaskStatus): Promise<string | null> {
  if (status.status !== 'succeeded') return status.status;
  const { headers, body } = await fetch(status.videoUrl);
  await body?.cancel();
  return headers.get('content-type');
}

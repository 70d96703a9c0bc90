import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import type { OpenTask } from '#src/jobs/job-store.ts';
import { eventFor, gapMs } from '#src/jobs/poller.ts';
import type { TaskStatus } from '#src/vendors/vendor.ts';

import { createFakeClock } from '../../builders/clock.ts';
import { aJob, JOB_BORN_MS } from '../../builders/job.ts';
import { aSuccess, createFakeVendor } from '../../builders/vendor.ts';

const clock = createFakeClock();

function aTask(overrides: Partial<OpenTask> = {}): OpenTask {
  return {
    jobId: 'job1',
    taskId: 'task1',
    submittedAtMs: JOB_BORN_MS,
    expectedAtMs: undefined,
    ...overrides,
  };
}

describe('how long a task may go unseen', () => {
  const byList = createFakeVendor({ clock });
  const byId = createFakeVendor({ clock, canList: false });

  test.each([
    { after: 0, gap: 5 * SECOND },
    { after: 5 * MINUTE, gap: 5 * SECOND },
    { after: 5 * MINUTE + 1, gap: 10 * SECOND },
  ])('by id, $after ms after it was submitted: $gap ms', ({ after, gap }) => {
    expect(gapMs(byId, aTask(), JOB_BORN_MS + after)).toBe(gap);
  });

  test('by list: three seconds, however old it is', () => {
    expect(gapMs(byList, aTask(), JOB_BORN_MS)).toBe(3 * SECOND);
    expect(gapMs(byList, aTask(), JOB_BORN_MS + 60 * MINUTE)).toBe(3 * SECOND);
  });

  test.each([
    { offset: -5001, gap: 3 * SECOND },
    { offset: -5000, gap: SECOND },
    { offset: 0, gap: SECOND },
    { offset: 20_000, gap: SECOND },
    { offset: 20_001, gap: 3 * SECOND },
  ])('by list, $offset ms around when it is due: $gap ms', ({ offset, gap }) => {
    const dueAtMs = JOB_BORN_MS + MINUTE;

    expect(gapMs(byList, aTask({ expectedAtMs: dueAtMs }), dueAtMs + offset)).toBe(gap);
  });
});

describe('what a vendor says, in our words', () => {
  const job = aJob({ state: 'running', holdCredits: 26 });

  test.each([
    { status: { status: 'queued' }, event: { type: 'vendor-queued' } },
    { status: { status: 'running' }, event: { type: 'vendor-running' } },
    { status: { status: 'cancelled' }, event: { type: 'vendor-cancelled' } },
    { status: { status: 'expired' }, event: { type: 'vendor-expired' } },
    { status: { status: 'missing' }, event: { type: 'vendor-missing' } },
  ] as const)('$status.status', ({ status, event }) => {
    expect(eventFor(job, status)).toEqual(event);
  });

  test.each([
    ['moderated', 'moderated-output'],
    ['rejected', 'rejected'],
    ['unavailable', 'vendor-failed'],
  ] as const)('failed as %s', (kind, reason) => {
    const status: TaskStatus = { status: 'failed', kind, code: 'Code' };

    expect(eventFor(job, status)).toEqual({
      type: 'vendor-failed',
      failure: { reason, code: 'Code' },
    });
  });

  test('a success is billed by its tokens, at the price of the submission', () => {
    const event = eventFor(job, {
      ...aSuccess('task1'),
      status: 'succeeded',
      videoUrl: 'https://v',
    });

    // 100,000 tokens at 2.50 dollars a million.
    expect(event).toMatchObject({
      type: 'vendor-succeeded',
      billedCredits: 25,
      result: { videoUrl: 'https://v', tokens: 100_000 },
    });
    expect(event).not.toHaveProperty('result.status');
  });
});

import assert from 'node:assert/strict';

import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { pollIntervalMs } from '#src/jobs/polling/poll-interval.ts';
import type { OpenTask } from '#src/jobs/record/task-queries.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { JOB_BORN_MS } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

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

describe('the poll interval', () => {
  const byList = createFakeVendor({ clock });
  const byId = createFakeVendor({ clock, canList: false });

  test.each([
    { after: 0, gap: 5 * SECOND },
    { after: 5 * MINUTE, gap: 5 * SECOND },
    { after: 5 * MINUTE + 1, gap: 10 * SECOND },
  ])(
    'a task polled by id $after ms after its submission has an interval of $gap ms',
    ({ after, gap }) => {
      expect(pollIntervalMs(byId, aTask(), JOB_BORN_MS + after)).toBe(gap);
    },
  );

  test.each([
    { after: 0, gap: 3 * SECOND },
    { after: 10 * SECOND, gap: SECOND },
    { after: 2 * MINUTE, gap: SECOND },
    { after: 2 * MINUTE + 1, gap: 3 * SECOND },
  ])(
    'a task polled by list $after ms after its submission, without a history, has an interval of $gap ms',
    ({ after, gap }) => {
      expect(pollIntervalMs(byList, aTask(), JOB_BORN_MS + after)).toBe(gap);
    },
  );

  test('the interval by list is three seconds, whatever the age of the task', () => {
    expect(pollIntervalMs(byList, aTask(), JOB_BORN_MS)).toBe(3 * SECOND);
    expect(pollIntervalMs(byList, aTask(), JOB_BORN_MS + 60 * MINUTE)).toBe(3 * SECOND);
  });

  test.each([
    { offset: -5001, gap: 3 * SECOND },
    { offset: -5000, gap: SECOND },
    { offset: 0, gap: SECOND },
    { offset: 20_000, gap: SECOND },
    { offset: 20_001, gap: 3 * SECOND },
  ])(
    'a task polled by list $offset ms around its due time has an interval of $gap ms',
    ({ offset, gap }) => {
      const dueAtMs = JOB_BORN_MS + MINUTE;

      expect(pollIntervalMs(byList, aTask({ expectedAtMs: dueAtMs }), dueAtMs + offset)).toBe(gap);
    },
  );
});

describe('the poll interval on the slower tier', () => {
  const cadence = { byListMs: 3 * SECOND, byIdMs: 5 * SECOND, byIdLaterMs: 10 * SECOND };
  const slow = { ...cadence, economyMs: 30 * SECOND };
  const { checkMany } = createFakeVendor({ clock });
  assert.ok(checkMany);
  const economy = { ...aTask(), tier: 'flex' } as const;

  test('a task on the slower tier has longer intervals, by list and by id', () => {
    expect(pollIntervalMs({ cadence: slow, checkMany }, economy, JOB_BORN_MS)).toBe(30 * SECOND);
    expect(pollIntervalMs({ cadence: slow }, economy, JOB_BORN_MS)).toBe(30 * SECOND);
    expect(pollIntervalMs({ cadence: slow, checkMany }, aTask(), JOB_BORN_MS)).toBe(3 * SECOND);
  });

  test('a task on the slower tier is polled sooner around its due time', () => {
    const due = { ...economy, expectedAtMs: JOB_BORN_MS };

    expect(pollIntervalMs({ cadence: slow, checkMany }, due, JOB_BORN_MS)).toBe(SECOND);
  });

  test('a vendor without a slower tier is polled at the regular interval', () => {
    expect(pollIntervalMs({ cadence, checkMany }, economy, JOB_BORN_MS)).toBe(3 * SECOND);
  });
});

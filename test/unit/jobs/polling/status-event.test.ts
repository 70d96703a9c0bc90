import { expect, test } from 'vitest';

import { statusEvent } from '#src/jobs/polling/status-event.ts';
import type { TaskStatus } from '#src/vendors/vendor.ts';

import { aJob } from '../../../fakes/job.ts';
import { aSuccess } from '../../../fakes/vendor.ts';

const job = aJob({ state: 'running', holdCredits: 26 });

test.each([
  { status: { status: 'queued' }, event: { type: 'vendor-queued' } },
  { status: { status: 'running' }, event: { type: 'vendor-running' } },
  { status: { status: 'cancelled' }, event: { type: 'vendor-cancelled' } },
  { status: { status: 'expired' }, event: { type: 'vendor-expired' } },
  { status: { status: 'missing' }, event: { type: 'vendor-missing' } },
  {
    status: { status: 'finished-without-file' },
    event: { type: 'vendor-finished-without-file' },
  },
] as const)('the status $status.status becomes its event', ({ status, event }) => {
  expect(statusEvent(job, status)).toEqual(event);
});

test.each([
  ['moderated', 'moderated-output'],
  ['rejected', 'rejected'],
  ['unavailable', 'vendor-failed'],
] as const)('a task that failed as %s becomes its event', (kind, reason) => {
  const status: TaskStatus = { status: 'failed', kind, code: 'Code' };

  expect(statusEvent(job, status)).toEqual({
    type: 'vendor-failed',
    failure: { reason, code: 'Code' },
  });
});

test('a success is billed by its tokens, at the price of the submission', () => {
  const event = statusEvent(job, {
    ...aSuccess('task1'),
    status: 'succeeded',
    videoUrl: 'https://v',
  });

  // 100,000 tokens at 2.50 dollars per million.
  expect(event).toMatchObject({
    type: 'vendor-succeeded',
    billedCredits: 25,
    result: { videoUrl: 'https://v', tokens: 100_000 },
  });
  expect(event).not.toHaveProperty('result.status');
});

test('a success that reports its price is billed by that price, not by its tokens', () => {
  const success = { ...aSuccess('task1'), status: 'succeeded', videoUrl: 'https://v' } as const;

  const event = statusEvent(job, { ...success, reportedMicroDollars: 123_456.5 });

  expect(event).toMatchObject({ type: 'vendor-succeeded', billedCredits: 13 });
});

import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { IllegalTransition } from '#src/errors.ts';
import { JOB_STATES, jobSchema, type JobState } from '#src/jobs/record/job.ts';
import { applyEvent, type JobEvent } from '#src/jobs/record/state-machine.ts';

import { aJob, aRequest, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';

const NOW_MS = JOB_BORN_MS + 10 * MINUTE;

const EVENTS: { [Type in JobEvent['type']]: Extract<JobEvent, { type: Type }> } = {
  'submission-started': { type: 'submission-started', submission: aSubmission({ id: 'next' }) },
  'submission-refused': {
    type: 'submission-refused',
    refusedAs: 'rate-limited',
    failure: { reason: 'vendor-unavailable' },
    retryAtMs: NOW_MS + SECOND,
  },
  submitted: { type: 'submitted', taskId: 'task9', expectedAtMs: NOW_MS + MINUTE },
  'submission-lost': { type: 'submission-lost' },
  replanned: { type: 'replanned', request: { ...aRequest(), model: '1.0-pro-fast' } },
  'gave-up': { type: 'gave-up', failure: { reason: 'vendor-unavailable' } },
  cancelled: { type: 'cancelled' },
  'server-left': { type: 'server-left' },
  'vendor-queued': { type: 'vendor-queued' },
  'vendor-running': { type: 'vendor-running' },
  'vendor-succeeded': {
    type: 'vendor-succeeded',
    result: { videoUrl: 'https://videos.example/9.mp4', tokens: 90_000 },
    billedCredits: 25,
  },
  'vendor-failed': { type: 'vendor-failed', failure: { reason: 'vendor-failed', code: 'Oops' } },
  'vendor-cancelled': { type: 'vendor-cancelled' },
  'vendor-expired': { type: 'vendor-expired' },
  'vendor-missing': { type: 'vendor-missing' },
  'vendor-finished-without-file': { type: 'vendor-finished-without-file' },
  overdue: { type: 'overdue' },
  'video-stored': { type: 'video-stored', video: { file: 'videos/job1.mp4', bytes: 9 } },
  'fetch-delayed': { type: 'fetch-delayed' },
  'video-gone': { type: 'video-gone' },
  'video-lost': { type: 'video-lost' },
  'encoding-wanted': { type: 'encoding-wanted', wanted: { kind: 'whole', maxBytes: 5 } },
  encoded: { type: 'encoded', encoding: { kind: 'whole', maxBytes: 5, endedAtMs: NOW_MS } },
  'delivery-marked': { type: 'delivery-marked', marker: 'nonce' },
  delivered: { type: 'delivered', as: 'video', messageId: '501' },
  undeliverable: { type: 'undeliverable' },
};

/** The result of each known event in each state; `same` is the identical object. */
const AT_VENDOR = {
  'vendor-succeeded': 'succeeded',
  'vendor-failed': 'failed',
  'vendor-cancelled': 'cancelled',
  'vendor-expired': 'expired',
  overdue: 'expired',
} as const;
const NEXT: Record<JobState, { [Type in JobEvent['type']]?: JobState | 'same' }> = {
  accepted: {
    'submission-started': 'submitting',
    replanned: 'accepted',
    'gave-up': 'failed',
    cancelled: 'cancelled',
    'server-left': 'cancelled',
  },
  submitting: {
    submitted: 'queued',
    'submission-refused': 'accepted',
    'submission-lost': 'failed',
  },
  queued: {
    ...AT_VENDOR,
    'vendor-queued': 'same',
    'vendor-running': 'running',
    'vendor-missing': 'queued',
    'vendor-finished-without-file': 'running',
  },
  running: {
    ...AT_VENDOR,
    'vendor-queued': 'same',
    'vendor-running': 'same',
    'vendor-missing': 'running',
    'vendor-finished-without-file': 'running',
  },
  succeeded: {
    'video-stored': 'succeeded',
    'fetch-delayed': 'succeeded',
    'video-gone': 'succeeded',
    'encoding-wanted': 'succeeded',
    encoded: 'succeeded',
    'delivery-marked': 'succeeded',
    'video-lost': 'expired',
    delivered: 'delivered',
    undeliverable: 'expired',
  },
  delivered: {},
  failed: {},
  cancelled: {},
  expired: {},
};

const CASES = JOB_STATES.flatMap((state) =>
  Object.values(EVENTS).map((event) => ({ state, event, next: NEXT[state][event.type] })),
);
const MOVES = CASES.flatMap(({ next, ...rest }) =>
  next === undefined || next === 'same' ? [] : [{ ...rest, next }],
);

describe('the transition table', () => {
  test.each(MOVES)('$event.type in the state $state leads to $next', ({ state, event, next }) => {
    const after = applyEvent(aJob({ state, version: 7 }), event, NOW_MS);

    expect(after.state).toBe(next);
    expect(after.version).toBe(8);
    expect(after.stateSinceMs).toBe(next === state ? JOB_BORN_MS : NOW_MS);
    expect(jobSchema.parse(after)).toBeTruthy();
  });

  test.each(CASES.filter(({ next }) => next === 'same'))(
    '$event.type in the state $state returns the same object',
    ({ state, event }) => {
      const job = aJob({ state });

      expect(applyEvent(job, event, NOW_MS)).toBe(job);
    },
  );

  test.each(CASES.filter(({ next }) => next === undefined))(
    '$event.type in the state $state is an illegal transition',
    ({ state, event }) => {
      expect(() => applyEvent(aJob({ state }), event, NOW_MS)).toThrow(IllegalTransition);
    },
  );

  test('a delayed download is recorded once', () => {
    const job = aJob({ state: 'succeeded', isFetchDelayed: true });

    expect(applyEvent(job, { type: 'fetch-delayed' }, NOW_MS)).toBe(job);
  });

  test('a transition does not change the job it was given', () => {
    const job = aJob({ state: 'running' });

    applyEvent(job, EVENTS['vendor-succeeded'], NOW_MS);

    expect(job).toEqual(aJob({ state: 'running' }));
  });
});

describe('submitting', () => {
  test('a submission is added to the earlier ones', () => {
    const before = aSubmission({ id: 'first', refusedAs: 'rate-limited' });
    const job = applyEvent(aJob({ submissions: [before] }), EVENTS['submission-started'], NOW_MS);

    expect(job.submissions.map(({ id }) => id)).toEqual(['first', 'next']);
  });

  test('the task, its time and its due time are recorded', () => {
    const job = applyEvent(aJob({ state: 'submitting' }), EVENTS.submitted, NOW_MS);

    expect(job.submissions).toEqual([aSubmission({ taskId: 'task9', submittedAtMs: NOW_MS })]);
    expect(job.expectedAtMs).toBe(NOW_MS + MINUTE);
  });

  test('a job without a history has no due time', () => {
    const event = { ...EVENTS.submitted, expectedAtMs: undefined };

    expect(applyEvent(aJob({ state: 'submitting' }), event, NOW_MS)).not.toHaveProperty(
      'expectedAtMs',
    );
  });

  test('a refusal is recorded, and the job waits for its next attempt', () => {
    const job = applyEvent(aJob({ state: 'submitting' }), EVENTS['submission-refused'], NOW_MS);

    expect(job.submissions.at(-1)?.refusedAs).toBe('rate-limited');
    expect(job.retryAtMs).toBe(NOW_MS + SECOND);
    expect(job).not.toHaveProperty('failure');
  });

  test('a refusal without a next attempt ends the job with the reason', () => {
    const failure = { reason: 'moderated-input', code: 'InputText' } as const;
    const event = { ...EVENTS['submission-refused'], failure, retryAtMs: undefined };
    const job = applyEvent(aJob({ state: 'submitting' }), event, NOW_MS);

    expect(job.state).toBe('failed');
    expect(job.failure).toEqual(failure);
    expect(job.submissions.at(-1)?.refusedAs).toBe('rate-limited');
  });
});

describe('a task that the vendor does not find', () => {
  const missedAt = (job: ReturnType<typeof aJob>, ms: number) =>
    applyEvent(job, EVENTS['vendor-missing'], ms);

  test('a task is given up after it was missing twice, a minute apart', () => {
    const once = missedAt(aJob({ state: 'running' }), NOW_MS);
    const soon = missedAt(once, NOW_MS + MINUTE - 1);
    const late = missedAt(once, NOW_MS + MINUTE);

    expect(once).toMatchObject({ state: 'running', missingSinceMs: NOW_MS });
    expect(soon).toBe(once);
    expect(late).toMatchObject({ state: 'expired', failure: { reason: 'vendor-forgot' } });
  });

  test('a task seen in between has to be missing twice again', () => {
    const once = missedAt(aJob({ state: 'running' }), NOW_MS);
    const seen = applyEvent(once, EVENTS['vendor-running'], NOW_MS + SECOND);
    const again = missedAt(seen, NOW_MS + 2 * MINUTE);

    expect(seen).not.toHaveProperty('missingSinceMs');
    expect(seen.version).toBe(once.version + 1);
    expect(again).toMatchObject({ state: 'running', missingSinceMs: NOW_MS + 2 * MINUTE });
  });

  test.each(['vendor-running', 'vendor-succeeded'] as const)(
    'a missing result is cleared by %s',
    (type) => {
      const once = missedAt(aJob({ state: 'queued' }), NOW_MS);

      expect(applyEvent(once, EVENTS[type], NOW_MS)).not.toHaveProperty('missingSinceMs');
    },
  );
});

describe('a task that finished without a file', () => {
  const finishedAt = (job: ReturnType<typeof aJob>, ms: number) =>
    applyEvent(job, EVENTS['vendor-finished-without-file'], ms);

  test('a finished task without a file ends the job after eight minutes', () => {
    const once = finishedAt(aJob({ state: 'running' }), NOW_MS);
    const soon = finishedAt(once, NOW_MS + 8 * MINUTE - 1);
    const late = finishedAt(once, NOW_MS + 8 * MINUTE);

    expect(once).toMatchObject({ state: 'running', withoutFileSinceMs: NOW_MS });
    expect(soon).toBe(once);
    expect(late).toMatchObject({ state: 'failed', failure: { reason: 'finished-without-file' } });
  });

  test('a link that comes late delivers the video', () => {
    const once = finishedAt(aJob({ state: 'queued' }), NOW_MS);

    const after = applyEvent(once, EVENTS['vendor-succeeded'], NOW_MS + 7 * MINUTE);

    expect(after).toMatchObject({ state: 'succeeded', result: { tokens: 90_000 } });
  });

  test('the wait for a file restarts when the vendor resumed work in between', () => {
    const once = finishedAt(aJob({ state: 'running' }), NOW_MS);
    const working = applyEvent(once, EVENTS['vendor-running'], NOW_MS + MINUTE);

    const again = finishedAt(working, NOW_MS + 9 * MINUTE);

    expect(working).not.toHaveProperty('withoutFileSinceMs');
    expect(again).toMatchObject({ state: 'running', withoutFileSinceMs: NOW_MS + 9 * MINUTE });
  });

  test('a finished task counts as found: an earlier missing result is cleared', () => {
    const missed = applyEvent(aJob({ state: 'running' }), EVENTS['vendor-missing'], NOW_MS);
    const once = finishedAt(missed, NOW_MS + SECOND);
    const missedAgain = applyEvent(once, EVENTS['vendor-missing'], NOW_MS + 2 * SECOND);
    const known = finishedAt(missedAgain, NOW_MS + 3 * SECOND);

    expect(once).not.toHaveProperty('missingSinceMs');
    expect(known).not.toHaveProperty('missingSinceMs');
    expect(known.version).toBe(missedAgain.version + 1);
  });
});

describe('a job that is slower than usual', () => {
  const job = aJob({ state: 'running', expectedAtMs: NOW_MS });

  test('a job is late from just after its due time, and this is recorded once', () => {
    const onTime = applyEvent(job, EVENTS['vendor-running'], NOW_MS);
    const late = applyEvent(job, EVENTS['vendor-running'], NOW_MS + 1);
    const later = applyEvent(late, EVENTS['vendor-running'], NOW_MS + MINUTE);

    expect(onTime).toBe(job);
    expect(late).toMatchObject({ isLate: true, version: job.version + 1 });
    expect(later).toBe(late);
  });

  test('a job without a history is never late', () => {
    const unknown = aJob({ state: 'running' });

    expect(applyEvent(unknown, EVENTS['vendor-running'], NOW_MS + 100 * MINUTE)).toBe(unknown);
  });
});

test('the record keeps no usage that only the bill needed', () => {
  const result = { videoUrl: 'https://videos.example/9.mp4', frames: 120, reportedMicroDollars: 9 };
  const event = { type: 'vendor-succeeded', result, billedCredits: 1 } as const;

  const job = applyEvent(aJob({ state: 'running' }), event, NOW_MS);

  expect(job.result).toEqual({ videoUrl: result.videoUrl, succeededAtMs: NOW_MS });
});

describe('the member’s charge', () => {
  test.each([
    { billed: 20, cost: 20 },
    { billed: 26, cost: 26 },
    { billed: 40, cost: 26 },
  ])('a bill of $billed with 26 held costs $cost', ({ billed, cost }) => {
    const event = { ...EVENTS['vendor-succeeded'], billedCredits: billed };
    const after = applyEvent(aJob({ state: 'running', holdCredits: 26 }), event, NOW_MS);

    expect(after).toMatchObject({ costCredits: cost, billedCredits: billed });
    expect(after.result?.succeededAtMs).toBe(NOW_MS);
  });
});

test('the message that carries the video becomes the message of the job', () => {
  const after = applyEvent(aJob({ state: 'succeeded' }), EVENTS.delivered, NOW_MS);

  expect(after).toMatchObject({ messageId: '501', deliveredAs: 'video' });
});

test('a second delivery marker has its own time, around which the message is searched', () => {
  const first = applyEvent(
    aJob({ state: 'succeeded' }),
    { type: 'delivery-marked', marker: '200' },
    NOW_MS,
  );
  const second = applyEvent(first, { type: 'delivery-marked', marker: '200' }, NOW_MS + MINUTE);

  expect(first).toMatchObject({ deliveryMarkerChannelId: '200', deliveryMarkerSetAtMs: NOW_MS });
  expect(second).toMatchObject({
    deliveryMarkerChannelId: '200',
    deliveryMarkerSetAtMs: NOW_MS + MINUTE,
  });
});

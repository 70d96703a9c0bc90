import { describe, expect, test } from 'vitest';

import { DAY, SECOND } from '#src/clock.ts';
import { waitedForUntilMs } from '#src/jobs/polling/overdue.ts';

import { aSubmission, aTakenSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';

describe('the deadline of a task', () => {
  const submittedAtMs = JOB_BORN_MS + 5 * SECOND;

  test('a task is awaited until the link of the latest possible video would have expired', () => {
    const submission = aTakenSubmission({ submittedAtMs, expiresAfterSeconds: 170_000 });

    expect(waitedForUntilMs(submission)).toBe(submittedAtMs + 170_000 * SECOND + DAY);
  });

  test.each(['kyyaipower', 'pixazo', 'aimlapi'] as const)(
    'a task at a vendor without time limits is awaited for a day: %s',
    (vendor) => {
      expect(waitedForUntilMs(aTakenSubmission({ vendor, submittedAtMs }))).toBe(
        submittedAtMs + DAY,
      );
    },
  );

  test('a task with an unknown create outcome is awaited from the time of the call', () => {
    const { startedAtMs, ...submission } = aSubmission({ expiresAfterSeconds: 170_000 });

    expect(waitedForUntilMs({ ...submission, startedAtMs })).toBe(
      startedAtMs + 170_000 * SECOND + DAY,
    );
  });
});

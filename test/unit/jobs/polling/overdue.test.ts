import { describe, expect, test } from 'vitest';

import { DAY, SECOND } from '#src/clock.ts';
import { waitedForUntilMs } from '#src/jobs/polling/overdue.ts';

import { aSubmission, aTakenSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';

describe('a task is waited for', () => {
  const submittedAtMs = JOB_BORN_MS + 5 * SECOND;

  test('until the link of a video at the end of its time limit would be dead', () => {
    const submission = aTakenSubmission({ submittedAtMs, expiresAfterSeconds: 170_000 });

    expect(waitedForUntilMs(submission)).toBe(submittedAtMs + 170_000 * SECOND + DAY);
  });

  test.each(['kyyaipower', 'pixazo', 'aimlapi'] as const)(
    'for a day where the vendor takes no time limit: %s',
    (vendor) => {
      expect(waitedForUntilMs(aTakenSubmission({ vendor, submittedAtMs }))).toBe(
        submittedAtMs + DAY,
      );
    },
  );

  test('from the call on, where no answer to it came', () => {
    const { startedAtMs, ...submission } = aSubmission({ expiresAfterSeconds: 170_000 });

    expect(waitedForUntilMs({ ...submission, startedAtMs })).toBe(
      startedAtMs + 170_000 * SECOND + DAY,
    );
  });
});

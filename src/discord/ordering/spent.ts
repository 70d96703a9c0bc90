/** What a member reads who presses a button a second time: where the video of the first press is. */
import { UserError } from '../../errors.ts';
import { AlreadySpent, type Spending, type SpendingKind } from '../../jobs/acceptance/spending.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import { describeLocation } from '../messages/job-link.ts';

const SUBJECTS: Readonly<Record<SpendingKind, string>> = {
  confirmation: 'The video you confirmed',
  final: 'The final of this draft',
  retry: 'The second try',
  again: 'The new video',
};

/**
 * For an early answer, before anything is fetched; the acceptance decides.
 *
 * @throws UserError when one of them was spent before
 */
export async function checkUnspent(
  spendings: readonly Spending[],
  memberId: string,
  { findSpent }: Pick<Jobs, 'findSpent'>,
): Promise<void> {
  for (const spending of spendings) {
    // oxlint-disable-next-line no-await-in-loop -- one or two
    const job = await findSpent(spending, memberId);
    if (job !== undefined) throw spentError(spending, job);
  }
}

/** Runs an acceptance and says of a press that was spent before what came of it. */
export async function sayingWhatWasSpent<Result>(accept: () => Promise<Result>): Promise<Result> {
  try {
    return await accept();
  } catch (error) {
    if (error instanceof AlreadySpent) throw spentError(error.spending, error.job);
    throw error;
  }
}

function spentError({ kind }: Spending, job: Job): UserError {
  const what = SUBJECTS[kind];
  const where = describeLocation(job);
  if (job.state === 'delivered') return new UserError(`${what} was already made: ${where}`);
  if (hasEnded(job)) {
    return new UserError(`${what} was tried, and there is no video: ${where}. Ask for it again.`);
  }
  return new UserError(`${what} is already being made: ${where}`);
}

/** Tells a member who presses a button a second time where the video of the first press is. */
import { UserError } from '../../errors.ts';
import { AlreadySpent, type Spending, type SpendingKind } from '../../jobs/acceptance/spending.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import { describeLocation } from '../messages/job-link.ts';

interface SpentKeys {
  readonly done: TextKey;
  readonly failed: TextKey;
  readonly open: TextKey;
}

const KEYS: Readonly<Record<SpendingKind, SpentKeys>> = {
  confirmation: {
    done: 'orders:confirmedDone',
    failed: 'orders:confirmedFailed',
    open: 'orders:confirmedOpen',
  },
  final: { done: 'orders:finalDone', failed: 'orders:finalFailed', open: 'orders:finalOpen' },
  retry: { done: 'orders:retryDone', failed: 'orders:retryFailed', open: 'orders:retryOpen' },
  again: { done: 'orders:againDone', failed: 'orders:againFailed', open: 'orders:againOpen' },
};

/**
 * Checks early, before anything is fetched; acceptance makes the final decision.
 *
 * @throws UserError when one of the spendings was already used
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

/**
 * Accepts an order; if its button was already used, throws an error that describes the first press's
 * video.
 */
export async function explainSpent<Result>(accept: () => Promise<Result>): Promise<Result> {
  try {
    return await accept();
  } catch (error) {
    if (error instanceof AlreadySpent) throw spentError(error.spending, error.job);
    throw error;
  }
}

function spentError({ kind }: Spending, job: Job): UserError {
  const { done, failed, open } = KEYS[kind];
  const where = describeLocation(job);
  if (job.state === 'delivered') return new UserError(text(done, { where }));
  return new UserError(text(hasEnded(job) ? failed : open, { where }));
}

/** Logs each bill that is above its hold, once, when its job succeeds. */
import type { Logger } from '../../logger.ts';
import { billAboveHold } from './bill.ts';
import type { JobListener } from './transition.ts';

export function createBillAlerts(logger: Logger): JobListener {
  return (after, before) => {
    const bill = billAboveHold(after, before);
    if (bill === undefined) return;
    const fields = { jobId: after.id, submissionId: after.submissions.at(-1)?.id, ...bill };
    if (bill.claimedCredits === undefined) {
      logger.warn(fields, 'vendor bill above the hold; compare the prices with its invoice');
      return;
    }
    logger.error(
      { ...fields, tokens: after.result?.tokens },
      'implausible vendor bill booked at the hold; compare it with the invoice',
    );
  };
}

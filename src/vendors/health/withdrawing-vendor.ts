/**
 * A vendor whose create calls keep the withdrawals true: a model that it refuses as retired or not
 * activated is withdrawn before the refusal is passed on, one that it takes is restored, and one that
 * is withdrawn is not asked for.
 */
import { VendorError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { refusedBeforehand } from '../dialect.ts';
import type { Vendor } from '../vendor.ts';
import type { Withdrawals } from './withdrawals.ts';

/** The code of a create that was not sent because the model is withdrawn. */
export const WITHDRAWN_CODE = 'MODEL_WITHDRAWN';

export function withWithdrawals(
  vendor: Vendor,
  { withdrawals, logger }: { withdrawals: Withdrawals; logger: Logger },
): Vendor {
  const { name } = vendor;
  return {
    ...vendor,
    async start(submission, signal) {
      const { model } = submission.request;
      if (!(await withdrawals.mayAsk(name, model))) {
        throw refusedBeforehand(name, WITHDRAWN_CODE, { kind: 'model-unavailable' });
      }
      try {
        const handle = await vendor.start(submission, signal);
        await noting(withdrawals.restore(name, model), { vendor: name, model }, logger);
        return handle;
      } catch (error) {
        if (error instanceof VendorError && error.kind === 'model-unavailable') {
          const withdrawing = withdrawals.withdraw(name, model, error.code);
          await noting(withdrawing, { vendor: name, model }, logger);
        }
        throw error;
      }
    },
  };
}

/** What the vendor answered counts, whether it can be noted or not: the next order meets it again. */
async function noting(
  write: Promise<void>,
  facts: { vendor: string; model: string },
  logger: Logger,
): Promise<void> {
  try {
    await write;
  } catch (error) {
    logger.error({ err: error, ...facts }, 'withdrawal of an offer could not be written');
  }
}

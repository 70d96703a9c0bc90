/**
 * Wraps a vendor so that its create calls maintain the withdrawals. A model refused as retired or not
 * activated is withdrawn, an accepted one is restored, and no create is sent for a withdrawn one.
 */
import type { ModelId } from '../../catalogue/request.ts';
import type { VendorName } from '../../catalogue/vendors.ts';
import { VendorError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { rejectBeforeSending } from '../dialect.ts';
import type { Vendor } from '../vendor.ts';
import type { Withdrawals } from './withdrawals.ts';

/** The code of a create that was not sent because the model is withdrawn. */
const WITHDRAWN_CODE = 'MODEL_WITHDRAWN';

/** The code of a create that was not sent because the database could not be read. */
const UNREADABLE_CODE = 'WITHDRAWAL_UNREADABLE';

export function withWithdrawals(
  vendor: Vendor,
  { withdrawals, logger }: { withdrawals: Withdrawals; logger: Logger },
): Vendor {
  const { name } = vendor;
  return {
    ...vendor,
    async start(submission, signal) {
      const { model } = submission.request;
      if (!(await mayAsk(withdrawals, name, model))) {
        throw rejectBeforeSending(name, WITHDRAWN_CODE, { kind: 'model-unavailable' });
      }
      try {
        const handle = await vendor.start(submission, signal);
        await writeOrLog(withdrawals.restore(name, model), { vendor: name, model }, logger);
        return handle;
      } catch (error) {
        if (error instanceof VendorError && error.kind === 'model-unavailable') {
          const withdrawing = withdrawals.withdraw(name, model, error.code);
          await writeOrLog(withdrawing, { vendor: name, model }, logger);
        }
        throw error;
      }
    },
  };
}

/** Turns a database error into a definite refusal: nothing was sent, and another vendor may be called. */
async function mayAsk(
  withdrawals: Withdrawals,
  vendor: VendorName,
  model: ModelId,
): Promise<boolean> {
  try {
    return await withdrawals.mayAsk(vendor, model);
  } catch (cause) {
    throw rejectBeforeSending(vendor, UNREADABLE_CODE, { kind: 'unavailable', cause });
  }
}

/** A failed write is only logged: the vendor's answer still counts, and the next order gets it again. */
async function writeOrLog(
  write: Promise<void>,
  facts: { vendor: string; model: string },
  logger: Logger,
): Promise<void> {
  try {
    await write;
  } catch (error) {
    logger.error({ err: error, ...facts }, 'offer withdrawal not saved');
  }
}

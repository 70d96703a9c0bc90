/** What counts as the vendor failing, and so towards leaving it alone. Pure. */
import { VendorError, type VendorErrorKind } from '../../errors.ts';
import { isAboutOneModel, VENDOR_ERROR_POLICY } from '../error-policy.ts';

type Policy = typeof VENDOR_ERROR_POLICY;
export type FailingKind = {
  [Kind in VendorErrorKind]: Policy[Kind]['isVendorFailing'] extends true ? Kind : never;
}[VendorErrorKind];

export interface FailingError extends VendorError {
  readonly kind: FailingKind;
}

/** The code of a call that was cut off by us. */
const ABORTED = 'ABORTED';

/** Whether a create call that ended so tells that the vendor fails; whether it took the task is no matter. */
export function isVendorFailing(error: unknown): error is FailingError {
  return (
    error instanceof VendorError &&
    VENDOR_ERROR_POLICY[error.kind].isVendorFailing &&
    hasVendorAPart(error) &&
    !isAboutOneModel(error)
  );
}

/** Whether a create call that threw so says anything about the vendor; else it failed with us. */
export function hasVendorAPart(error: unknown): boolean {
  return (
    error instanceof VendorError &&
    // `prepare`: nothing was sent.
    error.operation === 'create' &&
    error.kind !== 'input-unreadable' &&
    error.code !== ABORTED
  );
}

/** Decides which errors count as failures of the vendor and towards resting it. Pure. */
import { VendorError, type VendorErrorKind } from '../../errors.ts';
import { isAboutOneModel, VENDOR_ERROR_POLICY } from '../error-policy.ts';

type Policy = typeof VENDOR_ERROR_POLICY;
export type FailingKind = {
  [Kind in VendorErrorKind]: Policy[Kind]['isVendorFailing'] extends true ? Kind : never;
}[VendorErrorKind];

export interface FailingError extends VendorError {
  readonly kind: FailingKind;
}

/** The code of a call that we aborted. */
const ABORTED = 'ABORTED';

/** Returns whether the error of a create call is a failure of the vendor, whether or not the task exists. */
export function isVendorFailing(error: unknown): error is FailingError {
  return (
    error instanceof VendorError &&
    VENDOR_ERROR_POLICY[error.kind].isVendorFailing &&
    hasVendorAPart(error) &&
    !isAboutOneModel(error)
  );
}

/** Returns whether the error of a create call says anything about the vendor; otherwise it failed on our side. */
export function hasVendorAPart(error: unknown): boolean {
  return (
    error instanceof VendorError &&
    // `prepare`: nothing was sent.
    error.operation === 'create' &&
    error.kind !== 'input-unreadable' &&
    error.code !== ABORTED
  );
}

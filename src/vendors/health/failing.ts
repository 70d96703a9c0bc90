/** What counts as the vendor failing, and so towards leaving it alone. Pure. */
import { VendorError } from '../../errors.ts';
import { isAboutOneModel } from '../error-policy.ts';

/**
 * The vendor's own trouble, or the operator's with it: any other job would meet it too. The other
 * kinds are the request's fault, or pass within seconds, which is what trying again is for.
 */
const FAILING_KINDS = ['unavailable', 'timeout', 'bad-response', 'auth', 'out-of-funds'] as const;
export type FailingKind = (typeof FAILING_KINDS)[number];

export interface FailingError extends VendorError {
  readonly kind: FailingKind;
}

/** The code of a call that was cut off by us. */
const ABORTED = 'ABORTED';

/** Whether a create call that ended so tells that the vendor fails; whether it took the task is no matter. */
export function isVendorFailing(error: unknown): error is FailingError {
  return (
    error instanceof VendorError &&
    FAILING_KINDS.some((kind) => kind === error.kind) &&
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

/** Wraps a vendor to observe its calls. */
import { VendorError, type VendorErrorKind } from '../errors.ts';
import type { Vendor } from '../vendors/vendor.ts';

export type VendorOperation = 'start' | 'check' | 'check-many' | 'find' | 'cancel';

export interface VendorCall {
  readonly vendor: string;
  readonly operation: VendorOperation;
  /** `aborted`: we aborted it. `fault`: it threw something other than a VendorError. */
  readonly outcome: 'ok' | 'aborted' | 'fault' | VendorErrorKind;
}

/**
 * Wraps a vendor without changing its behaviour.
 *
 * @param onCall called after each call
 */
export function countCalls(vendor: Vendor, onCall: (call: VendorCall) => void): Vendor {
  const { name, checkMany } = vendor;

  async function counted<T>(
    operation: VendorOperation,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      const result = await call();
      onCall({ vendor: name, operation, outcome: 'ok' });
      return result;
    } catch (error) {
      onCall({ vendor: name, operation, outcome: outcomeOf(error, signal) });
      throw error;
    }
  }

  return {
    name,
    cadence: vendor.cadence,
    wireModel: (model) => vendor.wireModel(model),
    start: async (submission, signal) =>
      counted('start', signal, async () => vendor.start(submission, signal)),
    check: async (handle, signal) =>
      counted('check', signal, async () => vendor.check(handle, signal)),
    ...(checkMany === undefined
      ? {}
      : {
          checkMany: {
            ...checkMany,
            check: async (handles, signal) =>
              counted('check-many', signal, async () => checkMany.check(handles, signal)),
          },
        }),
    ...optionalCalls(vendor, counted),
  };
}

type Counted = <T>(
  operation: VendorOperation,
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
) => Promise<T>;

/** Wraps the optional calls that the vendor has. */
function optionalCalls(
  vendor: Vendor,
  counted: Counted,
): Pick<Vendor, 'findCreatedBetween' | 'cancel'> {
  const find = vendor.findCreatedBetween?.bind(vendor);
  const cancel = vendor.cancel?.bind(vendor);
  return {
    ...(find === undefined
      ? {}
      : {
          findCreatedBetween: async (window, signal) =>
            counted('find', signal, async () => find(window, signal)),
        }),
    ...(cancel === undefined
      ? {}
      : {
          cancel: async (handle, signal) =>
            counted('cancel', signal, async () => cancel(handle, signal)),
        }),
  };
}

function outcomeOf(error: unknown, signal: AbortSignal | undefined): VendorCall['outcome'] {
  if (signal?.aborted === true) return 'aborted';
  return error instanceof VendorError ? error.kind : 'fault';
}

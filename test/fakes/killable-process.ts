/** The environment of a process that can be killed: after its death, whatever it waits for never comes. */
import type { Clock } from '#src/clock.ts';
import type { Leases } from '#src/storage/leases/leases.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import type { FakeClock } from './clock.ts';

/** Never ends for a dead process. */
async function unlessDead<Value>(value: Promise<Value>, death: AbortSignal): Promise<Value> {
  try {
    return await value;
  } finally {
    if (death.aborted) await new Promise(() => undefined);
  }
}

export function killableClock(clock: FakeClock, death: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    async sleep(ms, signal) {
      const either = AbortSignal.any([death, ...(signal === undefined ? [] : [signal])]);
      await unlessDead(clock.sleep(ms, either), death);
    },
  };
}

/** The server frees the leases of a dead process, which never learns of it. */
export function killableLeases(leases: Leases, death: AbortSignal): Leases {
  return {
    processId: leases.processId,
    async take(name) {
      if (death.aborted) await new Promise(() => undefined);
      const lease = await unlessDead(leases.take(name), death);
      return (
        lease && {
          get isHeld() {
            return lease.isHeld;
          },
          async [Symbol.asyncDispose]() {
            if (!death.aborted) await lease[Symbol.asyncDispose]();
            if (death.aborted) await new Promise(() => undefined);
          },
        }
      );
    },
    close: async () => leases.close(),
  };
}

export function killableVendor(vendor: Vendor, death: AbortSignal): Vendor {
  const { checkMany, findCreatedBetween, cancel } = vendor;
  const mortal = async <Value>(call: () => Promise<Value>): Promise<Value> =>
    death.aborted ? new Promise<never>(() => undefined) : unlessDead(call(), death);
  return {
    name: vendor.name,
    cadence: vendor.cadence,
    wireModel: (model) => vendor.wireModel(model),
    start: async (...args) => mortal(async () => vendor.start(...args)),
    check: async (...args) => mortal(async () => vendor.check(...args)),
    ...(checkMany && {
      checkMany: {
        ...checkMany,
        check: async (...args) => mortal(async () => checkMany.check(...args)),
      },
    }),
    ...(findCreatedBetween && {
      findCreatedBetween: async (...args) => mortal(async () => findCreatedBetween(...args)),
    }),
    ...(cancel && { cancel: async (...args) => mortal(async () => cancel(...args)) }),
  };
}

/** Watches the creates of all vendors and logs changes of their health. */
import type { VendorName } from '../../catalogue/vendors.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Vendor } from '../vendor.ts';
import { createBreaker, type VendorHealth } from './breaker.ts';

export type VendorStates = ReadonlyMap<VendorName, VendorHealth>;

export interface VendorWatch {
  /** The same vendors in the same order, each with a circuit breaker. */
  readonly vendors: readonly Vendor[];
  /** Returns the health of each vendor, from the creates of this process. */
  states(): VendorStates;
}

export function watchVendors(
  vendors: readonly Vendor[],
  { clock, logger }: { clock: Clock; logger: Logger },
): VendorWatch {
  const breakers = vendors.map((vendor) => {
    const log = logger.child({ vendor: vendor.name });
    return createBreaker(vendor, {
      clock,
      onRest: (error, { sinceMs, untilMs }) => {
        const nowMs = clock.now();
        log.warn(
          { err: error, restMs: untilMs - nowMs, downMs: nowMs - sinceMs },
          'vendor keeps failing; resting it',
        );
      },
      onTrial: () => log.info('trying the vendor again with one job'),
      onBack: (downMs) => log.info({ downMs }, 'vendor is up again'),
    });
  });
  return {
    vendors: breakers.map(({ vendor }) => vendor),
    states: () => new Map(breakers.map(({ vendor, health }) => [vendor.name, health()])),
  };
}

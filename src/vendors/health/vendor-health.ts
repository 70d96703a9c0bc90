/** How all the vendors are: watches their creates, tells the log, and whoever wants to know. */
import type { VendorName } from '../../catalogue/vendors.ts';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Vendor } from '../vendor.ts';
import { createBreaker, type VendorHealth } from './breaker.ts';

export type VendorStates = ReadonlyMap<VendorName, VendorHealth>;

export interface VendorWatch {
  /** The same vendors in the same order; one that keeps failing rests for a while. */
  readonly vendors: readonly Vendor[];
  /** How each is by the creates of this process; asks nobody. */
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
          'the vendor fails again and again and is left alone for a while',
        );
      },
      onTrial: () => log.info('the vendor is tried again with one job'),
      onBack: (downMs) => log.info({ downMs }, 'the vendor takes videos again'),
    });
  });
  return {
    vendors: breakers.map(({ vendor }) => vendor),
    states: () => new Map(breakers.map(({ vendor, health }) => [vendor.name, health()])),
  };
}

/** A vendor behind the circuit breaker keeps the same contract. */
import { offersOf, validOffers } from '#src/catalogue/prices/prices.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { systemClock } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import { createAimlApiVendor } from '#src/vendors/aimlapi/aimlapi.ts';
import type { DialectOptions } from '#src/vendors/dialect.ts';
import { watchVendors } from '#src/vendors/health/vendor-health.ts';
import { createOfficialVendor } from '#src/vendors/official/official.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import type { VendorSubject } from './bench.ts';
import { vendorContract } from './vendor-contract.ts';

function watched(
  name: VendorName,
  create: (options: DialectOptions<VendorName>) => Vendor,
): Pick<VendorSubject, 'name' | 'title' | 'createVendor' | 'wireModels'> {
  const offers = Object.entries(validOffers(offersOf(name), Date.now()));
  return {
    name,
    title: `${name}, watched,`,
    wireModels: Object.fromEntries(offers.map(([model, { wireModel }]) => [model, wireModel])),
    createVendor(options) {
      const logger = createLogger('silent');
      const bare = create({ ...options, name });
      const [vendor = bare] = watchVendors([bare], { clock: systemClock, logger }).vendors;
      return vendor;
    },
  };
}

vendorContract({
  ...watched('byteplus', createOfficialVendor),
  sandbox: {},
  modelFor: () => '1.0-pro',
  words: {
    errorsHaveCodes: true,
    failuresHaveCodes: true,
    noFunds: 'out-of-funds',
    expired: 'expired',
    cancelled: 'cancelled',
    echoes: true,
    usage: 'tokens',
  },
});

vendorContract({
  ...watched('aimlapi', createAimlApiVendor),
  sandbox: { dialect: 'aimlapi' },
  modelFor: () => '1.0-pro',
  words: {
    errorsHaveCodes: false,
    failuresHaveCodes: true,
    noFunds: 'out-of-funds',
    expired: 'failed',
    cancelled: 'failed',
    echoes: false,
    usage: 'dollars',
  },
});

import { startVendor } from '#sandbox/vendor/vendor.ts';
import { offersOf } from '#src/catalogue/prices.ts';
import { createOfficialVendor } from '#src/vendors/official/official.ts';
import { VENDOR_NAMES, type VendorName } from '#src/vendors/vendor.ts';

import { vendorContract } from './vendor-contract.ts';

for (const name of VENDOR_NAMES) {
  vendorContract({
    name,
    abilities: { canList: true, canCancel: true },
    startSandbox: async (options) =>
      startVendor({ ...options, idPrefix: name === 'volcengine' ? 'doubao-' : '' }),
    createVendor: (options) =>
      createOfficialVendor({ ...options, name, wireModels: wireModelsOf(name) }),
  });
}

function wireModelsOf(name: VendorName) {
  return Object.fromEntries(
    Object.entries(offersOf(name)).map(([model, offer]) => [model, offer.wireModel]),
  );
}

import { createKyyAiPowerVendor } from '#src/vendors/kyyaipower/kyyaipower.ts';

import { vendorContract } from './vendor-contract.ts';

vendorContract({
  name: 'kyyaipower',
  sandbox: { dialect: 'kyyaipower' },
  wireModels: { '1.5-pro': 'seedance_1_5_pro', '2.0': 'seedance_2_0' },
  createVendor: createKyyAiPowerVendor,
  modelFor: () => '1.5-pro',
  words: {
    errorsHaveCodes: true,
    failuresHaveCodes: false,
    noFunds: 'out-of-funds',
    expired: 'failed',
    cancelled: 'cancelled',
    echoes: false,
    usage: 'tokens',
  },
});

import { createAimlApiVendor } from '#src/vendors/aimlapi/aimlapi.ts';

import { vendorContract } from './vendor-contract.ts';

vendorContract({
  name: 'aimlapi',
  sandbox: { dialect: 'aimlapi' },
  wireModels: {
    '1.5-pro': 'bytedance/seedance-1-5-pro',
    '1.0-pro-fast': 'bytedance/seedance-1-0-pro-fast',
    '1.0-pro': 'bytedance/seedance-1-0-pro',
    '2.0-fast': 'bytedance/seedance-2-0-fast',
    '2.0': 'bytedance/seedance-2-0',
    '2.0-mini': 'bytedance/dreamina-seedance-2-0-mini',
    '2.5': 'bytedance/seedance-2-5',
    '1.0-lite-t2v': 'bytedance/seedance-1-0-lite-t2v',
    '1.0-lite-i2v': 'bytedance/seedance-1-0-lite-i2v',
  },
  createVendor: createAimlApiVendor,
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

import { createPixazoVendor } from '#src/vendors/pixazo/pixazo.ts';

import type { VendorSubject } from './bench.ts';
import { vendorContract } from './vendor-contract.ts';

const PIXAZO: VendorSubject = {
  name: 'pixazo',
  sandbox: { dialect: 'pixazo' },
  wireModels: {
    '1.0-lite-t2v': 'seedance-1-0-lite-t2v-250428',
    '1.0-lite-i2v': 'seedance-1-0-lite-i2v-250428',
  },
  createVendor: createPixazoVendor,
  createsBy: /^POST \/byteplus\//,
  modelFor: (inputs) => (inputs.length === 0 ? '1.0-lite-t2v' : '1.0-lite-i2v'),
  words: {
    errorsHaveCodes: false,
    failuresHaveCodes: true,
    // Its 403 is "no access", whatever the reason.
    noFunds: 'auth',
    expired: 'expired',
    cancelled: 'cancelled',
    echoes: false,
    usage: 'tokens',
  },
};

vendorContract(PIXAZO);

vendorContract({
  ...PIXAZO,
  title: 'pixazo, answering in its newer style,',
  sandbox: { ...PIXAZO.sandbox, pixazoStyle: 'request' },
  looksBy: 'GET /v2/requests/status/{id}',
  words: {
    ...PIXAZO.words,
    failuresHaveCodes: false,
    expired: 'failed',
    cancelled: 'failed',
    usage: 'nothing',
  },
});

vendorContract({
  ...PIXAZO,
  title: 'pixazo, making 2.x,',
  wireModels: {
    '2.0-mini': 'seedance-2-0-mini',
    '2.0-fast': 'seedance-2-0-fast',
    '2.0': 'seedance-2-0',
    '2.5': 'seedance-2-5',
  },
  createsBy: /^POST \/seedance-/,
  looksBy: 'GET /v2/requests/status/{id}',
  modelFor: () => '2.0-mini',
  words: {
    ...PIXAZO.words,
    failuresHaveCodes: false,
    noFunds: 'out-of-funds',
    forbidden: 'auth',
    routeRefused: 'model-unavailable',
    expired: 'failed',
    cancelled: 'failed',
    usage: 'nothing',
  },
});

import { offersOf, validOffers } from '#src/catalogue/prices/prices.ts';
import type { ModelId } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import {
  createAzerionVendor,
  createOfficialVendor,
  createPowerTokensVendor,
} from '#src/vendors/official/official.ts';

import type { VendorSubject, VendorWords } from './bench.ts';
import { vendorContract } from './vendor-contract.ts';

const WORDS: VendorWords = {
  errorsHaveCodes: true,
  failuresHaveCodes: true,
  noFunds: 'out-of-funds',
  expired: 'expired',
  cancelled: 'cancelled',
  echoes: true,
  usage: 'tokens',
};

const OFFICIAL = {
  createVendor: createOfficialVendor,
  modelFor: (): ModelId => '1.0-pro',
  words: WORDS,
};

const SUBJECTS: readonly VendorSubject[] = [
  { ...OFFICIAL, name: 'byteplus', sandbox: {}, wireModels: catalogued('byteplus') },
  {
    ...OFFICIAL,
    name: 'volcengine',
    sandbox: { idPrefix: 'doubao-' },
    wireModels: catalogued('volcengine'),
  },
  { ...OFFICIAL, name: 'ark', sandbox: {}, wireModels: catalogued('ark') },
  {
    ...OFFICIAL,
    name: 'powertokens',
    createVendor: createPowerTokensVendor,
    sandbox: { dialect: 'powertokens' },
    wireModels: catalogued('powertokens'),
  },
  {
    ...OFFICIAL,
    name: 'azerion',
    createVendor: createAzerionVendor,
    sandbox: { dialect: 'azerion' },
    wireModels: {
      '1.5-pro': 'seedance-1-5-pro-251215',
      '1.0-pro-fast': 'seedance-1-0-pro-fast-251015',
      '1.0-pro': 'seedance-1-0-pro-250528',
      '1.0-lite-i2v': 'seedance-1-0-lite-i2v-250428',
    },
  },
];

for (const subject of SUBJECTS) vendorContract(subject);

/** What the vendor serves today; the sandbox refuses retired models, as the vendor does. */
function catalogued(name: VendorName): VendorSubject['wireModels'] {
  return Object.fromEntries(
    Object.entries(validOffers(offersOf(name), Date.now())).map(([model, offer]) => [
      model,
      offer.wireModel,
    ]),
  );
}

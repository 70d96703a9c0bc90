import type { Dispatcher } from 'undici';

import type { ModelId } from '../catalogue/request.ts';
import type { VendorName } from '../catalogue/vendors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { createAimlApiVendor } from './aimlapi/aimlapi.ts';
import type { DialectOptions } from './dialect.ts';
import { createKyyAiPowerVendor } from './kyyaipower/kyyaipower.ts';
import {
  createAzerionVendor,
  createOfficialVendor,
  createPowerTokensVendor,
} from './official/official.ts';
import { createPixazoVendor } from './pixazo/pixazo.ts';
import type { Vendor } from './vendor.ts';

export interface VendorAccess {
  readonly apiKey: string;
  readonly baseUrl: string;
}

export interface VendorDependencies {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Returns the models that a vendor offers, with the vendor's ids, from the catalogue. */
  readonly wireModelsOf: (vendor: VendorName) => Readonly<Partial<Record<ModelId, string>>>;
  /** Creates all connections; direct ones by default. */
  readonly dispatcher?: Dispatcher | undefined;
}

/** The dialect of each vendor. */
const DIALECTS: Readonly<Record<VendorName, (options: DialectOptions<VendorName>) => Vendor>> = {
  byteplus: createOfficialVendor,
  volcengine: createOfficialVendor,
  azerion: createAzerionVendor,
  powertokens: createPowerTokensVendor,
  kyyaipower: createKyyAiPowerVendor,
  pixazo: createPixazoVendor,
  aimlapi: createAimlApiVendor,
  ark: createOfficialVendor,
};

/** Creates an adapter for each vendor with a key, in the given order, preferred first. */
export function createVendors(
  accounts: ReadonlyMap<VendorName, VendorAccess>,
  dependencies: VendorDependencies,
): readonly Vendor[] {
  const { logger, clock, wireModelsOf, dispatcher } = dependencies;
  return [...accounts].map(([name, { apiKey, baseUrl }]) =>
    DIALECTS[name]({
      name,
      apiKey,
      baseUrl,
      wireModels: wireModelsOf(name),
      logger,
      clock,
      dispatcher,
    }),
  );
}

/** The vendors of `npm run demo -- --vendor NAME`, each in its own dialect. */
import type { VendorOptions } from '../vendor/vendor.ts';

const VENDORS: Readonly<Record<string, VendorOptions>> = {
  byteplus: {},
  volcengine: { idPrefix: 'doubao-' },
  azerion: { dialect: 'azerion' },
  powertokens: { dialect: 'powertokens' },
  kyyaipower: { dialect: 'kyyaipower' },
  pixazo: { dialect: 'pixazo' },
  aimlapi: { dialect: 'aimlapi' },
};

export const VENDOR_NAMES = Object.keys(VENDORS);

/** @throws Error naming the existing ones */
export function vendorOptions(name = 'byteplus'): VendorOptions {
  const options = VENDORS[name];
  if (options !== undefined) return options;
  throw new Error(`There is no vendor ${name}; choose ${Object.keys(VENDORS).join(', ')}`);
}

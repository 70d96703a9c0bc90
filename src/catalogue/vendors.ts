/**
 * The vendors, with their titles and base URLs. Setting names, price lists and capabilities follow this table; the
 * vendors' offers are in `prices/published-prices.ts`.
 */

interface VendorEntry {
  readonly title: string;
  /** The default base URL of its API; undefined if only the operator knows it. */
  readonly baseUrl: string | undefined;
}

/** In the order used without `VENDOR_ORDER`. */
export const VENDORS = {
  byteplus: {
    title: 'BytePlus ModelArk',
    baseUrl: 'https://ark.ap-southeast.bytepluses.com/api/v3',
  },
  volcengine: { title: 'Volcengine Ark', baseUrl: 'https://ark.cn-beijing.volces.com/api/v3' },
  azerion: { title: 'Azerion', baseUrl: 'https://api.azerion.ai/v1' },
  powertokens: {
    title: 'PowerTokens',
    baseUrl: 'https://api.powertokens.ai/byteplus/api/v3',
  },
  kyyaipower: { title: 'kyyAiPower', baseUrl: 'https://zcbservice.aizfw.cn/kyyAiPower' },
  pixazo: { title: 'Pixazo', baseUrl: 'https://gateway.pixazo.ai' },
  aimlapi: { title: 'AI/ML API', baseUrl: 'https://api.aimlapi.com' },
  ark: { title: 'The operator’s own video service', baseUrl: undefined },
} as const satisfies Record<string, VendorEntry>;

export type VendorName = keyof typeof VENDORS;

export const VENDOR_NAMES: readonly VendorName[] = Object.keys(VENDORS).filter(isVendorName);

export function isVendorName(name: string): name is VendorName {
  return Object.hasOwn(VENDORS, name);
}

/** Returns the name of the vendor's key setting, such as `BYTEPLUS_API_KEY`. */
export function apiKeySetting(name: VendorName): string {
  return `${name.toUpperCase()}_API_KEY`;
}

/** Returns the name of the vendor's base URL setting, such as `BYTEPLUS_BASE_URL`. */
export function baseUrlSetting(name: VendorName): string {
  return `${name.toUpperCase()}_BASE_URL`;
}

/** Creates a value for each vendor. */
export function forEachVendor<Value>(make: (name: VendorName) => Value): Record<VendorName, Value> {
  return {
    byteplus: make('byteplus'),
    volcengine: make('volcengine'),
    azerion: make('azerion'),
    powertokens: make('powertokens'),
    kyyaipower: make('kyyaipower'),
    pixazo: make('pixazo'),
    aimlapi: make('aimlapi'),
    ark: make('ark'),
  };
}

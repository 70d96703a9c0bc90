/** Which vendors offer which models, under which ids and at which prices. */
import { isValidAt, type Validity } from '../lifecycle.ts';
import { MODEL_IDS, type ModelId } from '../request.ts';
import type { VendorName } from '../vendors.ts';
import { overridePrices, priceIn, type Price, type Priced, type PriceList } from './price.ts';
import {
  AIMLAPI,
  AZERION,
  CHINA,
  INTERNATIONAL,
  KYYAIPOWER,
  PIXAZO,
  POWERTOKENS,
  type OfferTable,
  type PublishedOffer,
} from './published-prices.ts';

/** One model at one vendor. */
export interface Offer extends PublishedOffer {
  readonly model: ModelId;
  /** The price of an ordinary request: 720p, no reference video, not the slower tier. */
  readonly price: Price;
  readonly validity: Validity;
}

/** The offers of one vendor, by model. */
export type Offers = { readonly [model in ModelId]?: Offer };

/** The operator's own prices, from `PRICES`. */
export type PricesSetting = {
  readonly [vendor in VendorName]?:
    | { readonly [model in ModelId]?: PriceList | undefined }
    | undefined;
};

/**
 * The default for resellers without published prices and for `ARK_BASE_URL` is BytePlus's list; the operator
 * sets the actual prices in `PRICES`.
 */
const PUBLISHED: Record<VendorName, OfferTable> = {
  byteplus: INTERNATIONAL,
  volcengine: CHINA,
  azerion: AZERION,
  powertokens: POWERTOKENS,
  kyyaipower: KYYAIPOWER,
  pixazo: PIXAZO,
  aimlapi: AIMLAPI,
  ark: INTERNATIONAL,
};

/**
 * Returns all offers of a vendor, with the operator's prices from `PRICES`. Includes expired offers, whose open
 * jobs are still polled and settled; `validOffers` omits them.
 */
export function offersOf(vendor: VendorName, prices: PricesSetting = {}): Offers {
  const offers: { [model in ModelId]?: Offer } = {};
  for (const model of MODEL_IDS) {
    const published = PUBLISHED[vendor][model];
    if (published === undefined) continue;
    const own = prices[vendor]?.[model];
    const list = own === undefined ? published.prices : overridePrices(published.prices, own);
    const price = list.online['720p'] ?? list.online.usual;
    const { wireModel, validity = {} } = published;
    offers[model] = { model, wireModel, prices: list, price, validity };
  }
  return offers;
}

/** Returns the offers that are valid at a time. */
export function validOffers(offers: Offers, nowMs: number): Offers {
  const valid = Object.entries(offers).filter(([, { validity }]) => isValidAt(validity, nowMs));
  return Object.fromEntries(valid);
}

/** Returns the price of a request, or undefined if the vendor does not have its tier for the model. */
export function priceFor(offer: Offer, request: Priced): Price | undefined {
  return priceIn(offer.prices, request);
}

/** Returns whether a vendor has the slower tier for the model. */
export function offersFlex({ prices }: Offer): boolean {
  return prices.flex !== undefined;
}

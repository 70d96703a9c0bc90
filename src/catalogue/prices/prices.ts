/** Who offers which model under which id, and what a request costs there. */
import { isValidAt, type Validity } from '../lifecycle.ts';
import { MODEL_IDS, type ModelId } from '../request.ts';
import type { VendorName } from '../vendors.ts';
import { laidOver, priceIn, type Price, type Priced, type PriceList } from './price.ts';
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
} from './published-offers.ts';

/** One model at one vendor. */
export interface Offer extends PublishedOffer {
  readonly model: ModelId;
  /** What an ordinary request pays: no reference video, not the slower tier, 720p. */
  readonly price: Price;
  readonly validity: Validity;
}

/** What one vendor offers; a model that is absent is not offered there. */
export type Offers = { readonly [model in ModelId]?: Offer };

/** The operator's own prices, as `PRICES` gives them. */
export type PricesSetting = {
  readonly [vendor in VendorName]?:
    | { readonly [model in ModelId]?: PriceList | undefined }
    | undefined;
};

/**
 * Where a reseller publishes no price, and for what stands behind `ARK_BASE_URL`, the default is
 * BytePlus's list; `PRICES` is for what they really cost.
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
 * What a vendor has offered so far, at the operator's prices where `PRICES` gives them. Ended offers
 * are included: their open jobs are still polled and settled. `validOffers` leaves them out.
 */
export function offersOf(vendor: VendorName, prices: PricesSetting = {}): Offers {
  const offers: { [model in ModelId]?: Offer } = {};
  for (const model of MODEL_IDS) {
    const published = PUBLISHED[vendor][model];
    if (published === undefined) continue;
    const own = prices[vendor]?.[model];
    const list = own === undefined ? published.prices : laidOver(published.prices, own);
    const price = list.online['720p'] ?? list.online.usual;
    const { wireModel, validity = {} } = published;
    offers[model] = { model, wireModel, prices: list, price, validity };
  }
  return offers;
}

/** Those that are valid at a moment. */
export function validOffers(offers: Offers, nowMs: number): Offers {
  const valid = Object.entries(offers).filter(([, { validity }]) => isValidAt(validity, nowMs));
  return Object.fromEntries(valid);
}

/** What a request pays there, or undefined where the vendor does not have its tier for the model. */
export function priceFor(offer: Offer, request: Priced): Price | undefined {
  return priceIn(offer.prices, request);
}

/** Whether a vendor has the slower tier for the model. */
export function offersFlex({ prices }: Offer): boolean {
  return prices.flex !== undefined;
}

/** Which vendors can make a request, in the operator's order, and at which price. */
import { mostCredits } from '../catalogue/prices/cost.ts';
import type { Price } from '../catalogue/prices/price.ts';
import { offersFlex, offersOf, priceFor, type PricesSetting } from '../catalogue/prices/prices.ts';
import { MODEL_IDS, type ModelId, type VideoRequest } from '../catalogue/request.ts';
import { canDo } from '../vendors/can-do.ts';
import type { Vendor, VendorName } from '../vendors/vendor.ts';

export interface Offer {
  readonly vendor: Vendor;
  readonly price: Price;
  /** The most that the request can cost there. */
  readonly credits: number;
}

export type Offers = ReturnType<typeof createOffers>;

export function createOffers(vendors: readonly Vendor[], prices: PricesSetting) {
  const priced = vendors.map((vendor) => ({ vendor, offers: offersOf(vendor.name, prices) }));
  return {
    /** The models that some vendor offers, in the order they are preferred. */
    models(): ModelId[] {
      return MODEL_IDS.filter((model) => priced.some(({ offers }) => offers[model] !== undefined));
    },

    /** Those of them that some vendor offers on its slower, cheaper tier. */
    onFlex(): ModelId[] {
      return MODEL_IDS.filter((model) =>
        priced.some(({ offers }) => {
          const offer = offers[model];
          return offer !== undefined && offersFlex(offer);
        }),
      );
    },

    /** Each of these models with the price of the vendor that is asked first. */
    priced(): Array<{ model: ModelId; price: Price }> {
      return MODEL_IDS.flatMap((model) => {
        const price = priced.find(({ offers }) => offers[model] !== undefined)?.offers[model]
          ?.price;
        return price === undefined ? [] : [{ model, price }];
      });
    },

    /** Why nobody who offers the model can make the request, a reason for each such vendor. */
    obstacles(request: VideoRequest): string[] {
      const offering = priced.filter(({ offers }) => offers[request.model] !== undefined);
      const reasons = offering.map(({ vendor }) => canDo(vendor.name, request));
      return [...new Set(reasons.filter((reason) => reason !== undefined))];
    },

    /** Everyone who can make it, most preferred first. */
    for(request: VideoRequest, onlyVendor?: VendorName): Offer[] {
      const able = priced.filter(({ vendor }) => (onlyVendor ?? vendor.name) === vendor.name);
      return able.flatMap(({ vendor, offers }) => {
        const offer = offers[request.model];
        const price = offer === undefined ? undefined : priceFor(offer, request);
        if (price === undefined || canDo(vendor.name, request) !== undefined) return [];
        return [{ vendor, price, credits: mostCredits(request, price) }];
      });
    },
  };
}

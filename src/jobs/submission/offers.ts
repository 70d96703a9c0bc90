/**
 * Finds the vendors that can make a request, in the operator's order, and their prices. Every call uses
 * only the offers that are valid at that time.
 */
import { isRetiredUpstream } from '../../catalogue/lifecycle.ts';
import type { Model } from '../../catalogue/models.ts';
import type { PlanOffer } from '../../catalogue/plan/context.ts';
import { mostCredits } from '../../catalogue/prices/cost.ts';
import type { Price } from '../../catalogue/prices/price.ts';
import {
  offersFlex,
  offersOf,
  priceFor,
  validOffers,
  type Offer as PublishedOffer,
  type Offers as PublishedOffers,
  type PricesSetting,
} from '../../catalogue/prices/prices.ts';
import { MODEL_IDS, type ModelId, type VideoRequest } from '../../catalogue/request.ts';
import type { VendorName } from '../../catalogue/vendors.ts';
import type { Clock } from '../../clock.ts';
import type { TextList } from '../../text/text.ts';
import { whyUnsupported } from '../../vendors/check-capabilities.ts';
import type { VendorHealth } from '../../vendors/health/breaker.ts';
import type { VendorStates } from '../../vendors/health/vendor-health.ts';
import type { Withdrawals } from '../../vendors/health/withdrawals.ts';
import { modelAt } from '../../vendors/model-at.ts';
import type { Vendor } from '../../vendors/vendor.ts';

export interface Offer {
  readonly vendor: Vendor;
  readonly price: Price;
  /** The maximum cost of the request there. */
  readonly credits: number;
  /** The vendor's health at the time of the call. */
  readonly health: VendorHealth;
}

export interface OfferQuestion {
  /** The vendor that has the draft, when only that vendor can make the video. */
  readonly onlyVendor?: VendorName | undefined;
  /** The price that the member confirmed, in credits. */
  readonly most?: number | undefined;
}

const UP = { state: 'up' } as const;

interface VendorOffers {
  readonly vendor: Vendor;
  readonly offers: PublishedOffers;
}

export type Offers = ReturnType<typeof createOffers>;

export interface OffersDependencies {
  /** In the operator's order. */
  readonly vendors: readonly Vendor[];
  readonly prices: PricesSetting;
  readonly clock: Pick<Clock, 'now'>;
  /** Returns the health of each vendor; a vendor that is not listed is up. */
  readonly states?: (() => VendorStates) | undefined;
  /** Without it, no offer counts as withdrawn. */
  readonly withdrawals?: Pick<Withdrawals, 'isWithdrawn'> | undefined;
}

export function createOffers({
  vendors,
  prices,
  clock,
  states = () => new Map(),
  withdrawals,
}: OffersDependencies) {
  const published = vendors.map((vendor) => ({ vendor, offers: offersOf(vendor.name, prices) }));

  function validNow(): VendorOffers[] {
    const nowMs = clock.now();
    return published.map(({ vendor, offers }) => ({
      vendor,
      offers: offersWhere(
        validOffers(offers, nowMs),
        ({ model }) => withdrawals?.isWithdrawn(vendor.name, model) !== true,
      ),
    }));
  }

  function offersFor(request: VideoRequest, onlyVendor?: VendorName): Offer[] {
    const health = states();
    const able = validNow().filter(({ vendor }) => (onlyVendor ?? vendor.name) === vendor.name);
    return able.flatMap(({ vendor, offers }) => {
      const offer = offers[request.model];
      const price = offer === undefined ? undefined : priceFor(offer, request);
      if (price === undefined || whyUnsupported(vendor.name, request) !== undefined) return [];
      const credits = mostCredits(request, price);
      return [{ vendor, price, credits, health: health.get(vendor.name) ?? UP }];
    });
  }

  return {
    /** Returns the models that some vendor offers, in order of preference. */
    models(): ModelId[] {
      const offering = validNow();
      return MODEL_IDS.filter((model) =>
        offering.some(({ offers }) => offers[model] !== undefined),
      );
    },

    /** Returns each model as each vendor offers it, for planning, in the operator's order of vendors. */
    toPlanWith: () => planOffersOf(validNow(), { health: states(), nowMs: clock.now() }),

    /** Returns each offered model with its price at the vendor that would be asked first now. */
    priced: () => pricesOf(validNow(), states()),

    /** Returns why the vendors that offer the model cannot make the request, one reason per vendor. */
    violations(request: VideoRequest): TextList[] {
      const offering = validNow().filter(({ offers }) => offers[request.model] !== undefined);
      const reasons = offering.map(({ vendor }) => whyUnsupported(vendor.name, request));
      const given = reasons.filter((reason) => reason !== undefined);
      return [...new Map(given.map((reason) => [JSON.stringify(reason), reason])).values()];
    },

    /** Returns the offers of all vendors that can make the request, most preferred first. */
    for: offersFor,

    /**
     * Returns the credits to show and hold for a request: the highest price among the first vendor that
     * is up and the preferred vendors that rest, since those may be back when the job starts.
     *
     * @returns undefined when no vendor can make the request, or none within `most`
     */
    creditsToHold(request: VideoRequest, { onlyVendor, most }: OfferQuestion = {}) {
      const affordable = offersFor(request, onlyVendor).filter(
        ({ credits }) => credits <= (most ?? Number.POSITIVE_INFINITY),
      );
      const firstUp = affordable.findIndex(({ health }) => health.state === 'up');
      const maybeAsked = affordable.slice(0, Math.max(firstUp, 0) + 1);
      return maybeAsked.length === 0
        ? undefined
        : Math.max(...maybeAsked.map(({ credits }) => credits));
    },
  };
}

function offersWhere(
  offers: PublishedOffers,
  isKept: (offer: PublishedOffer) => boolean,
): PublishedOffers {
  return Object.fromEntries(Object.entries(offers).filter(([, offer]) => isKept(offer)));
}

/** A model as its vendor offers it, with the vendor's price. */
export interface PricedModel {
  readonly model: Model;
  readonly price: Price;
}

function pricesOf(offering: readonly VendorOffers[], health: VendorStates): PricedModel[] {
  return MODEL_IDS.flatMap((id) => {
    const having = offering.filter(({ offers }) => offers[id] !== undefined);
    const first = having.find(({ vendor }) => isUp(vendor, health)) ?? having[0];
    const price = first?.offers[id]?.price;
    const model = first && modelAt(first.vendor.name, id);
    return price === undefined || model === undefined ? [] : [{ model, price }];
  });
}

function planOffersOf(
  offering: readonly VendorOffers[],
  { health, nowMs }: { readonly health: VendorStates; readonly nowMs: number },
): PlanOffer[] {
  return offering.flatMap(({ vendor, offers }) =>
    Object.values(offers).flatMap((offer): PlanOffer[] => {
      const model = modelAt(vendor.name, offer.model);
      if (model === undefined) return [];
      return [
        {
          model: { ...model, canUseFlex: model.canUseFlex && offersFlex(offer) },
          isUp: isUp(vendor, health),
          isRetiredUpstream: isRetiredUpstream(offer.model, nowMs),
        },
      ];
    }),
  );
}

/** A vendor on trial counts as up: it takes jobs, one at a time. */
function isUp({ name }: Vendor, health: VendorStates): boolean {
  return health.get(name)?.state !== 'resting';
}

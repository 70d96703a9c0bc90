/**
 * Which vendors can make a request, in the operator's order, and at which price. Every answer counts
 * only the offers that are valid at the moment of the question.
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
  /** The most that the request can cost there. */
  readonly credits: number;
  /** How the vendor is at the moment of the question. */
  readonly health: VendorHealth;
}

export interface OfferQuestion {
  /** The only vendor that can make it: the one that has its draft. */
  readonly onlyVendor?: VendorName | undefined;
  /** The member said yes to this much, and to no more. */
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
  /** How each vendor is; one that it does not name is up. */
  readonly states?: (() => VendorStates) | undefined;
  /** Left out: nothing is withdrawn. */
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
    /** The models that some vendor offers, in the order they are preferred. */
    models(): ModelId[] {
      const offering = validNow();
      return MODEL_IDS.filter((model) =>
        offering.some(({ offers }) => offers[model] !== undefined),
      );
    },

    /** What can be planned with: each model as each vendor offers it, in the operator's order of vendors. */
    toPlanWith: () => planOffersOf(validNow(), { health: states(), nowMs: clock.now() }),

    /** Each of these models, as the vendor offers it that would be asked first now, with its price. */
    priced: () => pricesOf(validNow(), states()),

    /** Why nobody who offers the model can make the request, a reason for each such vendor. */
    violations(request: VideoRequest): TextList[] {
      const offering = validNow().filter(({ offers }) => offers[request.model] !== undefined);
      const reasons = offering.map(({ vendor }) => whyUnsupported(vendor.name, request));
      const given = reasons.filter((reason) => reason !== undefined);
      return [...new Map(given.map((reason) => [JSON.stringify(reason), reason])).values()];
    },

    /** Everyone who can make it, most preferred first. */
    for: offersFor,

    /**
     * What to show and hold for a request: the price of the first that is up; or, if that is more, of
     * one that is preferred to it but rests, for it may be back when the job's turn comes.
     *
     * @returns undefined when nobody can make it, or not for so little
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

/** A model that can be ordered, as its vendor offers it, and what an ordinary video of it costs there. */
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

/** A vendor on trial takes jobs, one at a time. */
function isUp({ name }: Vendor, health: VendorStates): boolean {
  return health.get(name)?.state !== 'resting';
}

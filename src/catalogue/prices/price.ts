/**
 * A vendor's price of a model. Amounts are whole micro-dollars (millionths of a US dollar), to avoid
 * floating-point arithmetic.
 */
import { z } from 'zod';

import { hasBilledVideo } from '../plan/references.ts';
import { RESOLUTIONS, type Resolution, type VideoRequest } from '../request.ts';

/** The billed unit: tokens of the vendor's usage, seconds of video, or videos. */
export const PRICE_UNITS = ['perMillionTokens', 'perSecond', 'perVideo'] as const;

const microDollarsSchema = z.int().nonnegative();

/** A vendor's price for one request, as stored with a job. */
export const priceSchema = z.object({
  unit: z.enum(PRICE_UNITS),
  /** Per unit of a video with sound. */
  withAudioMicroDollars: microDollarsSchema,
  /** Per unit of a video without sound. */
  silentMicroDollars: microDollarsSchema,
  /**
   * For a price per second: the lengths that are sold, shortest first. A video is billed as the first one that
   * is long enough. Undefined: each started second counts.
   */
  soldSeconds: z.array(z.int().positive()).readonly().optional(),
  /**
   * For a price per second: how many seconds are billed beyond the requested ones, for a vendor that counts the
   * started seconds of a slightly longer file.
   */
  extraSeconds: z.int().positive().optional(),
});
export type Price = Readonly<z.infer<typeof priceSchema>>;

/** The usual price, and the prices of resolutions that differ from it. */
export type Rates = { readonly usual: Price } & {
  readonly [resolution in Resolution]?: Price | undefined;
};

/** A vendor's prices of a model. */
export interface PriceList {
  readonly online: Rates;
  /** The slower tier; undefined if the vendor does not offer it. */
  readonly flex?: Rates | undefined;
  /** Requests with a reference video, whose seconds are billed too; undefined if the price is the same. */
  readonly withVideo?: Rates | undefined;
}

/** The fields that determine a request's price in a list. */
export type Priced = Pick<
  VideoRequest,
  'resolution' | 'tier' | 'inputs' | 'draftTaskId' | 'referenceVideoSeconds'
>;

/** Returns the price of a request, or undefined if the vendor does not offer its tier. */
export function priceIn(list: PriceList, request: Priced): Price | undefined {
  const rates = ratesFor(list, request);
  return rates?.[request.resolution] ?? rates?.usual;
}

function ratesFor({ online, flex, withVideo }: PriceList, request: Priced) {
  if (request.tier === 'flex') return flex;
  return hasBilledVideo(request) ? (withVideo ?? online) : online;
}

/**
 * Overrides a price list with the operator's own prices. Prices that the operator leaves out keep their ratio to
 * the usual price: if that is halved, so is the slower tier. The rules for counting seconds stay as published.
 */
export function overridePrices(published: PriceList, own: PriceList): PriceList {
  const online = ratesOver(published.online, own.online, own.online.usual);
  const part = (rates: Rates | undefined, ownRates: Rates | undefined): Rates | undefined => {
    if (rates === undefined) return undefined;
    const inProportion = scalePrice(rates.usual, published.online.usual, online.usual);
    return ratesOver(rates, ownRates, ownRates?.usual ?? inProportion);
  };
  return {
    online,
    flex: part(published.flex, own.flex),
    withVideo: part(published.withVideo, own.withVideo),
  };
}

function ratesOver(published: Rates, own: Rates | undefined, usual: Price): Rates {
  const rates: { usual: Price } & { [resolution in Resolution]?: Price } = {
    usual: applyCountingRules(published.usual, usual),
  };
  for (const resolution of RESOLUTIONS) {
    const its = published[resolution];
    const price = own?.[resolution] ?? (its && scalePrice(its, published.usual, usual));
    if (price !== undefined) rates[resolution] = applyCountingRules(its ?? published.usual, price);
  }
  return rates;
}

/** Applies the published rules for counting seconds to the operator's price per second. */
function applyCountingRules(published: Price, own: Price): Price {
  if (published.unit !== 'perSecond' || own.unit !== 'perSecond') return own;
  const { soldSeconds, extraSeconds } = published;
  return {
    ...own,
    ...(soldSeconds === undefined ? {} : { soldSeconds }),
    ...(extraSeconds === undefined ? {} : { extraSeconds }),
  };
}

/** Scales `price` by the ratio of `base` to `publishedBase`. */
function scalePrice(price: Price, publishedBase: Price, base: Price): Price {
  const amount = (field: 'withAudioMicroDollars' | 'silentMicroDollars') =>
    scaleAmount(price[field], publishedBase[field], base[field]);
  return {
    unit: base.unit,
    withAudioMicroDollars: amount('withAudioMicroDollars'),
    silentMicroDollars: amount('silentMicroDollars'),
  };
}

/** Returns `amount × base / publishedBase`, rounded up; `base` if the published one is 0. */
function scaleAmount(amount: number, publishedBase: number, base: number): number {
  if (publishedBase === 0) return base;
  const divisor = BigInt(publishedBase);
  return Number((BigInt(amount) * BigInt(base) + divisor - 1n) / divisor);
}

/**
 * What a vendor asks for a model. Amounts are whole micro-dollars (millionths of a US dollar), so
 * that no arithmetic on money is done in floating point.
 */
import { z } from 'zod';

import { hasBilledVideo } from '../plan/references.ts';
import { RESOLUTIONS, type Resolution, type VideoRequest } from '../request.ts';

/** What is counted: tokens of the vendor's usage, seconds of video, or videos. */
export const PRICE_UNITS = ['perMillionTokens', 'perSecond', 'perVideo'] as const;

const microDollarsSchema = z.int().nonnegative();

/** A vendor's price for one request, as it is stored with a job. */
export const priceSchema = z.object({
  unit: z.enum(PRICE_UNITS),
  /** For one unit of a video with sound. */
  withAudioMicroDollars: microDollarsSchema,
  /** For one unit of a video without sound. */
  silentMicroDollars: microDollarsSchema,
  /**
   * Of a price by the second: the lengths that are sold, shortest first. A video counts as the first
   * that is long enough. Left out: each begun second counts.
   */
  soldSeconds: z.array(z.int().positive()).readonly().optional(),
  /**
   * Of a price by the second: how many more are billed than were asked for, where the vendor counts
   * the begun seconds of a file that runs over.
   */
  extraSeconds: z.int().positive().optional(),
});
export type Price = Readonly<z.infer<typeof priceSchema>>;

/** The usual price, and those of resolutions that cost otherwise. */
export type Rates = { readonly usual: Price } & {
  readonly [resolution in Resolution]?: Price | undefined;
};

/** Everything that a vendor's price of a model depends on. */
export interface PriceList {
  readonly online: Rates;
  /** The slower tier; left out where the vendor does not offer it. */
  readonly flex?: Rates | undefined;
  /** Requests with a reference video, whose seconds are billed too; left out where it makes no difference. */
  readonly withVideo?: Rates | undefined;
}

/** What decides which price of a list a request pays. */
export type Priced = Pick<
  VideoRequest,
  'resolution' | 'tier' | 'inputs' | 'draftTaskId' | 'referenceVideoSeconds'
>;

/** The one price a request pays, or undefined where the vendor does not offer its tier. */
export function priceIn(list: PriceList, request: Priced): Price | undefined {
  const rates = ratesFor(list, request);
  return rates?.[request.resolution] ?? rates?.usual;
}

function ratesFor({ online, flex, withVideo }: PriceList, request: Priced) {
  if (request.tier === 'flex') return flex;
  return hasBilledVideo(request) ? (withVideo ?? online) : online;
}

/**
 * A list with the operator's own prices laid over. What they leave out keeps its proportion to the
 * usual price: at half the price online, the slower tier is half as dear too. Which seconds count stays
 * as published.
 */
export function laidOver(published: PriceList, own: PriceList): PriceList {
  const online = ratesOver(published.online, own.online, own.online.usual);
  const part = (rates: Rates | undefined, ownRates: Rates | undefined): Rates | undefined => {
    if (rates === undefined) return undefined;
    const inProportion = scaled(rates.usual, published.online.usual, online.usual);
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
    usual: countedAs(published.usual, usual),
  };
  for (const resolution of RESOLUTIONS) {
    const its = published[resolution];
    const price = own?.[resolution] ?? (its && scaled(its, published.usual, usual));
    if (price !== undefined) rates[resolution] = countedAs(its ?? published.usual, price);
  }
  return rates;
}

/** An own price by the second counts the seconds that the published one counts. */
function countedAs(published: Price, own: Price): Price {
  if (published.unit !== 'perSecond' || own.unit !== 'perSecond') return own;
  const { soldSeconds, extraSeconds } = published;
  return {
    ...own,
    ...(soldSeconds === undefined ? {} : { soldSeconds }),
    ...(extraSeconds === undefined ? {} : { extraSeconds }),
  };
}

/** As dear beside `base` as `price` is beside `publishedBase`. */
function scaled(price: Price, publishedBase: Price, base: Price): Price {
  const amount = (field: 'withAudioMicroDollars' | 'silentMicroDollars') =>
    scaledUp(price[field], publishedBase[field], base[field]);
  return {
    unit: base.unit,
    withAudioMicroDollars: amount('withAudioMicroDollars'),
    silentMicroDollars: amount('silentMicroDollars'),
  };
}

/** `amount × base / publishedBase`, rounded up; the base itself where the published one is nothing. */
function scaledUp(amount: number, publishedBase: number, base: number): number {
  if (publishedBase === 0) return base;
  const divisor = BigInt(publishedBase);
  return Number((BigInt(amount) * BigInt(base) + divisor - 1n) / divisor);
}

/**
 * Who offers which model under which id, and for how much. Published prices as data, and the
 * `PRICES` setting that lays the operator's own over them. Amounts are whole micro-dollars
 * (millionths of a US dollar), so that no arithmetic on money is done in floating point.
 */
import { z } from 'zod';

import { MODEL_IDS } from './request.ts';
import type { ModelId } from './request.ts';

/** The vendors with a price list, by the names of `VENDOR_ORDER`. */
export const OFFERING_VENDORS = ['byteplus', 'volcengine', 'powertokens', 'ark'] as const;
export type OfferingVendor = (typeof OFFERING_VENDORS)[number];

/** What is counted: tokens of the vendor's usage, seconds of video, or videos. */
export const PRICE_UNITS = ['perMillionTokens', 'perSecond', 'perVideo'] as const;

const microDollarsSchema = z.int().nonnegative();

/** A vendor's price for a model, as it is stored with a job. */
export const priceSchema = z.object({
  unit: z.enum(PRICE_UNITS),
  /** For one unit of a video with sound. */
  withAudioMicroDollars: microDollarsSchema,
  /** For one unit of a video without sound. */
  silentMicroDollars: microDollarsSchema,
});
export type Price = Readonly<z.infer<typeof priceSchema>>;

/** One model at one vendor. */
export interface Offer {
  readonly model: ModelId;
  /** The model id the vendor wants in a request. */
  readonly wireModel: string;
  readonly price: Price;
}

/** What one vendor offers; a model that is absent is not offered there. */
export type Offers = { readonly [model in ModelId]?: Offer };

/** The operator's own prices, as `PRICES` gives them. */
export type PricesSetting = z.infer<typeof pricesSettingSchema>;

const MICRO = 1_000_000;

/**
 * Volcengine publishes yuan. A round figure on the dear side (a dollar was about 7 yuan at the end
 * of 2025), set on 2026-11-21: members rather pay a little much than the operator a little more
 * than was held. `PRICES` overrides what comes of it.
 */
export const YUAN_PER_DOLLAR = 6.8;

function dollarsPerMillionTokens(withAudio: number, silent = withAudio): Price {
  return {
    unit: 'perMillionTokens',
    withAudioMicroDollars: microDollars(withAudio),
    silentMicroDollars: microDollars(silent),
  };
}

function yuanPerMillionTokens(withAudio: number, silent = withAudio): Price {
  return {
    unit: 'perMillionTokens',
    withAudioMicroDollars: Math.ceil((withAudio * MICRO) / YUAN_PER_DOLLAR),
    silentMicroDollars: Math.ceil((silent * MICRO) / YUAN_PER_DOLLAR),
  };
}

function microDollars(dollars: number): number {
  return Math.round(dollars * MICRO);
}

type OfferTable = { readonly [model in ModelId]?: Omit<Offer, 'model'> };

/** BytePlus ModelArk, model ids and online inference prices as published in October 2026. */
const INTERNATIONAL: OfferTable = {
  '1.5-pro': {
    wireModel: 'seedance-1-5-pro-251215',
    price: dollarsPerMillionTokens(2.4, 1.2),
  },
  '1.0-pro-fast': {
    wireModel: 'seedance-1-0-pro-fast-251015',
    price: dollarsPerMillionTokens(1),
  },
  '1.0-pro': {
    wireModel: 'seedance-1-0-pro-250528',
    price: dollarsPerMillionTokens(2.5),
  },
};

/**
 * Volcengine Ark, model price page of December 2025 for 1.0. For 1.5 pro no published page could be
 * checked: 16 and 8 yuan are unconfirmed, and on the dear side of what BytePlus's proportion of 1.5
 * pro to 1.0 pro would give (14.4 and 7.2). An operator who knows better sets `PRICES`.
 */
const CHINA: OfferTable = {
  '1.5-pro': {
    wireModel: 'doubao-seedance-1-5-pro-251215',
    price: yuanPerMillionTokens(16, 8),
  },
  '1.0-pro-fast': {
    wireModel: 'doubao-seedance-1-0-pro-fast-251015',
    price: yuanPerMillionTokens(4.2),
  },
  '1.0-pro': {
    wireModel: 'doubao-seedance-1-0-pro-250528',
    price: yuanPerMillionTokens(15),
  },
};

/**
 * PowerTokens publishes the models but no price, and what stands behind `ARK_BASE_URL` is not
 * known: both start from BytePlus's list, and `PRICES` is for what they really cost.
 */
const OFFERS: Record<OfferingVendor, OfferTable> = {
  byteplus: INTERNATIONAL,
  volcengine: CHINA,
  powertokens: INTERNATIONAL,
  ark: INTERNATIONAL,
};

/** What a vendor offers, at the operator's prices where `PRICES` gives them. */
export function offersOf(vendor: OfferingVendor, prices: PricesSetting = {}): Offers {
  const offers: { [model in ModelId]?: Offer } = {};
  for (const model of MODEL_IDS) {
    const published = OFFERS[vendor][model];
    if (published === undefined) continue;
    offers[model] = { model, ...published, price: prices[vendor]?.[model] ?? published.price };
  }
  return offers;
}

const MOST_DOLLARS = 1_000_000;

const dollarsSchema = z
  .number({ error: 'must be a number of US dollars' })
  .min(0, { error: 'must not be negative' })
  .max(MOST_DOLLARS, { error: `must not be over ${MOST_DOLLARS} dollars` })
  .optional();

function unknownKey(noun: string, known: readonly string[]) {
  return (issue: { code?: string | undefined; keys?: unknown }): string | undefined => {
    if (issue.code !== 'unrecognized_keys' || !Array.isArray(issue.keys)) return undefined;
    return `has an unknown ${noun} ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known are ${known.join(', ')}`;
  };
}

const AMOUNT_NAMES = PRICE_UNITS.flatMap((unit) => [unit, `${unit}Silent`]);

const amountsSchema = z
  .strictObject(
    {
      perMillionTokens: dollarsSchema,
      perMillionTokensSilent: dollarsSchema,
      perSecond: dollarsSchema,
      perSecondSilent: dollarsSchema,
      perVideo: dollarsSchema,
      perVideoSilent: dollarsSchema,
    },
    { error: unknownKey('price', AMOUNT_NAMES) },
  )
  .transform((amounts, context): Price => {
    const units = PRICE_UNITS.filter((unit) => amounts[unit] !== undefined);
    const [unit] = units;
    const silentOnly = PRICE_UNITS.filter(
      (each) => each !== unit && amounts[`${each}Silent`] !== undefined,
    );
    if (unit === undefined || units.length > 1 || silentOnly.length > 0) {
      context.addIssue({
        code: 'custom',
        message: `needs exactly one of ${PRICE_UNITS.join(', ')}, and beside it at most its own …Silent`,
      });
      return z.NEVER;
    }
    const withAudio = amounts[unit] ?? 0;
    return {
      unit,
      withAudioMicroDollars: microDollars(withAudio),
      silentMicroDollars: microDollars(amounts[`${unit}Silent`] ?? withAudio),
    };
  });

const vendorPricesSchema = z
  .strictObject(
    {
      '1.5-pro': amountsSchema.optional(),
      '1.0-pro-fast': amountsSchema.optional(),
      '1.0-pro': amountsSchema.optional(),
    } satisfies Record<ModelId, z.ZodType>,
    { error: unknownKey('model', MODEL_IDS) },
  )
  .optional();

/**
 * The `PRICES` setting once its JSON is read: US dollars by vendor, model and unit, such as
 * `{"byteplus":{"1.5-pro":{"perMillionTokens":2.4,"perMillionTokensSilent":1.2}}}`. Without a
 * `…Silent` amount, silent videos cost the same.
 */
export const pricesSettingSchema = z.strictObject(
  {
    byteplus: vendorPricesSchema,
    volcengine: vendorPricesSchema,
    powertokens: vendorPricesSchema,
    ark: vendorPricesSchema,
  } satisfies Record<OfferingVendor, z.ZodType>,
  { error: unknownKey('vendor', OFFERING_VENDORS) },
);

/** The `PRICES` setting: the operator's own prices, in US dollars. */
import { z } from 'zod';

import { MODEL_IDS, type ModelId, type Resolution } from '../request.ts';
import { forEachVendor, type VendorName } from '../vendors.ts';
import { PRICE_UNITS, type Price, type PriceList, type Rates } from './price.ts';
import { offersOf, type Offer } from './prices.ts';

const MICRO = 1_000_000;
const MOST_DOLLARS = 1_000_000;

const dollarsSchema = z
  .number({ error: 'must be a number of US dollars' })
  .min(0, { error: 'must not be negative' })
  .max(MOST_DOLLARS, { error: `must not be over ${MOST_DOLLARS} dollars` })
  .optional();

const AMOUNTS = {
  perMillionTokens: dollarsSchema,
  perMillionTokensSilent: dollarsSchema,
  perSecond: dollarsSchema,
  perSecondSilent: dollarsSchema,
  perVideo: dollarsSchema,
  perVideoSilent: dollarsSchema,
};
type Amounts = { readonly [amount in keyof typeof AMOUNTS]?: number | undefined };

function unknownKey(noun: string, known: readonly string[]) {
  return (issue: { code?: string | undefined; keys?: unknown }): string | undefined => {
    if (issue.code !== 'unrecognized_keys' || !Array.isArray(issue.keys)) return undefined;
    return `has an unknown ${noun} ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}; known are ${known.join(', ')}`;
  };
}

function strict<Shape extends z.core.$ZodLooseShape>(noun: string, shape: Shape) {
  return z.strictObject(shape, { error: unknownKey(noun, Object.keys(shape)) });
}

function toPrice(amounts: Amounts, context: z.RefinementCtx): Price {
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
    withAudioMicroDollars: Math.round(withAudio * MICRO),
    silentMicroDollars: Math.round((amounts[`${unit}Silent`] ?? withAudio) * MICRO),
  };
}

const priceAmounts = strict('price', AMOUNTS).transform(toPrice).optional();

const RATES = {
  ...AMOUNTS,
  '480p': priceAmounts,
  '720p': priceAmounts,
  '1080p': priceAmounts,
} satisfies Record<Resolution, unknown>;

type RateAmounts = Amounts & Omit<Rates, 'usual'>;

function toRates(amounts: RateAmounts, context: z.RefinementCtx): Rates {
  const { '480p': low, '720p': middle, '1080p': high } = amounts;
  return { usual: toPrice(amounts, context), '480p': low, '720p': middle, '1080p': high };
}

const rateAmounts = strict('price', RATES).transform(toRates).optional();

const modelPrices = strict('price', { ...RATES, flex: rateAmounts, withVideo: rateAmounts })
  .transform(({ flex, withVideo, ...amounts }, context): PriceList => ({
    online: toRates(amounts, context),
    flex,
    withVideo,
  }))
  .optional();

const MODELS = {
  '1.5-pro': modelPrices,
  '1.0-pro-fast': modelPrices,
  '1.0-pro': modelPrices,
  '2.0-fast': modelPrices,
  '2.0': modelPrices,
  '2.0-mini': modelPrices,
  '2.5': modelPrices,
  '1.0-lite-t2v': modelPrices,
  '1.0-lite-i2v': modelPrices,
} satisfies Record<ModelId, z.ZodType>;

/** Rejects prices for what a vendor does not sell: they would never be used and are most likely mistakes. */
function vendorPrices(vendor: VendorName) {
  return strict('model', MODELS)
    .superRefine((prices, context) => {
      const offers = offersOf(vendor);
      for (const model of MODEL_IDS) {
        const own = prices[model];
        if (own === undefined) continue;
        const fault = faultOf(own, offers[model]);
        if (fault === undefined) continue;
        context.addIssue({
          code: 'custom',
          path: [model, ...fault.path],
          message: `is for what ${vendor} does not sell: ${fault.what}`,
        });
      }
    })
    .optional();
}

function faultOf(own: PriceList, offer: Offer | undefined) {
  if (offer === undefined) return { path: [], what: 'it has no such model' };
  if (own.flex !== undefined && offer.prices.flex === undefined) {
    return { path: ['flex'], what: 'it has no slower tier for this model' };
  }
  if (own.withVideo !== undefined && offer.prices.withVideo === undefined) {
    return { path: ['withVideo'], what: 'this model takes no reference video' };
  }
  return undefined;
}

/**
 * Schema of the parsed `PRICES` setting: US dollars by vendor, model and unit, such as
 * `{"byteplus":{"2.0-mini":{"perMillionTokens":3.5,"withVideo":{"perMillionTokens":2.1}}}}`. Without a
 * `…Silent` amount, silent videos cost the same. Different prices are nested: for a resolution
 * (`"1080p":{"perMillionTokens":7.7}`), the slower tier (`"flex"`) and requests with a reference video
 * (`"withVideo"`); the latter two may contain resolutions in turn. Prices that are left out keep their ratio
 * in the published prices.
 */
export const pricesSettingSchema = strict('vendor', forEachVendor(vendorPrices));

/** Published model ids and prices, as data. The operator's `PRICES` override them. */
import { validityUpstream, type Validity } from '../lifecycle.ts';
import type { ModelId } from '../request.ts';
import type { Price, PriceList, Rates } from './price.ts';

/** One model in a vendor's catalogue. */
export interface PublishedOffer {
  /** The vendor's model id. */
  readonly wireModel: string;
  readonly prices: PriceList;
  /** Undefined: no end is announced. */
  readonly validity?: Validity | undefined;
}

/** The offers of a vendor, by model. */
export type OfferTable = { readonly [model in ModelId]?: PublishedOffer };

const MICRO = 1_000_000;

/**
 * Volcengine's prices are in yuan. Rounded so that prices are slightly too high rather than bills above the hold
 * (a dollar was about 7 yuan at the end of 2025). Set on 2026-11-21; `PRICES` overrides the results.
 */
export const YUAN_PER_DOLLAR = 6.8;

function dollars(withAudio: number, silent = withAudio): Price {
  return {
    unit: 'perMillionTokens',
    withAudioMicroDollars: Math.round(withAudio * MICRO),
    silentMicroDollars: Math.round(silent * MICRO),
  };
}

function yuan(withAudio: number, silent = withAudio): Price {
  return {
    unit: 'perMillionTokens',
    withAudioMicroDollars: Math.ceil((withAudio * MICRO) / YUAN_PER_DOLLAR),
    silentMicroDollars: Math.ceil((silent * MICRO) / YUAN_PER_DOLLAR),
  };
}

/** Prices of a 1.x model: one price, and half of it on the slower tier. */
function withFlex(price: Price): PriceList {
  const half = {
    ...price,
    withAudioMicroDollars: Math.ceil(price.withAudioMicroDollars / 2),
    silentMicroDollars: Math.ceil(price.silentMicroDollars / 2),
  };
  return { online: { usual: price }, flex: { usual: half } };
}

/** Prices of a 2.x model: a separate price with a reference video, and no slower tier. */
function withVideo(online: Rates, video: Rates): PriceList {
  return { online, withVideo: video };
}

/** BytePlus ModelArk, model ids and prices as published in October 2026. */
export const INTERNATIONAL = {
  '1.5-pro': {
    wireModel: 'seedance-1-5-pro-251215',
    prices: withFlex(dollars(2.4, 1.2)),
    validity: validityUpstream('1.5-pro'),
  },
  '1.0-pro-fast': { wireModel: 'seedance-1-0-pro-fast-251015', prices: withFlex(dollars(1)) },
  '1.0-pro': { wireModel: 'seedance-1-0-pro-250528', prices: withFlex(dollars(2.5)) },
  '2.0-fast': {
    wireModel: 'dreamina-seedance-2-0-fast-260128',
    prices: withVideo({ usual: dollars(5.6) }, { usual: dollars(3.3) }),
  },
  '2.0': {
    wireModel: 'dreamina-seedance-2-0-260128',
    prices: withVideo(
      { usual: dollars(7), '1080p': dollars(7.7) },
      { usual: dollars(4.3), '1080p': dollars(4.7) },
    ),
  },
  '2.0-mini': {
    wireModel: 'dreamina-seedance-2-0-mini-260615',
    prices: withVideo({ usual: dollars(3.5) }, { usual: dollars(2.1) }),
  },
  '2.5': {
    wireModel: 'dreamina-seedance-2-5-260628',
    prices: withVideo(
      { usual: dollars(10.7), '1080p': dollars(11.7) },
      { usual: dollars(6.4), '1080p': dollars(7) },
    ),
  },
} as const satisfies OfferTable;

/**
 * Volcengine Ark: 1.0 from its model price page of December 2025, 2.x from two issues of new-api (6873 and 6916)
 * that quote its price page. No prices in yuan were found for 1.5 pro; these are above BytePlus's proportions
 * (14.4 and 7.2), so that bills stay below the hold.
 */
export const CHINA = {
  '1.5-pro': {
    wireModel: 'doubao-seedance-1-5-pro-251215',
    prices: withFlex(yuan(16, 8)),
    validity: validityUpstream('1.5-pro'),
  },
  '1.0-pro-fast': { wireModel: 'doubao-seedance-1-0-pro-fast-251015', prices: withFlex(yuan(4.2)) },
  '1.0-pro': { wireModel: 'doubao-seedance-1-0-pro-250528', prices: withFlex(yuan(15)) },
  '2.0-fast': {
    wireModel: 'doubao-seedance-2-0-fast-260128',
    prices: withVideo({ usual: yuan(37) }, { usual: yuan(22) }),
  },
  '2.0': {
    wireModel: 'doubao-seedance-2-0-260128',
    prices: withVideo(
      { usual: yuan(46), '1080p': yuan(51) },
      { usual: yuan(28), '1080p': yuan(31) },
    ),
  },
  '2.0-mini': {
    wireModel: 'doubao-seedance-2-0-mini-260615',
    prices: withVideo({ usual: yuan(23) }, { usual: yuan(14) }),
  },
  '2.5': {
    wireModel: 'doubao-seedance-2-5-260628',
    prices: withVideo(
      { usual: yuan(70), '1080p': yuan(77) },
      { usual: yuan(42), '1080p': yuan(46) },
    ),
  },
  '1.0-lite-t2v': {
    wireModel: 'doubao-seedance-1-0-lite-t2v-250428',
    prices: withFlex(yuan(10)),
    validity: validityUpstream('1.0-lite-t2v'),
  },
  '1.0-lite-i2v': {
    wireModel: 'doubao-seedance-1-0-lite-i2v-250428',
    prices: withFlex(yuan(10)),
    validity: validityUpstream('1.0-lite-i2v'),
  },
} as const satisfies OfferTable;

/** BytePlus no longer has the lite pair; this is the price of other vendors in 2026. */
const LITE: PriceList = { online: { usual: dollars(1.8) } };

const FREE: PriceList = { online: { usual: dollars(0) } };

/** Per second at 480p, 720p and 1080p. */
const POWERTOKENS_2_5: Rates = {
  usual: aSecond(0.232),
  '480p': aSecond(0.105),
  '1080p': aSecond(0.569),
};

/**
 * PowerTokens: models from its document, 2.5 from its repository (October 2026). The slower tier, offline
 * inference, is not integrated. Of its own prices only those per second are known, from the same repository; for
 * 2.0 fast one for all resolutions. A second of reference video is assumed to cost as much as one of the result.
 */
export const POWERTOKENS = {
  '1.5-pro': onlineOnly(INTERNATIONAL['1.5-pro']),
  '1.0-pro-fast': onlineOnly(INTERNATIONAL['1.0-pro-fast']),
  '1.0-pro': onlineOnly(INTERNATIONAL['1.0-pro']),
  '2.0-fast': {
    wireModel: INTERNATIONAL['2.0-fast'].wireModel,
    prices: withVideo({ usual: aSecond(0.121) }, { usual: aSecond(0.121) }),
  },
  '2.0': INTERNATIONAL['2.0'],
  '2.5': {
    wireModel: INTERNATIONAL['2.5'].wireModel,
    prices: withVideo(POWERTOKENS_2_5, POWERTOKENS_2_5),
  },
} as const satisfies OfferTable;

/** Azerion: its pages list 1.5 pro, 1.0 pro, 1.0 pro fast and the lite model for pictures. */
export const AZERION = {
  '1.5-pro': onlineOnly(INTERNATIONAL['1.5-pro']),
  '1.0-pro-fast': onlineOnly(INTERNATIONAL['1.0-pro-fast']),
  '1.0-pro': onlineOnly(INTERNATIONAL['1.0-pro']),
  '1.0-lite-i2v': { wireModel: 'seedance-1-0-lite-i2v-250428', prices: LITE },
} as const satisfies OfferTable;

/**
 * kyyAiPower: billed per second (1.5) and per task of up to 5, 10 or 15 s (2.0), at prices that its document does
 * not state. These are BytePlus's for a second of 16:9: 1280 × 720 × 24 / 1024 tokens, and likewise.
 */
export const KYYAIPOWER = {
  '1.5-pro': {
    wireModel: 'seedance_1_5_pro',
    prices: {
      online: {
        usual: aSecond(0.053, 0.027),
        '480p': aSecond(0.025, 0.013),
        '1080p': aSecond(0.119, 0.06),
      },
    },
  },
  '2.0': {
    wireModel: 'seedance_2_0',
    prices: { online: { usual: { ...aSecond(0.154), soldSeconds: [5, 10, 15] } } },
  },
} as const satisfies OfferTable;

/**
 * Pixazo: its 2.x routes bill each started second of the file, which is a tenth of a second too long, so 5 s are
 * billed as 6. Prices per second at 720p: 2.0 mini and 2.5 as quoted by clients from its page in autumn 2026,
 * mini's without the promotion, which may end any day. They equal BytePlus's for 16:9 (1280 × 720 × 24 / 1024
 * tokens), and the others here are computed like that, rounded up, 480p as 864 × 496. A second of reference
 * video is assumed to cost as much as one of the result.
 *
 * The lite pair has a separate page, whose price table has one line: all resolutions, free. So nothing is held.
 * Answers never state an amount; an operator whose subscription is charged must set `PRICES`.
 */
export const PIXAZO = {
  '2.0-fast': gateway('seedance-2-0-fast', { at720p: 0.121, at480p: 0.057 }),
  '2.0': gateway('seedance-2-0', { at720p: 0.152, at480p: 0.071 }),
  '2.0-mini': gateway('seedance-2-0-mini', { at720p: 0.0756, at480p: 0.036 }),
  '2.5': gateway('seedance-2-5', { at720p: 0.231, at480p: 0.108 }),
  '1.0-lite-t2v': { wireModel: 'seedance-1-0-lite-t2v-250428', prices: FREE },
  '1.0-lite-i2v': { wireModel: 'seedance-1-0-lite-i2v-250428', prices: FREE },
} as const satisfies OfferTable;

/** AI/ML API: its answers report the cost, which is booked in the vendor ledger. */
export const AIMLAPI = {
  '1.5-pro': aiml('seedance-1-5-pro', INTERNATIONAL['1.5-pro'].prices),
  '1.0-pro-fast': aiml('seedance-1-0-pro-fast', INTERNATIONAL['1.0-pro-fast'].prices),
  '1.0-pro': aiml('seedance-1-0-pro', INTERNATIONAL['1.0-pro'].prices),
  '2.0-fast': aiml('seedance-2-0-fast', INTERNATIONAL['2.0-fast'].prices),
  '2.0': aiml('seedance-2-0', INTERNATIONAL['2.0'].prices),
  '2.0-mini': aiml('dreamina-seedance-2-0-mini', INTERNATIONAL['2.0-mini'].prices),
  '2.5': aiml('seedance-2-5', INTERNATIONAL['2.5'].prices),
  '1.0-lite-t2v': aiml('seedance-1-0-lite-t2v', LITE),
  '1.0-lite-i2v': aiml('seedance-1-0-lite-i2v', LITE),
} as const satisfies OfferTable;

function aSecond(withAudio: number, silent = withAudio): Price {
  return { ...dollars(withAudio, silent), unit: 'perSecond' };
}

/** Returns the offer of a 2.x model at Pixazo's gateway, with prices in dollars per second. */
function gateway(wireModel: string, { at720p, at480p }: { at720p: number; at480p: number }) {
  const overrunning = (price: number): Price => ({ ...aSecond(price), extraSeconds: 1 });
  const rates: Rates = { usual: overrunning(at720p), '480p': overrunning(at480p) };
  return { wireModel, prices: withVideo(rates, rates) };
}

function aiml(name: string, { flex: _none, ...prices }: PriceList): PublishedOffer {
  return { wireModel: `bytedance/${name}`, prices };
}

function onlineOnly({ wireModel, prices }: PublishedOffer): PublishedOffer {
  return { wireModel, prices: { online: prices.online } };
}

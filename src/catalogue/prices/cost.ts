/**
 * Computes the cost of a video. Tokens are counted like the vendors' bills: one frame more than 24 per second
 * (found by comparing live API answers with the videos). Credits are whole US cents, rounded up once per job.
 * All arithmetic uses integers, with BigInt where a product could exceed the safe range.
 */
import { FRAMES_PER_SECOND, modelOf } from '../models.ts';
import { possibleSizes, type PixelSize } from '../pixels.ts';
import { secondsOf } from '../plan/length.ts';
import { billedReferenceSeconds } from '../plan/references.ts';
import { FIXED_RATIOS, RESOLUTIONS, type Length, type VideoRequest } from '../request.ts';
import type { Price } from './price.ts';

const PIXELS_PER_TOKEN = 1024;
const TOKENS_PER_MILLION = 1_000_000n;
const LIKELY_BITS_PER_PIXEL = 0.15;
const BITS_PER_BYTE = 8;
const MICRO_DOLLARS_PER_CREDIT = 10_000n;

/** A length that is not the model's choice. */
export type FixedLength = Exclude<Length, { unit: 'model-chooses' }>;

/** What the vendor reports about the finished video. Missing values are taken from the request. */
export interface ActualUsage {
  /** The vendor's own count, `usage.completion_tokens`. */
  readonly tokens?: number | undefined;
  readonly seconds?: number | undefined;
  readonly frames?: number | undefined;
  readonly resolution?: string | undefined;
  /** The rendered ratio. */
  readonly ratio?: string | undefined;
}

/**
 * Returns the tokens of a video of this size and length.
 *
 * @param referenceSeconds total length of the reference videos, which are billed like output
 */
export function videoTokens(size: PixelSize, length: FixedLength, referenceSeconds = 0): number {
  const frames = billedFrames(length, referenceSeconds);
  return Math.floor((size.width * size.height * frames) / PIXELS_PER_TOKEN);
}

/**
 * Returns the maximum tokens of a request. Assumes the largest size for `adaptive` and for a ratio whose size
 * is not published, the maximum length if the model chooses it, and the maximum length of a reference video
 * that was not read yet.
 */
export function mostTokens(request: VideoRequest): number {
  const length = longestLength(request);
  const referenceSeconds = billedReferenceSeconds(request);
  const sizes = possibleSizes(request.model, request.resolution, request.ratio);
  const tokens = Math.max(...sizes.map((size) => videoTokens(size, length, referenceSeconds)));
  return ofDraft(request, tokens);
}

function ofDraft({ model, isDraft, hasAudio }: VideoRequest, tokens: number): number {
  const { drafts } = modelOf(model);
  if (isDraft !== true || drafts === undefined) return tokens;
  const { withAudio, silent } = drafts.billedTenths;
  return Math.ceil((tokens * (hasAudio === true ? withAudio : silent)) / 10);
}

/** Returns the maximum cost of a request in credits, which is the amount to hold. */
export function mostCredits(request: VideoRequest, price: Price): number {
  return creditsFor({
    price,
    hasAudio: request.hasAudio === true,
    tokens: mostTokens(request),
    seconds: begunSeconds(request),
  });
}

/**
 * Returns what the vendor billed for the finished video, in whole credits, up to the largest safe integer.
 * Uses the vendor's token count, else what it reports about the video, else the request. Zero tokens count as
 * missing, because every finished video has some.
 */
export function billedCredits(request: VideoRequest, price: Price, actual: ActualUsage): number {
  const made = { ...request, ...resolvedShape(request, actual) };
  const tokens = isCount(actual.tokens) ? actual.tokens : mostTokens(made);
  return creditsFor({
    price,
    hasAudio: request.hasAudio === true,
    tokens,
    seconds: begunSeconds(made),
  });
}

interface Countable {
  price: Price;
  hasAudio: boolean;
  tokens: number;
  seconds: number;
}

function creditsFor({ price, hasAudio, tokens, seconds }: Countable): number {
  const microDollars = BigInt(hasAudio ? price.withAudioMicroDollars : price.silentMicroDollars);
  switch (price.unit) {
    case 'perMillionTokens':
      return dividedUp(
        wholeNumber(tokens) * microDollars,
        TOKENS_PER_MILLION * MICRO_DOLLARS_PER_CREDIT,
      );
    case 'perSecond':
      return creditsOf(wholeNumber(countedSeconds(price, seconds)) * microDollars);
    case 'perVideo':
      return creditsOf(microDollars);
  }
}

function countedSeconds({ soldSeconds = [], extraSeconds = 0 }: Price, seconds: number): number {
  return (soldSeconds.find((length) => length >= seconds) ?? seconds) + extraSeconds;
}

/** Converts micro-dollars to credits (US cents), rounded up. */
export function creditsOf(microDollars: bigint): number {
  return dividedUp(microDollars, MICRO_DOLLARS_PER_CREDIT);
}

/** Caps a vendor's count, which may exceed the safe range. */
function wholeNumber(count: number): bigint {
  return BigInt(Math.min(count, Number.MAX_SAFE_INTEGER));
}

function dividedUp(dividend: bigint, divisor: bigint): number {
  return Math.min(Number((dividend + divisor - 1n) / divisor), Number.MAX_SAFE_INTEGER);
}

function billedFrames(length: FixedLength, referenceSeconds: number): number {
  const reference = FRAMES_PER_SECOND * referenceSeconds;
  if (length.unit === 'frames') return length.frames + Math.ceil(reference);
  return Math.ceil(FRAMES_PER_SECOND * length.seconds + reference) + 1;
}

/** Assumes that vendors bill each started second, so that the hold is not too small. */
function begunSeconds(request: VideoRequest): number {
  return Math.ceil(secondsOf(longestLength(request)) + billedReferenceSeconds(request));
}

function longestLength({ model, length }: Pick<VideoRequest, 'model' | 'length'>): FixedLength {
  if (length.unit !== 'model-chooses') return length;
  return { unit: 'seconds', seconds: modelOf(model).seconds.most };
}

/** Returns the resolution, ratio and length that the vendor reports, or those of the request. */
export function resolvedShape(request: VideoRequest, actual: ActualUsage) {
  const resolution = RESOLUTIONS.find((each) => each === actual.resolution?.toLowerCase());
  const ratio = FIXED_RATIOS.find((each) => each === actual.ratio);
  return {
    resolution: resolution ?? request.resolution,
    ratio: ratio ?? request.ratio,
    length: actualLength(actual) ?? request.length,
  };
}

/** Prefers frames: if a vendor reports both, its seconds are rounded. */
function actualLength({ frames, seconds }: ActualUsage): FixedLength | undefined {
  if (isCount(frames)) return { unit: 'frames', frames };
  if (seconds !== undefined && Number.isFinite(seconds) && seconds > 0) {
    return { unit: 'seconds', seconds };
  }
  return undefined;
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && value !== undefined && value > 0;
}

/**
 * Estimates the size of the finished file in bytes. Videos of the 1.x and 2.0 models have about 5 to 8 Mbit/s
 * at 1080p; the estimate uses 0.15 bits per pixel, which is 7.5 Mbit/s there.
 */
export function likelyBytes(request: VideoRequest): number {
  const sizes = possibleSizes(request.model, request.resolution, request.ratio);
  const pixels = Math.max(...sizes.map(({ width, height }) => width * height));
  const frames = billedFrames(longestLength(request), 0);
  return Math.round((pixels * frames * LIKELY_BITS_PER_PIXEL) / BITS_PER_BYTE);
}

/** Short words for people about models, requests and prices. */
import { mostCredits } from './cost.ts';
import { DEFAULT_SECONDS, describeLength, describeSeconds } from './length.ts';
import { MODES, modelOf } from './models.ts';
import type { Mode } from './models.ts';
import type { Price } from './prices.ts';
import type { ModelId, VideoRequest } from './request.ts';

const MODE_NAMES = {
  text: 'text',
  'first-frame': 'first frame',
  'first-and-last-frame': 'first+last',
} as const satisfies Record<Mode, string>;

/**
 * A model's abilities in one line, at most 100 characters (the length of an autocompletion by
 * Discord's developer docs), such as
 * `1.5-pro: text, first frame, first+last; 4–12 s; 480p–1080p; sound; 27 credits for 5 s`.
 *
 * @param price where given, what 5 s at the default options cost at most is added
 */
export function describeModel(id: ModelId, price?: Price): string {
  const model = modelOf(id);
  const modes = MODES.filter((mode) => model.modes[mode] !== undefined);
  const facts = [
    `${id}: ${modes.map((mode) => MODE_NAMES[mode]).join(', ')}`,
    describeSeconds(model),
    `${model.resolutions.at(0)}–${model.resolutions.at(-1)}`,
    model.canMakeAudio ? 'sound' : 'silent',
    ...(price === undefined
      ? []
      : [`${describeCredits(mostCredits(usualRequest(id), price))} for ${DEFAULT_SECONDS} s`]),
  ];
  return facts.join('; ');
}

/** What a request comes to, such as `1.5-pro, 720p, 16:9, 5 s, sound, fixed camera`. */
export function describeRequest(request: VideoRequest): string {
  return [
    request.model,
    request.resolution,
    request.ratio === 'adaptive' ? 'adaptive ratio' : request.ratio,
    describeLength(request.length),
    ...(request.hasAudio === true ? ['sound'] : []),
    ...(request.isCameraFixed === true ? ['fixed camera'] : []),
    ...(request.hasWatermark ? ['watermark'] : []),
  ].join(', ');
}

/** `1 credit`, `27 credits`. */
export function describeCredits(credits: number): string {
  return `${credits} ${credits === 1 ? 'credit' : 'credits'}`;
}

/** A price list's entry in US dollars, such as `$2.40 per million tokens ($1.20 silent)`. */
export function describePrice({ unit, withAudioMicroDollars, silentMicroDollars }: Price): string {
  const units = {
    perMillionTokens: 'per million tokens',
    perSecond: 'per second',
    perVideo: 'per video',
  } as const satisfies Record<Price['unit'], string>;
  const silent =
    silentMicroDollars === withAudioMicroDollars ? '' : ` (${dollars(silentMicroDollars)} silent)`;
  return `${dollars(withAudioMicroDollars)} ${units[unit]}${silent}`;
}

function dollars(microDollars: number): string {
  return (microDollars / 1_000_000).toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: 6,
  });
}

function usualRequest(model: ModelId): VideoRequest {
  return {
    model,
    prompt: '',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: DEFAULT_SECONDS },
    seed: 0,
    hasAudio: modelOf(model).canMakeAudio,
    hasWatermark: false,
    inputs: [],
  };
}

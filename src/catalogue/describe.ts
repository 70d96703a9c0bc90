/** Short descriptions of models, requests and prices for people. */
import { modesOf, type Model } from './models.ts';
import type { Mode } from './modes.ts';
import { DEFAULT_SECONDS, describeLength, describeSeconds } from './plan/length.ts';
import { mostCredits } from './prices/cost.ts';
import type { Price } from './prices/price.ts';
import type { Resolution, VideoRequest } from './request.ts';
import { anyOf } from './wording.ts';

const MODE_NAMES = {
  text: 'text',
  'first-frame': 'first frame',
  'first-and-last-frame': 'first+last',
  references: 'references',
} as const satisfies Record<Mode, string>;

/** Maximum length of an autocomplete choice (Discord developer docs). */
const MOST_CHARACTERS = 100;

/**
 * Describes a model in one line, normally at most 100 characters, such as
 * `1.5-pro: text, first frame, first+last; 4–12 s; 480p–1080p; sound; 27 credits for 5 s`.
 *
 * @param model as a vendor offers it
 * @param price adds the maximum cost of 5 s with the default options
 */
export function describeModel(model: Model, price?: Price): string {
  const modes = modesOf(model).map((mode) => MODE_NAMES[mode]);
  const before = [
    `${model.id}: ${modes.join(', ')}`,
    describeSeconds(model),
    [...new Set([model.resolutions.at(0), model.resolutions.at(-1)])].join('–'),
  ];
  const cost =
    price === undefined
      ? []
      : [`${describeCredits(usualCredits(model, price))} for ${DEFAULT_SECONDS} s`];
  const line = [...before, model.canMakeAudio ? 'sound' : 'silent', ...cost].join('; ');
  // Only an absurd price makes it longer; then drop the sound to keep the price.
  return line.length <= MOST_CHARACTERS ? line : [...before, ...cost].join('; ');
}

/** Describes a request, such as `1.5-pro, 720p, 16:9, 5 s, sound, fixed camera`. */
export function describeRequest(request: VideoRequest): string {
  return [
    `${request.model}${stageOf(request)}`,
    request.resolution,
    request.ratio === 'adaptive' ? 'adaptive ratio' : request.ratio,
    describeLength(request.length),
    ...(request.hasAudio === true ? ['sound'] : []),
    ...(request.isCameraFixed === true ? ['fixed camera'] : []),
    ...(request.hasWatermark ? ['watermark'] : []),
    ...(request.tier === 'flex' ? ['economy'] : []),
    ...describeReferenceVideo(request),
  ].join(', ');
}

function stageOf({ isDraft, draftTaskId }: VideoRequest): string {
  if (isDraft === true) return ' draft';
  return draftTaskId === undefined ? '' : ' final';
}

/** Describes the reference videos, the only inputs billed by length. */
function describeReferenceVideo({ referenceVideoSeconds }: VideoRequest): string[] {
  if (referenceVideoSeconds === undefined) return [];
  return [`${Math.ceil(referenceVideoSeconds * 10) / 10} s of reference video`];
}

/**
 * Describes the prices of a draft's finals, such as `480p about 13, 720p about 27 or 1080p about 61 credits`.
 *
 * @param draft if its length or ratio is the model's choice, the prices are maximums
 */
export function describeFinals(
  draft: Pick<VideoRequest, 'length' | 'ratio'>,
  finals: ReadonlyArray<{ readonly resolution: Resolution; readonly credits: number }>,
): string {
  const isOpen = draft.length.unit === 'model-chooses' || draft.ratio === 'adaptive';
  const last = finals.length - 1;
  const prices = finals.map(({ resolution, credits }, index) => {
    const amount = index === last ? describeCredits(credits) : credits;
    return `${resolution} ${isOpen ? 'up to' : 'about'} ${amount}`;
  });
  return anyOf(prices);
}

/** Formats credits, such as `1 credit` or `27 credits`. */
export function describeCredits(credits: number): string {
  return `${credits} ${credits === 1 ? 'credit' : 'credits'}`;
}

/** Returns the maximum cost of 5 s at 720p and 16:9, with sound if the model makes it. */
export function usualCredits(model: Model, price: Price): number {
  return mostCredits(usualRequest(model), price);
}

function usualRequest(model: Model): VideoRequest {
  return {
    model: model.id,
    prompt: '',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: DEFAULT_SECONDS },
    seed: 0,
    hasAudio: model.canMakeAudio,
    hasWatermark: false,
    inputs: [],
  };
}

/** Short words for people about models, requests and prices. */
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

/** The length of an autocompletion, by Discord's developer docs. */
const MOST_CHARACTERS = 100;

/**
 * What a model can do in one line, at most 100 characters, such as
 * `1.5-pro: text, first frame, first+last; 4–12 s; 480p–1080p; sound; 27 credits for 5 s`.
 *
 * @param model as a vendor offers it
 * @param price where given, what 5 s at the default options cost at most is added
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
  // Only a price out of all reason makes it longer; the price is what matters then.
  return line.length <= MOST_CHARACTERS ? line : [...before, ...cost].join('; ');
}

/** What a request comes to, such as `1.5-pro, 720p, 16:9, 5 s, sound, fixed camera`. */
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

/** The one input that costs by its length. */
function describeReferenceVideo({ referenceVideoSeconds }: VideoRequest): string[] {
  if (referenceVideoSeconds === undefined) return [];
  return [`${Math.ceil(referenceVideoSeconds * 10) / 10} s of reference video`];
}

/**
 * What the finals of a draft cost, such as `480p about 13, 720p about 27 or 1080p about 61 credits`.
 *
 * @param draft where its length or ratio is the model's choice, the prices are the most they can be
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

/** `1 credit`, `27 credits`. */
export function describeCredits(credits: number): string {
  return `${credits} ${credits === 1 ? 'credit' : 'credits'}`;
}

/** What 5 s at 720p and 16:9 cost at most, with sound where the model makes it. */
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

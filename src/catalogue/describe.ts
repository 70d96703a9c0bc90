/** Short descriptions of models, requests and prices for people. */
import { credits } from '../text/credits.ts';
import type { TextKey } from '../text/resources.ts';
import { text, type Text, type TextList, type TextValue } from '../text/text.ts';
import { modesOf, type Model } from './models.ts';
import type { Mode } from './modes.ts';
import { DEFAULT_SECONDS, describeLength, describeSeconds } from './plan/length.ts';
import { mostCredits } from './prices/cost.ts';
import type { Price } from './prices/price.ts';
import type { Resolution, VideoRequest } from './request.ts';

const MODE_NAMES = {
  text: 'plan:nameText',
  'first-frame': 'plan:nameFirstFrame',
  'first-and-last-frame': 'plan:nameFrames',
  references: 'plan:nameReferences',
} as const satisfies Record<Mode, TextKey>;

/** The resolution that the prices of models are compared at. */
export const USUAL_RESOLUTION: Resolution = '720p';

/**
 * Describes a model in one line, such as
 * `1.5-pro: 27 credits for 5 s; text, first frame, first+last; 4–12 s; 480p–1080p; sound`.
 *
 * @param model as a vendor offers it
 * @param price adds the maximum cost of 5 s with the default options
 */
export function describeModel(model: Model, price?: Price): Text {
  const facts: TextValue[] = [
    ...(price === undefined ? [] : [usualPrice(model, price)]),
    { items: modesOf(model).map((mode) => text(MODE_NAMES[mode])) },
    describeSeconds(model),
    [...new Set([model.resolutions.at(0), model.resolutions.at(-1)])].join('–'),
    text(model.canMakeAudio ? 'plan:sound' : 'plan:silent'),
  ];
  return text('plan:modelLine', { model: model.id, facts: { clauses: facts } });
}

function usualPrice(model: Model, price: Price): Text {
  const cost = credits(usualCredits(model, price));
  return text('plan:modelPrice', { credits: cost, seconds: DEFAULT_SECONDS });
}

/** Describes a request, such as `1.5-pro, 720p, 16:9, 5 s, sound, fixed camera`. */
export function describeRequest(request: VideoRequest): TextList {
  const items: TextValue[] = [
    modelAndStage(request),
    request.resolution,
    request.ratio === 'adaptive' ? text('plan:adaptiveRatio') : request.ratio,
    describeLength(request.length),
    ...(request.hasAudio === true ? [text('plan:sound')] : []),
    ...(request.isCameraFixed === true ? [text('plan:fixedCamera')] : []),
    ...(request.hasWatermark ? [text('plan:watermark')] : []),
    ...(request.tier === 'flex' ? [text('plan:economy')] : []),
    ...describeReferenceVideo(request),
  ];
  return { items };
}

function modelAndStage({ model, isDraft, draftTaskId }: VideoRequest): TextValue {
  if (isDraft === true) return text('plan:modelDraft', { model });
  return draftTaskId === undefined ? model : text('plan:modelFinal', { model });
}

/** Describes the reference videos, the only inputs billed by length. */
function describeReferenceVideo({ referenceVideoSeconds }: VideoRequest): Text[] {
  if (referenceVideoSeconds === undefined) return [];
  const seconds = Math.ceil(referenceVideoSeconds * 10) / 10;
  return [text('plan:referenceVideoSeconds', { seconds })];
}

/**
 * Describes the prices of a draft's finals, such as `480p about 13, 720p about 27 or 1080p about 61 credits`.
 *
 * @param draft if its length or ratio is the model's choice, the prices are maximums
 */
export function describeFinals(
  draft: Pick<VideoRequest, 'length' | 'ratio'>,
  finals: ReadonlyArray<{ readonly resolution: Resolution; readonly credits: number }>,
): TextList {
  const isOpen = draft.length.unit === 'model-chooses' || draft.ratio === 'adaptive';
  const last = finals.length - 1;
  const prices = finals.map(({ resolution, credits: price }, index) =>
    text(isOpen ? 'plan:finalUpTo' : 'plan:finalAbout', {
      resolution,
      credits: index === last ? credits(price) : price,
    }),
  );
  return { anyOf: prices };
}

/** Returns the maximum cost of 5 s at 720p and 16:9, with sound if the model makes it. */
export function usualCredits(model: Model, price: Price): number {
  return mostCredits(usualRequest(model), price);
}

function usualRequest(model: Model): VideoRequest {
  return {
    model: model.id,
    prompt: '',
    resolution: USUAL_RESOLUTION,
    ratio: '16:9',
    length: { unit: 'seconds', seconds: DEFAULT_SECONDS },
    seed: 0,
    hasAudio: model.canMakeAudio,
    hasWatermark: false,
    inputs: [],
  };
}

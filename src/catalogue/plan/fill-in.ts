/** Fills in omitted options from the server's defaults and the offer's capabilities. */
import { canFixCameraIn, DRAFT_RESOLUTION, modelOf, resolutionsIn } from '../models.ts';
import type { Model } from '../models.ts';
import { FIXED_RATIOS } from '../request.ts';
import type {
  FixedRatio,
  Length,
  Ratio,
  Resolution,
  Shape,
  Tier,
  VideoRequest,
} from '../request.ts';
import type { OptionDefaults } from './context.ts';
import { DEFAULT_SECONDS, lengthOn } from './length.ts';
import type { RequestedOptions } from './parse-options.ts';

export const DEFAULT_RESOLUTION: Resolution = '720p';

/**
 * Returns a complete request for an offer that fits it. A field is absent only if the model itself lacks
 * it, because another vendor may finally make the video.
 *
 * @param model the model with the vendor's capabilities
 */
export function fillIn(
  requested: RequestedOptions,
  model: Model,
  { defaults, seed }: { readonly defaults: OptionDefaults; readonly seed: number },
): VideoRequest {
  const hasDrafts = modelOf(model.id).drafts !== undefined;
  const isDraft = isDraftFor(requested, model, defaults);
  return {
    model: model.id,
    prompt: requested.prompt,
    ratio: ratioFor(requested.ratio ?? defaults.ratio, model, requested),
    length: lengthFor(model, requested.length, defaults.length),
    seed,
    ...switchesFor(requested, model, defaults),
    inputs: [...requested.inputs],
    isDraft: hasDrafts ? isDraft : undefined,
    ...(isDraft ? asDraft(model) : asFinished(requested, model, defaults)),
  };
}

function switchesFor(requested: RequestedOptions, model: Model, defaults: OptionDefaults) {
  const own = modelOf(model.id);
  const isCameraFixed = requested.isCameraFixed ?? defaults.isCameraFixed ?? false;
  const hasAudio = requested.hasAudio ?? defaults.hasAudio ?? true;
  const hasWatermark = requested.hasWatermark ?? defaults.hasWatermark ?? false;
  return {
    isCameraFixed: canFixCameraIn(own, requested.mode)
      ? isCameraFixed && canFixCameraIn(model, requested.mode)
      : undefined,
    hasAudio: own.canMakeAudio ? hasAudio && model.canMakeAudio : undefined,
    hasWatermark: hasWatermark && model.canSetWatermark,
  };
}

/** Returns the fixed options of a draft; the vendor refuses a draft with any others. */
function asDraft(model: Model) {
  return {
    resolution: DRAFT_RESOLUTION,
    tier: tierFor('default', model),
    returnsLastFrame: false,
  };
}

function asFinished(requested: RequestedOptions, model: Model, defaults: OptionDefaults) {
  return {
    resolution: resolutionFor(requested.resolution ?? defaults.resolution, model, requested),
    tier: tierFor(requested.tier ?? defaults.tier, model),
    returnsLastFrame: true,
  };
}

/** Turns a default draft off when the member asked for something that drafts do not support. */
function isDraftFor(requested: RequestedOptions, model: Model, defaults: OptionDefaults): boolean {
  if (requested.isDraft !== undefined) return requested.isDraft;
  const isPossible =
    (model.drafts?.finals.length ?? 0) > 0 &&
    requested.tier !== 'flex' &&
    (requested.resolution === undefined || requested.resolution === DRAFT_RESOLUTION);
  return isPossible && defaults.isDraft === true;
}

/** @returns undefined if the model has no such field */
export function tierFor(wanted: Tier | undefined, model: Model): Tier | undefined {
  if (!modelOf(model.id).canUseFlex) return undefined;
  return model.canUseFlex ? (wanted ?? 'default') : 'default';
}

function resolutionFor(
  wanted: Resolution | undefined,
  model: Model,
  { mode }: Pick<RequestedOptions, 'mode'>,
): Resolution {
  const made = resolutionsIn(model, mode);
  if (wanted !== undefined && made.includes(wanted)) return wanted;
  return made.includes(DEFAULT_RESOLUTION) ? DEFAULT_RESOLUTION : (made[0] ?? DEFAULT_RESOLUTION);
}

function ratioFor(
  wanted: Ratio | undefined,
  model: Model,
  { mode, inputs, shape }: RequestedOptions,
): Ratio {
  const { ratios = [], defaultRatio = '16:9' } = model.modes[mode] ?? {};
  if (wanted !== undefined && ratios.includes(wanted)) return wanted;
  // Sound has no shape that the ratio could follow.
  const isSoundAlone = inputs.length > 0 && inputs.every((role) => role === 'reference_audio');
  if (isSoundAlone && ratios.includes('16:9')) return '16:9';
  const isToFollow = inputs.length > 0 && defaultRatio !== 'adaptive';
  return (isToFollow ? nearestRatio(shape, ratios) : undefined) ?? defaultRatio;
}

/** Returns the ratio nearest to the picture's shape, for vendors that take only fixed ratios. */
function nearestRatio(shape: Shape | undefined, ratios: readonly Ratio[]): Ratio | undefined {
  const quotient = shape === undefined ? Number.NaN : shape.width / shape.height;
  if (!(quotient > 0 && Number.isFinite(quotient))) return undefined;
  const distanceTo = (ratio: FixedRatio): number => {
    const [width = 1, height = 1] = ratio.split(':').map(Number);
    return Math.abs(Math.log(width / height / quotient));
  };
  const named = FIXED_RATIOS.filter((ratio) => ratios.includes(ratio));
  return named.toSorted((one, other) => distanceTo(one) - distanceTo(other))[0];
}

function lengthFor(model: Model, ...wanted: readonly (Length | undefined)[]): Length {
  for (const each of wanted) {
    const length = each === undefined ? undefined : lengthOn(model, each);
    if (length !== undefined) return length;
  }
  return { unit: 'seconds', seconds: DEFAULT_SECONDS };
}

/** Plans the usual video, the same request on the first model of this server, to compare prices. */
import { resolutionsIn } from '../models.ts';
import type { Model } from '../models.ts';
import { MODEL_IDS, RESOLUTIONS } from '../request.ts';
import type { InputRole, Length, Resolution, VideoRequest } from '../request.ts';
import { inputViolations } from './check-inputs.ts';
import type { PlanContext, PlanOffer } from './context.ts';
import { fillIn } from './fill-in.ts';
import { modeOf } from './inputs.ts';
import { lengthOn, nearestLength } from './length.ts';
import { optionsOf } from './parse-options.ts';

/**
 * Returns a request of the same resolution and length on the first model that this server may use, each
 * as near as the model supports, with the same files if it accepts them. Ignores whether the model's
 * vendor is up, so that another model's price never becomes the usual one.
 *
 * @returns undefined if the server may use no model
 */
export function usualRequest(
  request: VideoRequest,
  context: Pick<PlanContext, 'offers' | 'defaults'>,
): VideoRequest | undefined {
  const model = firstModel(context);
  if (model === undefined) return undefined;
  const inputs = inputsFor(model, request);
  const mode = modeOf(inputs);
  const requested = {
    ...optionsOf(request),
    model: model.id,
    mode,
    inputs,
    resolution: nearestResolution(request.resolution, resolutionsIn(model, mode)),
    ratio: undefined,
    length: usualLength(model, request.length),
    isCameraFixed: undefined,
    hasWatermark: undefined,
    isDraft: undefined,
    tier: undefined,
  };
  const usual = fillIn(requested, model, { defaults: {}, seed: request.seed });
  return { ...usual, referenceVideoSeconds: request.referenceVideoSeconds };
}

/** Models that ByteDance has retired come after all current ones. */
function firstModel({
  offers,
  defaults,
}: Pick<PlanContext, 'offers' | 'defaults'>): Model | undefined {
  const rankOf = ({ model, isRetiredUpstream }: PlanOffer): number => {
    if (model.id === defaults?.model) return -1;
    return MODEL_IDS.indexOf(model.id) + (isRetiredUpstream ? MODEL_IDS.length : 0);
  };
  return offers.toSorted((one, other) => rankOf(one) - rankOf(other))[0]?.model;
}

/** Returns the request's inputs if the model accepts them, otherwise the fewest that it needs. */
function inputsFor(model: Model, request: VideoRequest): readonly InputRole[] {
  if (inputViolations(model, optionsOf(request)).length === 0) return request.inputs;
  return model.modes.text === undefined ? ['first_frame'] : [];
}

/** Uses the maximum length if the model chooses it. */
function usualLength(model: Model, length: Length): Length {
  const own = lengthOn(model, length);
  if (own !== undefined) return own;
  if (length.unit === 'model-chooses') return { unit: 'seconds', seconds: model.seconds.most };
  return nearestLength(model, length);
}

function nearestResolution(wanted: Resolution, made: readonly Resolution[]): Resolution {
  const most = RESOLUTIONS.indexOf(wanted);
  return made.findLast((each) => RESOLUTIONS.indexOf(each) <= most) ?? made[0] ?? wanted;
}

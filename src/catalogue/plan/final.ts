/** From a draft that was made to the request for its final: the same task at full quality, not a new roll. */
import { UserError } from '../../errors.ts';
import { resolvedShape } from '../prices/cost.ts';
import type { ActualUsage } from '../prices/cost.ts';
import type { VideoRequest } from '../request.ts';
import { economyObjection } from './fit.ts';
import { DEFAULT_RESOLUTION, modelHere, tierFor } from './plan.ts';
import type { PlanContext } from './plan.ts';
import { namedRefusal } from './refusal.ts';
import { readResolution, readTier } from './wish.ts';

/** A draft that succeeded. */
export interface FinishedDraft {
  readonly request: VideoRequest;
  /** The vendor's name for its task. Only that vendor, for that account, can make the final. */
  readonly taskId: string;
  /** What it came out as: the final is as long, of that ratio and with that sound. */
  readonly actual: Pick<ActualUsage, 'ratio' | 'seconds'>;
}

/** What a final may still decide; everything else was decided by its draft. */
export interface AskedFinal {
  readonly resolution?: string | undefined;
  readonly watermark?: boolean | undefined;
  readonly economy?: boolean | undefined;
}

/**
 * @throws UserError for what is no draft, a model that may no longer be used here, a resolution that
 *   does not exist, or economy where nobody offers it
 */
export function planFinal(
  draft: FinishedDraft,
  asked: AskedFinal,
  context: Omit<PlanContext, 'drawSeed'>,
): VideoRequest {
  const { request, taskId, actual } = draft;
  if (request.isDraft !== true) {
    throw new UserError('This video is no draft, so there is no final to make of it.');
  }
  if (!context.offered.includes(request.model)) {
    throw new UserError(
      `${request.model} cannot be used here any more, so no final can be made of this draft. Make the video anew with another model.`,
    );
  }
  const model = modelHere(request.model, context);
  const tier = readTier(asked.economy);
  const objection = economyObjection(model, { tier });
  if (objection !== undefined) throw new UserError(namedRefusal(model.id, [objection], []));

  const { defaults = {} } = context;
  // A length read from the file is a frame off; what was asked for, and is billed, is whole seconds.
  const seconds = actual.seconds === undefined ? undefined : Math.round(actual.seconds);
  const { ratio, length } = resolvedShape(request, { ...actual, seconds });
  return {
    ...request,
    ratio,
    length,
    resolution:
      asked.resolution === undefined
        ? (defaults.resolution ?? DEFAULT_RESOLUTION)
        : readResolution(asked.resolution),
    hasWatermark: asked.watermark ?? request.hasWatermark,
    inputs: [],
    isDraft: false,
    draftTaskId: taskId,
    tier: tierFor(tier ?? defaults.tier, model),
    returnsLastFrame: true,
  };
}

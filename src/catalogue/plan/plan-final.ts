/** Plans the final of a draft: the same task at full quality, not a new video. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { modelOf } from '../models.ts';
import { resolvedShape } from '../prices/cost.ts';
import type { ActualUsage } from '../prices/cost.ts';
import type { ModelId, Resolution, VideoRequest } from '../request.ts';
import { tierFor } from './fill-in.ts';

/** Stands for the task id when a final is priced before its draft is made. */
const NOT_MADE_YET = 'not-made-yet';

/** A draft that succeeded. */
export interface FinishedDraft {
  readonly request: VideoRequest;
  /** The vendor's task id. Only that vendor, with the same account, can make the final. */
  readonly taskId: string;
  /** The draft's actual ratio and length, which the final keeps. */
  readonly actual: Pick<ActualUsage, 'ratio' | 'seconds'>;
}

/**
 * Returns the request for a draft's final.
 *
 * @throws UserError if the request is not a draft, its model is no longer offered, or the model makes no
 *   finals of that resolution
 */
export function planFinal(
  { request, taskId, actual }: FinishedDraft,
  resolution: Resolution,
  { offered }: { readonly offered: readonly ModelId[] },
): VideoRequest {
  const { model, isDraft } = request;
  if (isDraft !== true) {
    throw new UserError(text('plan:notDraft'));
  }
  if (!offered.includes(model)) {
    throw new UserError(text('plan:finalModelGone', { model }));
  }
  const finals = finalResolutions(model);
  if (!finals.includes(resolution)) {
    const made = { anyOf: finals };
    throw new UserError(text('plan:finalResolution', { model, finals: made, asked: resolution }));
  }
  return finalOf(request, { taskId, actual, resolution });
}

/** Returns a final to be priced before its draft is made, with the requested length and ratio. */
export function expectedFinal(draft: VideoRequest, resolution: Resolution): VideoRequest {
  return finalOf(draft, { taskId: NOT_MADE_YET, actual: {}, resolution });
}

/** Returns the possible resolutions of finals, smallest first; empty if the model makes no drafts. */
export function finalResolutions(model: ModelId): readonly Resolution[] {
  return modelOf(model).drafts?.finals ?? [];
}

function finalOf(
  request: VideoRequest,
  { taskId, actual, resolution }: Omit<FinishedDraft, 'request'> & { resolution: Resolution },
): VideoRequest {
  const seconds = madeSeconds(request.model, actual);
  const { ratio, length } = resolvedShape(request, { ...actual, seconds });
  return {
    ...request,
    ratio,
    length,
    resolution,
    inputs: [],
    isDraft: false,
    draftTaskId: taskId,
    tier: tierFor('default', modelOf(request.model)),
    returnsLastFrame: true,
  };
}

/**
 * Rounds to the requested and billed whole seconds, because the file is one frame longer. Returns
 * undefined for a length that the model does not make: that is a vendor's mistake and must not be priced.
 */
function madeSeconds(model: ModelId, { seconds }: FinishedDraft['actual']): number | undefined {
  if (seconds === undefined) return undefined;
  const { least, most } = modelOf(model).seconds;
  const whole = Math.round(seconds);
  return whole >= least && whole <= most ? whole : undefined;
}

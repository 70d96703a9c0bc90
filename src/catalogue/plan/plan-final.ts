/** From a draft to the request for its final: the same task at full quality, not another video. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { modelOf } from '../models.ts';
import { resolvedShape } from '../prices/cost.ts';
import type { ActualUsage } from '../prices/cost.ts';
import type { ModelId, Resolution, VideoRequest } from '../request.ts';
import { tierFor } from './fill-in.ts';

/** Stands for the task of a draft that is not made yet, in a final that is only priced. */
const NOT_MADE_YET = 'not-made-yet';

/** A draft that succeeded. */
export interface FinishedDraft {
  readonly request: VideoRequest;
  /** The vendor's name for its task. Only that vendor, for that account, can make the final. */
  readonly taskId: string;
  /** What it came out as: the final is as long, of that ratio and with that sound. */
  readonly actual: Pick<ActualUsage, 'ratio' | 'seconds'>;
}

/**
 * @throws UserError for what is no draft, a model that may no longer be used here, or a resolution
 *   that the model makes no finals of
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

/** A final to be priced before its draft is made: of the length and ratio that were asked for. */
export function expectedFinal(draft: VideoRequest, resolution: Resolution): VideoRequest {
  return finalOf(draft, { taskId: NOT_MADE_YET, actual: {}, resolution });
}

/** The resolutions that a final of the model's drafts can have, smallest first; none where it makes no drafts. */
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
 * A length read from the file is a frame off; what was asked for, and is billed, is whole seconds. One that
 * the model does not make is a slip of the vendor, and must not be priced.
 */
function madeSeconds(model: ModelId, { seconds }: FinishedDraft['actual']): number | undefined {
  if (seconds === undefined) return undefined;
  const { least, most } = modelOf(model).seconds;
  const whole = Math.round(seconds);
  return whole >= least && whole <= most ? whole : undefined;
}

/** Plans a request for `a cat` with few other options, and returns the text of a refusal. */
import { draftsWithin, modelOf } from '#src/catalogue/models.ts';
import type { PlanContext, PlanOffer } from '#src/catalogue/plan/context.ts';
import { planRequest } from '#src/catalogue/plan/plan.ts';
import {
  MODEL_IDS,
  type AskedOptions,
  type InputRole,
  type ModelId,
  type Resolution,
  type VideoRequest,
} from '#src/catalogue/request.ts';
import { UserError } from '#src/errors.ts';

export const FIRST: readonly InputRole[] = ['first_frame'];
export const BOTH: readonly InputRole[] = ['first_frame', 'last_frame'];
export const VIDEO: readonly InputRole[] = ['reference_video'];
export const SOUND: readonly InputRole[] = ['reference_audio'];

export function several(count: number, role: InputRole = 'reference_image'): InputRole[] {
  return Array.from({ length: count }, () => role);
}

/** The offers of a vendor that passes on everything that a model supports. */
export interface Here extends Partial<PlanContext> {
  /** Every model unless given. */
  readonly offered?: readonly ModelId[];
  /** The models on the slower tier; all that support it unless given. */
  readonly onFlex?: readonly ModelId[];
  /** The largest resolution that the server allows; any unless given. */
  readonly maxResolution?: Resolution;
}

export function planOffers({
  offered = MODEL_IDS,
  onFlex = MODEL_IDS,
  maxResolution,
}: Here = {}): PlanOffer[] {
  return offered.map((id) => {
    const model = modelOf(id);
    const canUseFlex = model.canUseFlex && onFlex.includes(id);
    const drafts = draftsWithin(model, maxResolution);
    return { model: { ...model, canUseFlex, drafts }, isUp: true, isRetiredUpstream: false };
  });
}

export function plan(asked: Partial<AskedOptions>, here: Here = {}): VideoRequest {
  return planRequest(
    { prompt: 'a cat', inputs: [], ...asked },
    { offers: planOffers(here), drawSeed: () => 4711, ...here },
  );
}

/** The text that a member sees. */
export function refusalOf(make: () => VideoRequest): string {
  try {
    return `not refused: ${JSON.stringify(make())}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

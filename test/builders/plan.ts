/** Planning a request of `a cat` that says little else, and what a refusal of it says. */
import { planRequest, type PlanContext } from '#src/catalogue/plan/plan.ts';
import {
  MODEL_IDS,
  type AskedOptions,
  type InputRole,
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

/** Every model is offered, unless told otherwise. */
export function plan(
  asked: Partial<AskedOptions>,
  context: Partial<PlanContext> = {},
): VideoRequest {
  return planRequest(
    { prompt: 'a cat', inputs: [], ...asked },
    { offered: MODEL_IDS, drawSeed: () => 4711, ...context },
  );
}

/** The words a member sees. */
export function refusalOf(make: () => VideoRequest): string {
  try {
    return `not refused: ${JSON.stringify(make())}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

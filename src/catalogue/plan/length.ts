/** How long a video can be: what was asked for against what a model takes. */
import { text, type Text } from '../../text/text.ts';
import { FRAMES_PER_SECOND } from '../models.ts';
import type { Model, SteppedRange } from '../models.ts';
import type { Length } from '../request.ts';

/** Asked for as a number of seconds, it may be a fraction; `lengthOn` makes frames of that. */
export type RequestedLength = Length;

/** The number that stands for "as long as the model sees fit". */
export const MODEL_CHOOSES = -1;

/** Returns the length that a model makes of a requested one, or undefined where it cannot. */
export function lengthOn(model: Model, requested: RequestedLength): Length | undefined {
  switch (requested.unit) {
    case 'model-chooses':
      return model.canChooseLength ? requested : undefined;
    case 'frames':
      return isIn(model.frames, requested.frames) ? requested : undefined;
    case 'seconds': {
      if (isIn(model.seconds, requested.seconds)) return requested;
      if (model.frames === undefined || Number.isInteger(requested.seconds)) return undefined;
      const frames = nearestStep(model.frames, requested.seconds * FRAMES_PER_SECOND);
      return isIn(model.frames, frames) ? { unit: 'frames', frames } : undefined;
    }
  }
}

/** Returns the length nearest to a requested one that the model does make. */
export function nearestLength(model: Model, requested: RequestedLength): Length {
  if (requested.unit === 'model-chooses') return { unit: 'seconds', seconds: DEFAULT_SECONDS };
  if (requested.unit === 'frames' && model.frames !== undefined) {
    return {
      unit: 'frames',
      frames: clamped(model.frames, nearestStep(model.frames, requested.frames)),
    };
  }
  const seconds = clamped(
    model.seconds,
    nearestStep(model.seconds, Math.round(secondsOf(requested))),
  );
  return { unit: 'seconds', seconds };
}

/** How far apart two lengths are, in seconds; a length of the model's choice is near to all. */
export function distanceSeconds(one: Length, other: Length): number {
  if (one.unit === 'model-chooses' || other.unit === 'model-chooses') return 0;
  return Math.abs(secondsOf(one) - secondsOf(other));
}

export const DEFAULT_SECONDS = 5;

/** The playing time of a known length. */
export function secondsOf(length: Exclude<Length, { unit: 'model-chooses' }>): number {
  return length.unit === 'frames' ? length.frames / FRAMES_PER_SECOND : length.seconds;
}

/** Such as `5 s`, `61 frames (2.54 s)` or `a length of the model’s choice`. */
export function describeLength(length: Length): Text {
  switch (length.unit) {
    case 'seconds':
      return text('common:seconds', { seconds: length.seconds });
    case 'frames':
      return text('plan:frames', { frames: length.frames, seconds: secondsOf(length).toFixed(2) });
    case 'model-chooses':
      return text('plan:modelChoosesLength');
  }
}

/** Such as `4–12 s`, or `5 or 10 s` where not every second is made. */
export function describeSeconds({ seconds: { least, most, step } }: Pick<Model, 'seconds'>): Text {
  return step === 1
    ? text('plan:secondsRange', { least, most })
    : text('common:seconds', { seconds: { anyOf: stepsOf({ least, most, step }) } });
}

function stepsOf({ least, most, step }: SteppedRange): string[] {
  const count = Math.floor((most - least) / step) + 1;
  return Array.from({ length: count }, (_, index) => String(least + index * step));
}

/** Such as `29, 33, 37 … 289 frames`. */
export function describeFrames({ least, most, step }: SteppedRange): Text {
  return text('plan:framesRange', {
    first: least,
    second: least + step,
    third: least + 2 * step,
    most,
  });
}

function isIn(range: SteppedRange | undefined, value: number): boolean {
  if (range === undefined || value < range.least || value > range.most) return false;
  return (value - range.least) % range.step === 0;
}

/** The nearest step of an endless range; of two as near, the lower, which is the cheaper. */
function nearestStep({ least, step }: SteppedRange, value: number): number {
  return least + step * Math.ceil((value - least) / step - 0.5);
}

function clamped({ least, most }: SteppedRange, value: number): number {
  return Math.min(Math.max(value, least), most);
}

/** Matches requested video lengths with those that a model supports. */
import { text, type Text } from '../../text/text.ts';
import { FRAMES_PER_SECOND } from '../models.ts';
import type { Model, SteppedRange } from '../models.ts';
import type { Length } from '../request.ts';

/** A requested number of seconds may be fractional; `lengthOn` converts it to frames. */
export type RequestedLength = Length;

/** The number that leaves the length to the model. */
export const MODEL_CHOOSES = -1;

/** Returns the length in the form that the model supports, or undefined if it does not support it. */
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

/** Returns the supported length nearest to the requested one. */
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

/** Returns the difference in seconds; 0 if either length is the model's choice. */
export function distanceSeconds(one: Length, other: Length): number {
  if (one.unit === 'model-chooses' || other.unit === 'model-chooses') return 0;
  return Math.abs(secondsOf(one) - secondsOf(other));
}

export const DEFAULT_SECONDS = 5;

/** Returns the playing time of a fixed length. */
export function secondsOf(length: Exclude<Length, { unit: 'model-chooses' }>): number {
  return length.unit === 'frames' ? length.frames / FRAMES_PER_SECOND : length.seconds;
}

/** Formats a length, such as `5 s`, `61 frames (2.54 s)` or `a length of the model’s choice`. */
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

/** Formats the supported lengths, such as `4–12 s`, or `5 or 10 s` if there are gaps. */
export function describeSeconds({ seconds: { least, most, step } }: Pick<Model, 'seconds'>): Text {
  return step === 1
    ? text('plan:secondsRange', { least, most })
    : text('common:seconds', { seconds: { anyOf: stepsOf({ least, most, step }) } });
}

function stepsOf({ least, most, step }: SteppedRange): string[] {
  const count = Math.floor((most - least) / step) + 1;
  return Array.from({ length: count }, (_, index) => String(least + index * step));
}

/** Formats the supported frames, such as `29, 33, 37 … 289 frames`. */
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

/** Returns the nearest step of an unbounded range; of two equally near ones the lower, which is cheaper. */
function nearestStep({ least, step }: SteppedRange, value: number): number {
  return least + step * Math.ceil((value - least) / step - 0.5);
}

function clamped({ least, most }: SteppedRange, value: number): number {
  return Math.min(Math.max(value, least), most);
}

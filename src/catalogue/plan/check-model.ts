/**
 * The capability check of a request against a model. Each violation says what the model supports and what
 * comes nearest.
 */
import { text, type TextValue } from '../../text/text.ts';
import { resolutionsIn } from '../models.ts';
import type { Model } from '../models.ts';
import type { Length } from '../request.ts';
import { describeMode, inputViolations } from './check-inputs.ts';
import { switchViolations } from './check-switches.ts';
import { describeFrames, describeLength, describeSeconds } from './length.ts';
import { distanceSeconds, lengthOn, nearestLength } from './length.ts';
import type { RequestedLength } from './length.ts';
import type { RequestedOptions } from './parse-options.ts';
import type { Violation } from './refusal-message.ts';

/** Returns everything in the request that the model does not support; empty if it fits. */
export function violationsOf(model: Model, requested: RequestedOptions): readonly Violation[] {
  const violations = [
    ...inputViolations(model, requested),
    resolutionViolation(model, requested),
    ratioViolation(model, requested),
    lengthViolation(model, requested),
    ...switchViolations(model, requested),
  ];
  return violations.filter((violation) => violation !== undefined);
}

function resolutionViolation(
  model: Model,
  { mode, resolution }: RequestedOptions,
): Violation | undefined {
  const resolutions = resolutionsIn(model, mode);
  if (resolution === undefined || resolutions.includes(resolution)) return undefined;
  const isOfMode = model.resolutions.includes(resolution);
  const distanceTo = (each: string) =>
    Math.abs(Number.parseInt(each) - Number.parseInt(resolution));
  const [nearest = ''] = resolutions.toSorted((a, b) => distanceTo(a) - distanceTo(b));
  const can = { anyOf: resolutions };
  return {
    topic: 'resolution',
    reason: (who) => {
      const made = { model: who, can, asked: resolution };
      return isOfMode
        ? text('plan:makesWith', { ...made, mode: describeMode(mode) })
        : text('plan:makes', made);
    },
    none: (models) => text('plan:makesNone', { models, asked: resolution }),
    asked: resolution,
    can,
    fix: text('plan:fixAskFor', { value: nearest }),
    distance: distanceTo(nearest),
  };
}

function ratioViolation(
  model: Model,
  { mode: modeAsked, ratio }: RequestedOptions,
): Violation | undefined {
  const capabilities = model.modes[modeAsked];
  if (ratio === undefined || capabilities === undefined) return undefined;
  if (capabilities.ratios.includes(ratio)) return undefined;
  const can = { anyOf: capabilities.ratios };
  const mode = describeMode(modeAsked);
  return {
    topic: 'ratio',
    reason: (who) => text('plan:ratioWith', { model: who, can, mode, asked: ratio }),
    none: (models) => text('plan:ratioNone', { models, asked: ratio, mode }),
    asked: text('plan:theRatio', { ratio }),
    can,
    fix: text('plan:fixAskFor', { value: capabilities.defaultRatio }),
    distance: 0,
  };
}

function lengthViolation(model: Model, { length }: RequestedOptions): Violation | undefined {
  if (length === undefined || lengthOn(model, length) !== undefined) return undefined;
  const nearest = nearestLength(model, length);
  const asked = describeLength(length);
  const inFrames = length.unit === 'frames' && model.frames !== undefined;
  const can = inFrames ? describeFrames(model.frames) : describeSeconds(model);
  const isModelsChoice = length.unit === 'model-chooses';
  const needsFrames = model.frames === undefined && !isInSeconds(length);
  return {
    topic: 'length',
    reason: (who) => {
      if (isModelsChoice) return text('plan:noChosenLength', { model: who });
      return text(needsFrames ? 'plan:wholeSeconds' : 'plan:makes', { model: who, can, asked });
    },
    none: (models) =>
      isModelsChoice
        ? text('plan:chosenLengthNone', { models })
        : text('plan:makesNone', { models, asked }),
    asked,
    can,
    fix: text('plan:fixAskFor', { value: asTyped(nearest) }),
    distance: distanceSeconds(length, nearest),
  };
}

function isInSeconds(length: RequestedLength): boolean {
  return length.unit === 'seconds' && Number.isInteger(length.seconds);
}

/** Frames can be set only by a flag. */
function asTyped(length: Length): TextValue {
  return length.unit === 'frames' ? `--frames ${length.frames}` : describeLength(length);
}

/** May this model do this? And if not: what can it do, and what is the nearest thing that works? */
import { canFixCameraIn, modelOf, resolutionsIn } from '../models.ts';
import type { Model } from '../models.ts';
import type { Length } from '../request.ts';
import { anyOf } from '../wording.ts';
import { inputViolations, MODE_TAKES } from './check-inputs.ts';
import { describeFrames, describeLength, describeLengths } from './length.ts';
import { distanceSeconds, lengthOn, nearestLength } from './length.ts';
import type { RequestedOptions } from './parse-options.ts';
import type { Violation } from './refusal-message.ts';

/** Everything about a wish that a model cannot do; empty when it fits. */
export function violationsOf(model: Model, requested: RequestedOptions): readonly Violation[] {
  const violations = [
    ...inputViolations(model, requested),
    promptViolation(model, requested),
    resolutionViolation(model, requested),
    ratioViolation(model, requested),
    lengthViolation(model, requested),
    audioViolation(model, requested),
    cameraViolation(model, requested),
    watermarkViolation(model, requested),
    draftViolation(model, requested),
    economyViolation(model, requested),
  ];
  return violations.filter((violation) => violation !== undefined);
}

function promptViolation(model: Model, { prompt }: RequestedOptions): Violation | undefined {
  if (prompt !== '' || model.needsPrompt !== true) return undefined;
  return {
    topic: 'prompt',
    verb: 'takes',
    can: 'pictures and videos with a prompt',
    asked: 'none',
    fix: 'say what the video should show',
    sentence: `${model.id} needs a prompt here: say what the video should show`,
    distance: 0,
  };
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
  return {
    topic: 'resolution',
    verb: 'makes',
    can: `${anyOf(resolutions)}${isOfMode ? ` with ${MODE_TAKES[mode]}` : ''}`,
    asked: resolution,
    fix: `ask for ${nearest}`,
    distance: distanceTo(nearest),
  };
}

function ratioViolation(model: Model, { mode, ratio }: RequestedOptions): Violation | undefined {
  const capabilities = model.modes[mode];
  if (ratio === undefined || capabilities === undefined) return undefined;
  if (capabilities.ratios.includes(ratio)) return undefined;
  return {
    topic: 'ratio',
    verb: 'takes',
    can: `${anyOf(capabilities.ratios)} with ${MODE_TAKES[mode]}`,
    asked: `the ratio ${ratio}`,
    fix: `ask for ${capabilities.defaultRatio}`,
    distance: 0,
  };
}

function lengthViolation(model: Model, { length }: RequestedOptions): Violation | undefined {
  if (length === undefined || lengthOn(model, length) !== undefined) return undefined;
  const nearest = nearestLength(model, length);
  const inFrames = length.unit === 'frames' && model.frames !== undefined;
  return {
    topic: 'length',
    verb: 'makes',
    can: inFrames ? describeFrames(model.frames) : describeLengths(model),
    asked: describeLength(length),
    fix: `ask for ${asTyped(nearest)}`,
    distance: distanceSeconds(length, nearest),
  };
}

/** Frames can be asked for by flag only. */
function asTyped(length: Length): string {
  return length.unit === 'frames' ? `--frames ${length.frames}` : describeLength(length);
}

function audioViolation(model: Model, { hasAudio }: RequestedOptions): Violation | undefined {
  if (hasAudio !== true || model.canMakeAudio) return undefined;
  return {
    topic: 'audio',
    verb: 'makes',
    can: 'silent videos',
    asked: 'sound',
    fix: 'leave audio off',
    distance: 0,
  };
}

function cameraViolation(
  model: Model,
  { mode, isCameraFixed }: RequestedOptions,
): Violation | undefined {
  if (isCameraFixed !== true || canFixCameraIn(model, mode)) return undefined;
  return {
    topic: 'camera',
    verb: 'makes',
    can: `its own camera movements${model.canFixCamera ? ` with ${MODE_TAKES[mode]}` : ''}`,
    asked: 'a fixed camera',
    fix: 'leave camera_fixed off',
    distance: 0,
  };
}

function watermarkViolation(
  model: Model,
  { hasWatermark }: RequestedOptions,
): Violation | undefined {
  if (hasWatermark !== true || model.canSetWatermark) return undefined;
  return {
    topic: 'watermark',
    verb: 'makes',
    can: 'videos without a watermark',
    asked: 'a watermark',
    fix: 'leave watermark off',
    distance: 0,
  };
}

function draftViolation(model: Model, { isDraft }: RequestedOptions): Violation | undefined {
  const { drafts } = model;
  if (isDraft !== true || (drafts?.finals.length ?? 0) > 0) return undefined;
  const violation = {
    topic: 'draft',
    verb: 'makes',
    asked: 'a draft',
    fix: 'leave draft off',
    distance: 0,
  } as const;
  if (drafts === undefined) return { ...violation, can: 'finished videos only' };
  // It makes some, whose finals are above what the server allows.
  const finals = anyOf(modelOf(model.id).drafts?.finals ?? []);
  const sentence = `the final of a ${model.id} draft is ${finals}, which this server’s moderators do not allow: leave draft off`;
  return { ...violation, can: `finals at ${finals} only`, sentence };
}

export function economyViolation(
  model: Pick<Model, 'canUseFlex'>,
  { tier }: Pick<RequestedOptions, 'tier'>,
): Violation | undefined {
  if (tier !== 'flex' || model.canUseFlex) return undefined;
  return {
    topic: 'economy',
    verb: 'makes',
    can: 'videos at the usual price only',
    asked: 'economy videos',
    fix: 'leave economy off',
    distance: 0,
  };
}

/** May this model do this? And if not: what can it do, and what is the nearest thing that works? */
import type { TextKey } from '../../text/resources.ts';
import { text, type TextValue } from '../../text/text.ts';
import { canFixCameraIn, modelOf, resolutionsIn } from '../models.ts';
import type { Model } from '../models.ts';
import type { Length } from '../request.ts';
import { describeMode, inputViolations } from './check-inputs.ts';
import { describeFrames, describeLength, describeSeconds } from './length.ts';
import { distanceSeconds, lengthOn, nearestLength } from './length.ts';
import type { RequestedLength } from './length.ts';
import type { RequestedOptions } from './parse-options.ts';
import type { Violation } from './refusal-message.ts';

/** Everything of a request that a model cannot do; empty when it fits. */
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

interface SwitchTexts {
  readonly reason: TextKey;
  readonly none: TextKey;
  readonly asked: TextKey;
  readonly fix: TextKey;
}

const PROMPT = {
  reason: 'plan:needsPrompt',
  none: 'plan:promptNone',
  asked: 'plan:noPrompt',
  fix: 'plan:fixSayWhat',
} as const satisfies SwitchTexts;
const AUDIO = {
  reason: 'plan:noSound',
  none: 'plan:soundNone',
  asked: 'plan:sound',
  fix: 'plan:fixAudioOff',
} as const satisfies SwitchTexts;
const CAMERA = {
  reason: 'plan:noFixedCamera',
  none: 'plan:fixedCameraNone',
  asked: 'plan:fixedCamera',
  fix: 'plan:fixCameraOff',
} as const satisfies SwitchTexts;
const WATERMARK = {
  reason: 'plan:noWatermark',
  none: 'plan:watermarkNone',
  asked: 'plan:watermark',
  fix: 'plan:fixWatermarkOff',
} as const satisfies SwitchTexts;
const DRAFT = {
  reason: 'plan:noDrafts',
  none: 'plan:draftsNone',
  asked: 'plan:draft',
  fix: 'plan:fixDraftOff',
} as const satisfies SwitchTexts;
const ECONOMY = {
  reason: 'plan:noEconomy',
  none: 'plan:economyNone',
  asked: 'plan:economy',
  fix: 'plan:fixEconomyOff',
} as const satisfies SwitchTexts;

function switchViolation(
  topic: Violation['topic'],
  { reason, none, asked, fix }: SwitchTexts,
): Violation {
  return {
    topic,
    reason: (model) => text(reason, { model }),
    none: (models) => text(none, { models }),
    asked: text(asked),
    fix: text(fix),
    distance: 0,
  };
}

function promptViolation(model: Model, { prompt }: RequestedOptions): Violation | undefined {
  if (prompt !== '' || model.needsPrompt !== true) return undefined;
  return switchViolation('prompt', PROMPT);
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

/** Frames can be asked for by flag only. */
function asTyped(length: Length): TextValue {
  return length.unit === 'frames' ? `--frames ${length.frames}` : describeLength(length);
}

function audioViolation(model: Model, { hasAudio }: RequestedOptions): Violation | undefined {
  if (hasAudio !== true || model.canMakeAudio) return undefined;
  return switchViolation('audio', AUDIO);
}

function cameraViolation(
  model: Model,
  { mode, isCameraFixed }: RequestedOptions,
): Violation | undefined {
  if (isCameraFixed !== true || canFixCameraIn(model, mode)) return undefined;
  const violation = switchViolation('camera', CAMERA);
  if (!model.canFixCamera) return violation;
  const values = { mode: describeMode(mode) };
  return {
    ...violation,
    reason: (who) => text('plan:noFixedCameraWith', { ...values, model: who }),
  };
}

function watermarkViolation(
  model: Model,
  { hasWatermark }: RequestedOptions,
): Violation | undefined {
  if (hasWatermark !== true || model.canSetWatermark) return undefined;
  return switchViolation('watermark', WATERMARK);
}

function draftViolation(model: Model, { isDraft }: RequestedOptions): Violation | undefined {
  const { drafts } = model;
  if (isDraft !== true || (drafts?.finals.length ?? 0) > 0) return undefined;
  const violation = switchViolation('draft', DRAFT);
  // A model that makes drafts, whose finals the server does not allow, comes nearest.
  if (drafts === undefined) return { ...violation, distance: 1 };
  const finals = { anyOf: modelOf(model.id).drafts?.finals ?? [] };
  const notAllowed = text('plan:finalNotAllowed', { model: model.id, finals });
  return { ...violation, reason: () => notAllowed, none: () => notAllowed };
}

function economyViolation(
  model: Pick<Model, 'canUseFlex'>,
  { tier }: Pick<RequestedOptions, 'tier'>,
): Violation | undefined {
  if (tier !== 'flex' || model.canUseFlex) return undefined;
  return switchViolation('economy', ECONOMY);
}

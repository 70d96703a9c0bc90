/** The capability check of on/off options: sound, fixed camera, watermark, draft and the economy tier. */
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import { canFixCameraIn, modelOf } from '../models.ts';
import type { Model } from '../models.ts';
import { describeMode } from './check-inputs.ts';
import type { RequestedOptions } from './parse-options.ts';
import type { Violation } from './refusal-message.ts';

interface Switch {
  readonly topic: Violation['topic'];
  readonly isViolated: (model: Model, requested: RequestedOptions) => boolean;
  readonly reason: TextKey;
  readonly none: TextKey;
  readonly asked: TextKey;
  readonly fix: TextKey;
}

const PLAIN_SWITCHES: readonly Switch[] = [
  {
    topic: 'prompt',
    isViolated: (model, { prompt }) => prompt === '' && model.needsPrompt === true,
    reason: 'plan:needsPrompt',
    none: 'plan:promptNone',
    asked: 'plan:noPrompt',
    fix: 'plan:fixSayWhat',
  },
  {
    topic: 'audio',
    isViolated: (model, { hasAudio }) => hasAudio === true && !model.canMakeAudio,
    reason: 'plan:noSound',
    none: 'plan:soundNone',
    asked: 'plan:sound',
    fix: 'plan:fixAudioOff',
  },
  {
    topic: 'watermark',
    isViolated: (model, { hasWatermark }) => hasWatermark === true && !model.canSetWatermark,
    reason: 'plan:noWatermark',
    none: 'plan:watermarkNone',
    asked: 'plan:watermark',
    fix: 'plan:fixWatermarkOff',
  },
  {
    topic: 'economy',
    isViolated: (model, { tier }) => tier === 'flex' && !model.canUseFlex,
    reason: 'plan:noEconomy',
    none: 'plan:economyNone',
    asked: 'plan:economy',
    fix: 'plan:fixEconomyOff',
  },
];

const CAMERA: Switch = {
  topic: 'camera',
  isViolated: (model, { mode, isCameraFixed }) =>
    isCameraFixed === true && !canFixCameraIn(model, mode),
  reason: 'plan:noFixedCamera',
  none: 'plan:fixedCameraNone',
  asked: 'plan:fixedCamera',
  fix: 'plan:fixCameraOff',
};

const DRAFT: Switch = {
  topic: 'draft',
  isViolated: ({ drafts }, { isDraft }) => isDraft === true && (drafts?.finals.length ?? 0) === 0,
  reason: 'plan:noDrafts',
  none: 'plan:draftsNone',
  asked: 'plan:draft',
  fix: 'plan:fixDraftOff',
};

export function switchViolations(model: Model, requested: RequestedOptions): readonly Violation[] {
  const plain = PLAIN_SWITCHES.filter(({ isViolated }) => isViolated(model, requested));
  return [
    ...plain.map(violationOf),
    ...(CAMERA.isViolated(model, requested) ? [cameraViolation(model, requested)] : []),
    ...(DRAFT.isViolated(model, requested) ? [draftViolation(model)] : []),
  ];
}

function violationOf({ topic, reason, none, asked, fix }: Switch): Violation {
  return {
    topic,
    reason: (model) => text(reason, { model }),
    none: (models) => text(none, { models }),
    asked: text(asked),
    fix: text(fix),
    distance: 0,
  };
}

function cameraViolation(model: Model, { mode }: RequestedOptions): Violation {
  const violation = violationOf(CAMERA);
  if (!model.canFixCamera) return violation;
  const taken = describeMode(mode);
  return {
    ...violation,
    reason: (who) => text('plan:noFixedCameraWith', { model: who, mode: taken }),
  };
}

function draftViolation(model: Model): Violation {
  const violation = violationOf(DRAFT);
  // A model that supports drafts but whose finals this server does not allow is the nearest.
  if (model.drafts === undefined) return { ...violation, distance: 1 };
  const finals = { anyOf: modelOf(model.id).drafts?.finals ?? [] };
  const notAllowed = text('plan:finalNotAllowed', { model: model.id, finals });
  return { ...violation, reason: () => notAllowed, none: () => notAllowed };
}

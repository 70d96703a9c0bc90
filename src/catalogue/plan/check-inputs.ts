/** The capability check of a request's inputs: its mode, and the number of references. */
import type { TextKey } from '../../text/resources.ts';
import { text, type Text, type TextValue } from '../../text/text.ts';
import { modesOf } from '../models.ts';
import type { Model } from '../models.ts';
import { mostReferences } from '../modes.ts';
import type { Mode, ReferenceCapabilities } from '../modes.ts';
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ReferenceRole } from '../request.ts';
import type { RequestedOptions } from './parse-options.ts';
import { countOf, describeAllReferences, describeReferences } from './references.ts';
import type { Violation } from './refusal-message.ts';

const MODE_TAKES = {
  text: 'plan:modeText',
  'first-frame': 'plan:modeFirstFrame',
  'first-and-last-frame': 'plan:modeFrames',
  references: 'plan:modeReferences',
} as const satisfies Record<Mode, TextKey>;

const TAKES_NONE = {
  reference_image: { reason: 'plan:takesNoImages', fix: 'plan:fixLeaveImages' },
  reference_video: { reason: 'plan:takesNoVideos', fix: 'plan:fixLeaveVideos' },
  reference_audio: { reason: 'plan:takesNoSounds', fix: 'plan:fixLeaveSounds' },
} as const satisfies Record<ReferenceRole, { reason: TextKey; fix: TextKey }>;

/** Describes the inputs of a mode, such as `a first frame`. */
export function describeMode(mode: Mode): Text {
  return text(MODE_TAKES[mode]);
}

/** Returns what the model does not support in the request's inputs; empty if it supports them. */
export function inputViolations(model: Model, requested: RequestedOptions): readonly Violation[] {
  if (model.modes[requested.mode] === undefined) return [modeViolation(model, requested)];
  const { references } = model.modes;
  if (requested.mode !== 'references' || references === undefined) return [];
  const tooMany = REFERENCE_ROLES.map((role) => countViolation(references, role, requested.inputs));
  const violations = tooMany.filter((violation) => violation !== undefined);
  return violations.length > 0 ? violations : soundAloneViolations(references, requested.inputs);
}

function modeViolation(model: Model, { mode, inputs }: RequestedOptions): Violation {
  const takesFrame = model.modes['first-frame'] !== undefined;
  const can = { anyOf: modesOf(model).map(describeMode) };
  const distance = takesFrame ? 0 : 1;
  if (mode === 'text') {
    return {
      topic: 'mode',
      reason: (who) => text('plan:needsPicture', { model: who }),
      none: (models) => text('plan:textNone', { models }),
      asked: describeMode('text'),
      can,
      fix: text('plan:fixAddFrame'),
      distance,
    };
  }
  const { asked, fix } = modeTexts(mode, inputs, takesFrame);
  return {
    topic: 'mode',
    reason: (who) => text('plan:takes', { model: who, can, asked }),
    none: (models) => text('plan:takesNone', { models, asked }),
    asked,
    can,
    fix,
    distance,
  };
}

function modeTexts(
  mode: Exclude<Mode, 'text'>,
  inputs: readonly InputRole[],
  takesFrame: boolean,
): { readonly asked: TextValue; readonly fix: Text } {
  switch (mode) {
    case 'first-frame':
      return { asked: describeMode('first-frame'), fix: text('plan:fixLeavePicture') };
    case 'first-and-last-frame':
      return {
        asked: text('plan:aLastFrame'),
        fix: text(takesFrame ? 'plan:fixLeaveLastFrame' : 'plan:fixLeavePictures'),
      };
    case 'references':
      return {
        asked: describeAllReferences(inputs),
        fix: text(takesFrame ? pictureFix(inputs) : 'plan:fixLeaveReferences'),
      };
    default:
      return mode satisfies never;
  }
}

function pictureFix(inputs: readonly InputRole[]): TextKey {
  const images = countOf(inputs, 'reference_image');
  if (images === 0) return 'plan:fixLeaveReferences';
  return images > 1 ? 'plan:fixOnePictureAsFrame' : 'plan:fixPictureAsFrame';
}

function countViolation(
  references: ReferenceCapabilities,
  role: ReferenceRole,
  inputs: readonly InputRole[],
): Violation | undefined {
  const count = countOf(inputs, role);
  const most = mostReferences(references, role);
  const excess = count - most;
  if (excess <= 0) return undefined;
  const asked = describeReferences(role, count);
  const none = (models: TextValue) => text('plan:takesNone', { models, asked });
  const rest = { topic: role, none, asked, distance: excess } as const;
  if (most === 0) {
    const { reason, fix } = TAKES_NONE[role];
    return {
      ...rest,
      reason: (model) => text(reason, { model }),
      can: text('plan:noReferencesOfKind'),
      fix: text(fix, { count }),
    };
  }
  return {
    ...rest,
    reason: (model) => text('plan:tooMany', { model, most, asked }),
    can: text('plan:upTo', { most }),
    fix: text('plan:fixLeaveExcess', { excess }),
  };
}

function soundAloneViolations(
  { clips }: ReferenceCapabilities,
  inputs: readonly InputRole[],
): readonly Violation[] {
  const isSoundAlone = inputs.every((role) => role === 'reference_audio');
  if (!isSoundAlone || clips?.canBeSoundAlone !== false) return [];
  const asked = text('plan:soundAlone');
  return [
    {
      topic: 'reference_audio',
      reason: (model) => text('plan:soundNeedsPicture', { model }),
      none: (models) => text('plan:takesNone', { models, asked }),
      asked,
      fix: text('plan:fixAddImage'),
      distance: 0,
    },
  ];
}

/** May this model start from what was given? The modes, and how many references. */
import { modesOf } from '../models.ts';
import type { Model } from '../models.ts';
import { mostReferences } from '../modes.ts';
import type { Mode, ReferenceCapabilities } from '../modes.ts';
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ReferenceRole } from '../request.ts';
import { anyOf } from '../wording.ts';
import type { RequestedOptions } from './parse-options.ts';
import {
  countOf,
  describeAllReferences,
  describeReferences,
  REFERENCE_NAMES,
} from './references.ts';
import type { Violation } from './refusal-message.ts';

/** How what a mode starts from is called. */
export const MODE_TAKES = {
  text: 'text alone',
  'first-frame': 'a first frame',
  'first-and-last-frame': 'first and last frame',
  references: 'references',
} as const satisfies Record<Mode, string>;

/** What a model cannot do with the inputs of a wish; empty when it can. */
export function inputViolations(model: Model, requested: RequestedOptions): readonly Violation[] {
  if (model.modes[requested.mode] === undefined) return [modeViolation(model, requested)];
  const { references } = model.modes;
  if (requested.mode !== 'references' || references === undefined) return [];
  const tooMany = REFERENCE_ROLES.map((role) => countViolation(references, role, requested.inputs));
  const violations = tooMany.filter((violation) => violation !== undefined);
  return violations.length > 0 ? violations : soundAloneViolations(references, requested.inputs);
}

function modeViolation(model: Model, { mode, inputs }: RequestedOptions): Violation {
  const can = anyOf(modesOf(model).map((each) => MODE_TAKES[each]));
  const takesFrame = model.modes['first-frame'] !== undefined;
  return {
    topic: 'mode',
    verb: 'takes',
    can,
    ...modeWords(mode, inputs, takesFrame),
    distance: takesFrame ? 0 : 1,
  };
}

function modeWords(mode: Mode, inputs: readonly InputRole[], takesFrame: boolean) {
  switch (mode) {
    case 'text':
      return { asked: 'text alone', fix: 'add a first frame' };
    case 'first-frame':
      return { asked: 'a first frame', fix: 'leave the picture out' };
    case 'first-and-last-frame':
      return {
        asked: 'a last frame',
        fix: takesFrame ? 'leave the last frame out' : 'leave the pictures out',
      };
    case 'references': {
      const images = countOf(inputs, 'reference_image');
      const which = images > 1 ? 'one of the pictures' : 'the picture';
      return {
        asked: describeAllReferences(inputs),
        fix:
          takesFrame && images > 0
            ? `give ${which} as first_frame instead`
            : 'leave the references out',
      };
    }
    default:
      return mode satisfies never;
  }
}

function countViolation(
  references: ReferenceCapabilities,
  role: ReferenceRole,
  inputs: readonly InputRole[],
): Violation | undefined {
  const count = countOf(inputs, role);
  const most = mostReferences(references, role);
  if (count <= most) return undefined;
  const asked = describeReferences(role, count);
  const { one, many } = REFERENCE_NAMES[role];
  const rest = { topic: role, verb: 'takes', distance: count - most } as const;
  if (most > 0) return { ...rest, can: `up to ${most}`, asked, fix: `leave ${count - most} out` };
  return {
    ...rest,
    can: `up to ${references.mostImages} ${REFERENCE_NAMES.reference_image.many}`,
    asked,
    fix: `leave the ${count === 1 ? one : many} out`,
  };
}

function soundAloneViolations(
  { clips }: ReferenceCapabilities,
  inputs: readonly InputRole[],
): readonly Violation[] {
  const isSoundAlone = inputs.every((role) => role === 'reference_audio');
  if (!isSoundAlone || clips?.canBeSoundAlone !== false) return [];
  return [
    {
      topic: 'reference_audio',
      verb: 'takes',
      can: 'a reference sound beside a reference image or video',
      asked: 'a reference sound alone',
      fix: 'add a reference image',
      distance: 0,
    },
  ];
}

/** May this model do this? And if not: what can it do, and what is the nearest thing that works? */
import { describeFrames, describeLength, describeLengths } from './length.ts';
import { distanceSeconds, lengthOn, nearestLength } from './length.ts';
import { MODES } from './models.ts';
import type { Mode, Model } from './models.ts';
import type { Length, ModelId } from './request.ts';
import type { Wish } from './wish.ts';
import { allOf, anyOf } from './wording.ts';

/** One thing asked for that a model cannot do. Reads as "1.0-pro *makes* *2–12 s*, not *60 s*: *ask for 12 s*". */
export interface Objection {
  readonly topic: 'mode' | 'resolution' | 'ratio' | 'length' | 'audio' | 'camera';
  readonly verb: 'makes' | 'takes';
  readonly can: string;
  readonly asked: string;
  readonly fix: string;
  /** How far the fix is from what was asked, to choose between the fixes of several models. */
  readonly distance: number;
}

const MODE_WORDS = {
  text: { takes: 'text alone', asked: 'text alone', fix: 'add a first frame' },
  'first-frame': {
    takes: 'a first frame',
    asked: 'a first frame',
    fix: 'leave the picture out',
  },
  'first-and-last-frame': {
    takes: 'first and last frame',
    asked: 'a last frame',
    fix: 'leave the last frame out',
  },
} as const satisfies Record<Mode, object>;

/** Everything about a wish that a model cannot do; empty when it fits. */
export function objectionsTo(model: Model, wish: Wish): readonly Objection[] {
  const objections = [
    modeObjection(model, wish),
    resolutionObjection(model, wish),
    ratioObjection(model, wish),
    lengthObjection(model, wish),
    audioObjection(model, wish),
    cameraObjection(model, wish),
  ];
  return objections.filter((objection) => objection !== undefined);
}

/** The refusal for a model that was asked for by name. */
export function namedRefusal(
  model: ModelId,
  objections: readonly Objection[],
  others: readonly ModelId[],
): string {
  const reasons = objections.map(
    ({ verb, can, asked, fix }) => `${model} ${verb} ${can}, not ${asked}: ${fix}`,
  );
  const instead = others.length === 0 ? '' : `, or use ${anyOf(others)}`;
  return `${reasons.join('; ')}${instead}.`;
}

/** The refusal when no model does all of it: for each thing asked for, what is possible. */
export function unnamedRefusal(objectionsOf: ReadonlyMap<ModelId, readonly Objection[]>): string {
  const topics = new Set([...objectionsOf.values()].flat().map(({ topic }) => topic));
  const lines = [...topics].map((topic) => topicLine(topic, objectionsOf));
  return `No model here can do ${topics.size > 1 ? 'all of this together' : 'this'}. ${lines.join(' ')}`;
}

function topicLine(
  topic: Objection['topic'],
  objectionsOf: ReadonlyMap<ModelId, readonly Objection[]>,
): string {
  const able: ModelId[] = [];
  const unable: { model: ModelId; objection: Objection }[] = [];
  for (const [model, objections] of objectionsOf) {
    const objection = objections.find((each) => each.topic === topic);
    if (objection === undefined) able.push(model);
    else unable.push({ model, objection });
  }
  const [nearest] = unable.toSorted((a, b) => a.objection.distance - b.objection.distance);
  if (nearest === undefined) return '';
  const { asked, verb, fix } = nearest.objection;
  if (able.length > 0) return `${capitalised(asked)}: only ${allOf(able)}.`;
  const offers = Map.groupBy(unable, ({ objection }) => objection.can);
  const possible = [...offers].map(
    ([can, group]) =>
      `${allOf(group.map(({ model }) => model))} ${inNumber(verb, group.length)} ${can}`,
  );
  return `${capitalised(asked)}: ${possible.join('; ')}. ${capitalised(fix)}.`;
}

function inNumber(verb: Objection['verb'], count: number): string {
  return count > 1 ? verb.slice(0, -1) : verb;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function modeObjection(model: Model, { mode }: Wish): Objection | undefined {
  if (model.modes[mode] !== undefined) return undefined;
  const able = MODES.filter((each) => model.modes[each] !== undefined);
  const can = anyOf(able.map((each) => MODE_WORDS[each].takes));
  const { asked, fix } = MODE_WORDS[mode];
  return { topic: 'mode', verb: 'takes', can, asked, fix, distance: 0 };
}

function resolutionObjection(model: Model, { resolution }: Wish): Objection | undefined {
  if (resolution === undefined || model.resolutions.includes(resolution)) return undefined;
  const distanceTo = (each: string) =>
    Math.abs(Number.parseInt(each) - Number.parseInt(resolution));
  const [nearest = ''] = model.resolutions.toSorted((a, b) => distanceTo(a) - distanceTo(b));
  return {
    topic: 'resolution',
    verb: 'makes',
    can: anyOf(model.resolutions),
    asked: resolution,
    fix: `ask for ${nearest}`,
    distance: distanceTo(nearest),
  };
}

function ratioObjection(model: Model, { mode, ratio }: Wish): Objection | undefined {
  const abilities = model.modes[mode];
  if (ratio === undefined || abilities === undefined) return undefined;
  if (abilities.ratios.includes(ratio)) return undefined;
  return {
    topic: 'ratio',
    verb: 'takes',
    can: `${anyOf(abilities.ratios)} with ${MODE_WORDS[mode].takes}`,
    asked: `the ratio ${ratio}`,
    fix: `ask for ${abilities.defaultRatio}`,
    distance: 0,
  };
}

function lengthObjection(model: Model, { length }: Wish): Objection | undefined {
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

function audioObjection(model: Model, { hasAudio }: Wish): Objection | undefined {
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

function cameraObjection(model: Model, { isCameraFixed }: Wish): Objection | undefined {
  if (isCameraFixed !== true || model.canFixCamera) return undefined;
  return {
    topic: 'camera',
    verb: 'makes',
    can: 'its own camera movements',
    asked: 'a fixed camera',
    fix: 'leave camera_fixed off',
    distance: 0,
  };
}

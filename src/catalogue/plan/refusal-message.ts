/** The sentences of a refusal, made of what each model cannot do. */
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ModelId } from '../request.ts';
import { allOf, anyOf } from '../wording.ts';

/** One thing asked for that a model cannot do. Reads as "1.0-pro *makes* *2–12 s*, not *60 s*: *ask for 12 s*". */
export interface Violation {
  readonly topic: Topic;
  readonly verb: 'makes' | 'takes';
  readonly can: string;
  readonly asked: string;
  readonly fix: string;
  /** Said of a model that was named, where the parts do not read well together. */
  readonly sentence?: string;
  /** How far the fix is from what was asked, to choose between the fixes of several models. */
  readonly distance: number;
}

type Topic =
  | 'mode'
  | 'prompt'
  | InputRole
  | 'resolution'
  | 'ratio'
  | 'length'
  | 'audio'
  | 'camera'
  | 'watermark'
  | 'draft'
  | 'economy';

type ViolationsByModel = ReadonlyMap<ModelId, readonly Violation[]>;

/** A choice of more is no help; they are in the order they are preferred. */
const MOST_NAMED = 3;

/** About what people went to the trouble of uploading, the coarsest first. */
const INPUT_TOPICS: readonly (readonly Topic[])[] = [['mode'], REFERENCE_ROLES];

/**
 * The refusal for a model that was asked for by name.
 *
 * @param others the models that could do it, most preferred first
 */
export function namedRefusal(
  model: ModelId,
  violations: readonly Violation[],
  others: readonly ModelId[],
): string {
  const reasons = violations.map(
    ({ verb, can, asked, fix, sentence }) =>
      sentence ?? `${model} ${verb} ${can}, not ${asked}: ${fix}`,
  );
  const instead = others.length === 0 ? '' : `, or use ${anyOf(others.slice(0, MOST_NAMED))}`;
  return `${capitalised(reasons.join('; '))}${instead}.`;
}

/** The refusal when no model does all of it: for each thing that stands in the way, what is possible. */
export function unnamedRefusal(violationsByModel: ViolationsByModel): string {
  const near = takingTheInputs(violationsByModel);
  const topics = topicsInTheWay(near);
  const lines = topics.map((topic) => topicLine(topic, near));
  return `No model here can do ${topics.length > 1 ? 'all of this together' : 'this'}. ${lines.join(' ')}`;
}

/** The models that take what was uploaded, or come nearest to it: they are the ones to speak of. */
function takingTheInputs(violationsByModel: ViolationsByModel): ViolationsByModel {
  return INPUT_TOPICS.reduce((near, topics) => {
    const taking = [...near].filter(
      ([, violations]) => !violations.some(({ topic }) => topics.includes(topic)),
    );
    return taking.length === 0 ? near : new Map(taking);
  }, violationsByModel);
}

/**
 * What no model does by itself; where there is no such thing, the fewest that no model does
 * together, so that nobody is told to give up what could be kept.
 */
function topicsInTheWay(violationsByModel: ViolationsByModel): readonly Topic[] {
  const all = [...violationsByModel.values()];
  const isImpossible = (topics: readonly Topic[]) =>
    all.every((violations) => violations.some(({ topic }) => topics.includes(topic)));

  const topics = [...new Set(all.flat().map(({ topic }) => topic))];
  const impossible = topics.filter((topic) => isImpossible([topic]));
  if (impossible.length > 0) return impossible;
  return topics.reduce((kept, topic) => {
    const rest = kept.filter((each) => each !== topic);
    return isImpossible(rest) ? rest : kept;
  }, topics);
}

function topicLine(topic: Topic, violationsByModel: ViolationsByModel): string {
  const able: ModelId[] = [];
  const unable: { model: ModelId; violation: Violation }[] = [];
  for (const [model, violations] of violationsByModel) {
    const violation = violations.find((each) => each.topic === topic);
    if (violation === undefined) able.push(model);
    else unable.push({ model, violation });
  }
  const [nearest] = unable.toSorted((a, b) => a.violation.distance - b.violation.distance);
  if (nearest === undefined) return '';
  const { asked, verb, fix } = nearest.violation;
  if (able.length > 0) return `${capitalised(asked)}: only ${allOf(able)}.`;
  const offers = Map.groupBy(unable, ({ violation }) => violation.can);
  const possible = [...offers].map(
    ([can, group]) =>
      `${allOf(group.map(({ model }) => model))} ${inNumber(verb, group.length)} ${can}`,
  );
  return `${capitalised(asked)}: ${possible.join('; ')}. ${capitalised(fix)}.`;
}

function inNumber(verb: Violation['verb'], count: number): string {
  return count > 1 ? verb.slice(0, -1) : verb;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

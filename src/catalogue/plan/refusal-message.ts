/** The sentences of a refusal, made of what each model cannot do. */
import { text, type Text, type TextList, type TextValue } from '../../text/text.ts';
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ModelId } from '../request.ts';

/** One thing asked for that a model cannot do. */
export interface Violation {
  readonly topic: Topic;
  /** Such as `2.0 makes no sound`: why a model that was named cannot do it. */
  readonly reason: (model: TextValue) => Text;
  /** Such as `No model here makes sound`: said where none can do it. */
  readonly none: (models: TextValue) => Text;
  /** What was asked for, such as `sound`. */
  readonly asked: TextValue;
  /** What the model does instead, where that differs from model to model. */
  readonly can?: TextValue;
  /** What to change, such as `Turn audio off`. */
  readonly fix: Text;
  /** How far the fix is from what was asked, to choose between the fixes of several models. */
  readonly distance: number;
  /** Whether the model itself could do it, and only the vendors here cannot. */
  readonly isOfVendor?: boolean;
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

/** Such as `2.0 makes no sound. Turn audio off, or use 1.5-pro.` */
export function reasonAndFix(
  { reason, fix }: { readonly reason: Text; readonly fix: Text },
  others: readonly ModelId[] = [],
): Text {
  return others.length === 0
    ? text('plan:reasonAndFix', { reason, fix })
    : text('plan:reasonAndFixOrUse', { reason, fix, models: { anyOf: others } });
}

/**
 * The refusal for a model that was asked for by name.
 *
 * @param others the models that could do it, most preferred first
 */
export function namedRefusal(
  model: ModelId,
  violations: readonly Violation[],
  others: readonly ModelId[],
): Text | TextList {
  const few = others.slice(0, MOST_NAMED);
  const faults = violations.map(({ reason, fix, isOfVendor }) => ({
    reason: reason(isOfVendor === true ? text('plan:modelHere', { model }) : model),
    fix,
  }));
  const [only] = faults;
  if (only !== undefined && faults.length === 1) return reasonAndFix(only, few);
  const useForAll = few.length === 0 ? [] : [text('plan:useForAll', { models: { anyOf: few } })];
  return { sentences: [...faults.map((fault) => reasonAndFix(fault)), ...useForAll] };
}

/** The refusal when no model does all of it: for each thing that stands in the way, what is possible. */
export function unnamedRefusal(violationsByModel: ViolationsByModel): Text | TextList {
  const near = takingTheInputs(violationsByModel);
  const impossible = impossibleTopics(near);
  if (impossible.length > 0) {
    const isForAll = (topic: Topic) => isImpossible([topic], violationsByModel);
    return {
      sentences: impossible.flatMap((topic) => impossibleSentences(topic, near, isForAll(topic))),
    };
  }
  const options = clashingTopics(near).map((topic) => onlyModels(topic, near));
  return text('plan:notTogether', { options: { clauses: options } });
}

/** The models that take what was uploaded, or come nearest to it. The refusal speaks of these. */
function takingTheInputs(violationsByModel: ViolationsByModel): ViolationsByModel {
  return INPUT_TOPICS.reduce((near, topics) => {
    const taking = [...near].filter(
      ([, violations]) => !violations.some(({ topic }) => topics.includes(topic)),
    );
    return taking.length === 0 ? near : new Map(taking);
  }, violationsByModel);
}

/** Whether each model has a violation of one of these topics. */
function isImpossible(topics: readonly Topic[], violationsByModel: ViolationsByModel): boolean {
  return [...violationsByModel.values()].every((violations) =>
    violations.some(({ topic }) => topics.includes(topic)),
  );
}

function topicsOf(violationsByModel: ViolationsByModel): readonly Topic[] {
  return [...new Set([...violationsByModel.values()].flat().map(({ topic }) => topic))];
}

/** What no model does by itself. */
function impossibleTopics(violationsByModel: ViolationsByModel): readonly Topic[] {
  return topicsOf(violationsByModel).filter((topic) => isImpossible([topic], violationsByModel));
}

/** The fewest topics that no model does together, so that members give up no more than they must. */
function clashingTopics(violationsByModel: ViolationsByModel): readonly Topic[] {
  return topicsOf(violationsByModel).reduce((kept, topic) => {
    const rest = kept.filter((each) => each !== topic);
    return isImpossible(rest, violationsByModel) ? rest : kept;
  }, topicsOf(violationsByModel));
}

/** @param isForAll whether it is impossible for the models too that do not take what was uploaded */
function impossibleSentences(
  topic: Topic,
  near: ViolationsByModel,
  isForAll: boolean,
): readonly Text[] {
  const unable = unableIn(topic, near);
  const [nearest] = unable.toSorted((a, b) => a.violation.distance - b.violation.distance);
  if (nearest === undefined) return [];
  const { none, fix } = nearest.violation;
  const isOfInputs = INPUT_TOPICS.flat().includes(topic);
  const models = text(isForAll || isOfInputs ? 'plan:noModel' : 'plan:noModelForFiles');
  const options = possibleOptions(unable);
  if (options.length === 0) return [reasonAndFix({ reason: none(models), fix })];
  return [
    text('plan:reason', { reason: none(models) }),
    text('plan:possible', { options: { clauses: options } }),
    text('plan:reason', { reason: fix }),
  ];
}

interface Unable {
  readonly model: ModelId;
  readonly violation: Violation;
}

function unableIn(topic: Topic, violationsByModel: ViolationsByModel): readonly Unable[] {
  return [...violationsByModel].flatMap(([model, violations]) => {
    const violation = violations.find((each) => each.topic === topic);
    return violation === undefined ? [] : [{ model, violation }];
  });
}

/** What the models do instead, those that do the same together. */
function possibleOptions(unable: readonly Unable[]): readonly Text[] {
  const able = unable.flatMap(({ model, violation: { can } }) =>
    can === undefined ? [] : [{ model, can }],
  );
  const groups = Map.groupBy(able, ({ can }) => JSON.stringify(can));
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ can }) => {
      const models = { allOf: group.map(({ model }) => model) };
      return text('plan:possibleOption', { can, models });
    }),
  );
}

/** Such as `sound (only 1.5-pro)`. */
function onlyModels(topic: Topic, near: ViolationsByModel): Text {
  const unable = unableIn(topic, near);
  const able = [...near.keys()].filter((model) => !unable.some((each) => each.model === model));
  const asked = unable[0]?.violation.asked ?? '';
  return text('plan:onlyModels', { asked, models: { allOf: able } });
}

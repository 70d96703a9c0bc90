/** Composes the sentences of a refusal from the violations of each model. */
import { text, type Text, type TextList, type TextValue } from '../../text/text.ts';
import { REFERENCE_ROLES } from '../request.ts';
import type { InputRole, ModelId } from '../request.ts';

/** An option that a model does not support. */
export interface Violation {
  readonly topic: Topic;
  /** Why a named model does not support it, such as `2.0 makes no sound`. */
  readonly reason: (model: TextValue) => Text;
  /** Used when no model supports it, such as `No model here makes sound`. */
  readonly none: (models: TextValue) => Text;
  /** The requested option, such as `sound`. */
  readonly asked: TextValue;
  /** What the model supports instead, if that differs between models. */
  readonly can?: TextValue;
  /** What to change, such as `Turn audio off`. */
  readonly fix: Text;
  /** How far the fix is from the request; the fix of the nearest model is shown. */
  readonly distance: number;
  /** Whether the model supports it, but no vendor here does. */
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

/** The maximum number of suggested models, most preferred first; a longer list does not help. */
const MOST_NAMED = 3;

/**
 * Violations of uploaded inputs, most general first. Members took trouble to upload them, so models that
 * accept them come first.
 */
const INPUT_TOPICS: readonly (readonly Topic[])[] = [['mode'], REFERENCE_ROLES];

/** Combines reason and fix, such as `2.0 makes no sound. Turn audio off, or use 1.5-pro.` */
export function reasonAndFix(
  { reason, fix }: { readonly reason: Text; readonly fix: Text },
  others: readonly ModelId[] = [],
): Text {
  return others.length === 0
    ? text('plan:reasonAndFix', { reason, fix })
    : text('plan:reasonAndFixOrUse', { reason, fix, models: { anyOf: others } });
}

/**
 * Returns the refusal for a model that the member named.
 *
 * @param others the models that support the request, most preferred first
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

/** Returns the refusal when no model supports the whole request: what is possible for each violation. */
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

/** Returns the models that accept the uploads, or come nearest to that. The refusal mentions only these. */
function takingTheInputs(violationsByModel: ViolationsByModel): ViolationsByModel {
  return INPUT_TOPICS.reduce((near, topics) => {
    const taking = [...near].filter(
      ([, violations]) => !violations.some(({ topic }) => topics.includes(topic)),
    );
    return taking.length === 0 ? near : new Map(taking);
  }, violationsByModel);
}

/** Returns whether every model has a violation of one of these topics. */
function isImpossible(topics: readonly Topic[], violationsByModel: ViolationsByModel): boolean {
  return [...violationsByModel.values()].every((violations) =>
    violations.some(({ topic }) => topics.includes(topic)),
  );
}

function topicsOf(violationsByModel: ViolationsByModel): readonly Topic[] {
  return [...new Set([...violationsByModel.values()].flat().map(({ topic }) => topic))];
}

/** Returns the topics that no model supports on their own. */
function impossibleTopics(violationsByModel: ViolationsByModel): readonly Topic[] {
  return topicsOf(violationsByModel).filter((topic) => isImpossible([topic], violationsByModel));
}

/**
 * Returns the smallest set of topics that no model supports together, so that members give up no more
 * than necessary.
 */
function clashingTopics(violationsByModel: ViolationsByModel): readonly Topic[] {
  return topicsOf(violationsByModel).reduce((kept, topic) => {
    const rest = kept.filter((each) => each !== topic);
    return isImpossible(rest, violationsByModel) ? rest : kept;
  }, topicsOf(violationsByModel));
}

/** @param isForAll whether also the models that do not accept the uploads lack the option */
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

/** Lists what the models support instead, grouped by equal capabilities. */
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

/** Names the models that support the option, such as `sound (only 1.5-pro)`. */
function onlyModels(topic: Topic, near: ViolationsByModel): Text {
  const unable = unableIn(topic, near);
  const able = [...near.keys()].filter((model) => !unable.some((each) => each.model === model));
  const asked = unable[0]?.violation.asked ?? '';
  return text('plan:onlyModels', { asked, models: { allOf: able } });
}

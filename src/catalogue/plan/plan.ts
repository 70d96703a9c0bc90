/**
 * From what a member typed to a request in which everything is decided: flags taken out of the
 * prompt, wishes checked, a model chosen, defaults filled in. Refuses with a sentence that names the
 * nearest thing that works.
 */
import { UserError } from '../../errors.ts';
import {
  canFixCameraIn,
  DRAFT_RESOLUTION,
  draftsWithin,
  modelOf,
  resolutionsIn,
} from '../models.ts';
import type { Model } from '../models.ts';
import { mergePromptFlags } from '../prompt/prompt-flags.ts';
import { MODEL_IDS } from '../request.ts';
import type {
  AskedOptions,
  Length,
  ModelId,
  Ratio,
  Resolution,
  Tier,
  VideoRequest,
} from '../request.ts';
import { anyOf } from '../wording.ts';
import { objectionsTo } from './fit.ts';
import { DEFAULT_SECONDS, lengthOn } from './length.ts';
import { namedRefusal, unnamedRefusal } from './refusal.ts';
import { checkPromptLength, readWish } from './wish.ts';
import type { Wish } from './wish.ts';

/** What fills options that were omitted. One that the chosen model cannot do is passed over. */
export interface OptionDefaults {
  readonly model?: ModelId | undefined;
  readonly resolution?: Resolution | undefined;
  readonly ratio?: Ratio | undefined;
  readonly length?: Length | undefined;
  readonly isCameraFixed?: boolean | undefined;
  readonly hasAudio?: boolean | undefined;
  readonly hasWatermark?: boolean | undefined;
  readonly isDraft?: boolean | undefined;
  readonly tier?: Tier | undefined;
}

export interface PlanContext {
  /** The models this server may use, at whichever vendor. */
  readonly offered: readonly ModelId[];
  /** Those of them that some vendor here has on the slower tier; left out: all that know it. */
  readonly onFlex?: readonly ModelId[] | undefined;
  /** A whole number, 0 … 2147483647, for a request that names no seed. */
  drawSeed(): number;
  /** The largest the server allows; a draft is only made where its final is within it. */
  readonly maxResolution?: Resolution | undefined;
  readonly defaults?: OptionDefaults | undefined;
}

export const DEFAULT_RESOLUTION: Resolution = '720p';

/**
 * @param asked what was typed, on whichever path: command, modal or button
 * @throws UserError whose message says what was wrong and what would be right
 */
export function planRequest(asked: AskedOptions, context: PlanContext): VideoRequest {
  const offered = inOrder(context);
  if (offered.length === 0) {
    throw new UserError('No model can be used here at present. Ask a moderator, or try later.');
  }
  checkPromptLength(asked.prompt);
  const wish = readWish(mergePromptFlags(asked), offered);
  const models = offered.map((id) => modelHere(id, context));
  return filledIn(wish, chooseModel(wish, models), context);
}

/** A model as far as the vendors and the server here let it be used. */
export function modelHere(
  id: ModelId,
  { onFlex, maxResolution }: Pick<PlanContext, 'onFlex' | 'maxResolution'>,
): Model {
  const model = modelOf(id);
  return {
    ...model,
    canUseFlex: model.canUseFlex && onFlex?.includes(id) !== false,
    drafts: draftsWithin(model, maxResolution),
  };
}

/** The offered models in the order they are tried. */
function inOrder({ offered, defaults }: PlanContext): readonly ModelId[] {
  const preferred = defaults?.model === undefined ? [] : [defaults.model];
  return [...new Set([...preferred, ...MODEL_IDS])].filter((id) => offered.includes(id));
}

/** The model asked for, or else the first that fits. */
function chooseModel(wish: Wish, models: readonly Model[]): Model {
  const objectionsOf = new Map(models.map((model) => [model.id, objectionsTo(model, wish)]));
  const fitting = models.filter(({ id }) => objectionsOf.get(id)?.length === 0);

  if (wish.model === undefined) {
    const [first] = fitting;
    if (first === undefined) throw new UserError(unnamedRefusal(objectionsOf));
    return first;
  }
  const named = models.find(({ id }) => id === wish.model);
  if (named === undefined) {
    const choice = anyOf(models.map(({ id }) => id));
    throw new UserError(`${wish.model} cannot be used here. Choose ${choice}.`);
  }
  const objections = objectionsOf.get(named.id) ?? [];
  if (objections.length === 0) return named;
  const others = fitting.map(({ id }) => id);
  throw new UserError(namedRefusal(named.id, objections, others));
}

function filledIn(wish: Wish, model: Model, context: PlanContext): VideoRequest {
  const { defaults = {} } = context;
  const knowsDrafts = modelOf(model.id).drafts !== undefined;
  const isDraft = knowsDrafts
    ? model.drafts !== undefined && isDraftFor(wish, defaults)
    : undefined;
  return {
    model: model.id,
    prompt: wish.prompt,
    ratio: ratioFor(wish.ratio ?? defaults.ratio, model, wish),
    length: lengthFor(model, wish.length, defaults.length),
    seed: wish.seed ?? context.drawSeed(),
    ...switchesFor(wish, model, defaults),
    inputs: [...wish.inputs],
    isDraft,
    ...(isDraft === true ? asDraft(model) : asFinished(wish, model, defaults)),
  };
}

function switchesFor(wish: Wish, model: Model, defaults: OptionDefaults) {
  const isCameraFixed = wish.isCameraFixed ?? defaults.isCameraFixed ?? false;
  const hasAudio = wish.hasAudio ?? defaults.hasAudio ?? true;
  return {
    isCameraFixed: canFixCameraIn(model, wish.mode) ? isCameraFixed : undefined,
    hasAudio: model.canMakeAudio ? hasAudio : undefined,
    hasWatermark: wish.hasWatermark ?? defaults.hasWatermark ?? false,
  };
}

/** What every draft is, whatever the defaults say: the vendor refuses one that is anything else. */
function asDraft(model: Model) {
  return {
    resolution: DRAFT_RESOLUTION,
    tier: tierFor('default', model),
    returnsLastFrame: false,
  };
}

function asFinished(wish: Wish, model: Model, defaults: OptionDefaults) {
  return {
    resolution: resolutionFor(wish.resolution ?? defaults.resolution, model, wish),
    tier: tierFor(wish.tier ?? defaults.tier, model),
    returnsLastFrame: true,
  };
}

/** A draft by default gives way to whatever was asked for that drafts cannot have. */
function isDraftFor(wish: Wish, defaults: OptionDefaults): boolean {
  if (wish.isDraft !== undefined) return wish.isDraft;
  const isPossible =
    wish.tier !== 'flex' && (wish.resolution === undefined || wish.resolution === DRAFT_RESOLUTION);
  return isPossible && defaults.isDraft === true;
}

/** @returns undefined where the model has no such field */
export function tierFor(wanted: Tier | undefined, model: Model): Tier | undefined {
  if (!modelOf(model.id).canUseFlex) return undefined;
  return model.canUseFlex ? (wanted ?? 'default') : 'default';
}

function resolutionFor(
  wanted: Resolution | undefined,
  model: Model,
  { mode }: Pick<Wish, 'mode'>,
): Resolution {
  const isMade = wanted !== undefined && resolutionsIn(model, mode).includes(wanted);
  return isMade ? wanted : DEFAULT_RESOLUTION;
}

function ratioFor(wanted: Ratio | undefined, model: Model, { mode, inputs }: Wish): Ratio {
  const abilities = model.modes[mode];
  if (wanted !== undefined && abilities?.ratios.includes(wanted) === true) return wanted;
  // Sound has no shape that the ratio could follow.
  const hasShape = inputs.length === 0 || inputs.some((role) => role !== 'reference_audio');
  return (hasShape ? abilities?.defaultRatio : undefined) ?? '16:9';
}

function lengthFor(model: Model, ...wanted: readonly (Length | undefined)[]): Length {
  for (const each of wanted) {
    const length = each === undefined ? undefined : lengthOn(model, each);
    if (length !== undefined) return length;
  }
  return { unit: 'seconds', seconds: DEFAULT_SECONDS };
}

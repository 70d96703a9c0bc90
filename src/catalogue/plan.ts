/**
 * From what a member typed to a request in which everything is decided: flags taken out of the
 * prompt, wishes checked, a model chosen, defaults filled in. Refuses with a sentence that names the
 * nearest thing that works.
 */
import { UserError } from '../errors.ts';
import { namedRefusal, objectionsTo, unnamedRefusal } from './fit.ts';
import { DEFAULT_SECONDS, lengthOn } from './length.ts';
import { MODE_INPUTS, modelOf } from './models.ts';
import type { Model } from './models.ts';
import { mergePromptFlags } from './prompt-flags.ts';
import { MODEL_IDS } from './request.ts';
import type { AskedOptions, Length, ModelId, Ratio, Resolution, VideoRequest } from './request.ts';
import { checkPromptLength, readWish } from './wish.ts';
import type { Wish } from './wish.ts';
import { anyOf } from './wording.ts';

/** What fills options that were omitted. One that the chosen model cannot do is passed over. */
export interface OptionDefaults {
  readonly model?: ModelId | undefined;
  readonly resolution?: Resolution | undefined;
  readonly ratio?: Ratio | undefined;
  readonly length?: Length | undefined;
  readonly isCameraFixed?: boolean | undefined;
  readonly hasAudio?: boolean | undefined;
  readonly hasWatermark?: boolean | undefined;
}

export interface PlanContext {
  /** The models this server may use, at whichever vendor. */
  readonly offered: readonly ModelId[];
  /** A whole number, 0 … 2147483647, for a request that names no seed. */
  drawSeed(): number;
  readonly defaults?: OptionDefaults | undefined;
}

const DEFAULT_RESOLUTION: Resolution = '720p';

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
  return filledIn(wish, modelOf(chooseModel(wish, offered)), context);
}

/** The offered models in the order they are tried. */
function inOrder({ offered, defaults }: PlanContext): readonly ModelId[] {
  const preferred = defaults?.model === undefined ? [] : [defaults.model];
  return [...new Set([...preferred, ...MODEL_IDS])].filter((id) => offered.includes(id));
}

/** The model asked for, or else the first that fits. */
function chooseModel(wish: Wish, offered: readonly ModelId[]): ModelId {
  const objectionsOf = new Map(offered.map((id) => [id, objectionsTo(modelOf(id), wish)] as const));
  const fitting = offered.filter((id) => objectionsOf.get(id)?.length === 0);

  if (wish.model === undefined) {
    const [first] = fitting;
    if (first === undefined) throw new UserError(unnamedRefusal(objectionsOf));
    return first;
  }
  const objections = objectionsOf.get(wish.model);
  if (objections === undefined) {
    throw new UserError(`${wish.model} cannot be used here. Choose ${anyOf(offered)}.`);
  }
  if (objections.length === 0) return wish.model;
  throw new UserError(namedRefusal(wish.model, objections, fitting));
}

function filledIn(wish: Wish, model: Model, context: PlanContext): VideoRequest {
  const { defaults = {} } = context;
  return {
    model: model.id,
    prompt: wish.prompt,
    resolution: resolutionFor(wish.resolution ?? defaults.resolution, model),
    ratio: ratioFor(wish.ratio ?? defaults.ratio, model, wish),
    length: lengthFor(model, wish.length, defaults.length),
    seed: wish.seed ?? context.drawSeed(),
    isCameraFixed: model.canFixCamera
      ? (wish.isCameraFixed ?? defaults.isCameraFixed ?? false)
      : undefined,
    hasAudio: model.canMakeAudio ? (wish.hasAudio ?? defaults.hasAudio ?? true) : undefined,
    hasWatermark: wish.hasWatermark ?? defaults.hasWatermark ?? false,
    inputs: [...MODE_INPUTS[wish.mode]],
  };
}

function resolutionFor(wanted: Resolution | undefined, model: Model): Resolution {
  return wanted !== undefined && model.resolutions.includes(wanted) ? wanted : DEFAULT_RESOLUTION;
}

function ratioFor(wanted: Ratio | undefined, model: Model, { mode }: Wish): Ratio {
  const abilities = model.modes[mode];
  if (wanted !== undefined && abilities?.ratios.includes(wanted) === true) return wanted;
  return abilities?.defaultRatio ?? '16:9';
}

function lengthFor(model: Model, ...wanted: readonly (Length | undefined)[]): Length {
  for (const each of wanted) {
    const length = each === undefined ? undefined : lengthOn(model, each);
    if (length !== undefined) return length;
  }
  return { unit: 'seconds', seconds: DEFAULT_SECONDS };
}

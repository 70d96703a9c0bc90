/**
 * Parses and checks a member's options as far as possible without a model: known words, valid
 * combinations of pictures, numbers in range.
 */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { echoed } from '../echoed.ts';
import { DRAFT_RESOLUTION } from '../models.ts';
import type { Mode } from '../modes.ts';
import { isBlank } from '../prompt/normalize-text.ts';
import {
  FIXED_RATIOS,
  MAX_PROMPT_LENGTH,
  MODEL_IDS,
  MOST_SEED,
  RATIOS,
  RESOLUTIONS,
} from '../request.ts';
import type {
  AskedOptions,
  InputRole,
  ModelId,
  Ratio,
  Resolution,
  Shape,
  Tier,
  VideoRequest,
} from '../request.ts';
import { modeOf, readInputs } from './inputs.ts';
import { MODEL_CHOOSES } from './length.ts';
import type { RequestedLength } from './length.ts';

/** The options that the member set; undefined ones are left to defaults. */
export interface RequestedOptions {
  readonly prompt: string;
  readonly mode: Mode;
  /** In sending order. */
  readonly inputs: readonly InputRole[];
  readonly model: ModelId | undefined;
  readonly resolution: Resolution | undefined;
  readonly ratio: Ratio | undefined;
  /** The shape of the picture that the ratio follows if none is named. */
  readonly shape?: Shape | undefined;
  readonly length: RequestedLength | undefined;
  readonly seed: number | undefined;
  readonly isCameraFixed: boolean | undefined;
  readonly hasAudio: boolean | undefined;
  readonly hasWatermark: boolean | undefined;
  readonly isDraft: boolean | undefined;
  readonly tier: Tier | undefined;
}

/**
 * Parses the options of a request.
 *
 * @param asked with the flags of its prompt already merged in
 * @param choosable the models to suggest when the requested one is unknown
 * @throws UserError with the fault and its fix
 */
export function parseOptions(asked: AskedOptions, choosable: readonly ModelId[]): RequestedOptions {
  const isUnprompted = isBlank(asked.prompt);
  if (isUnprompted) checkUnprompted(asked);
  const resolution = asked.resolution === undefined ? undefined : readResolution(asked.resolution);
  checkDraft(asked, resolution);
  return {
    prompt: isUnprompted ? '' : asked.prompt,
    ...readInputs(asked.inputs),
    model: asked.model === undefined ? undefined : readModel(asked.model, choosable),
    resolution,
    ratio: asked.ratio === undefined ? undefined : readRatio(asked.ratio),
    shape: asked.shape,
    length: readLength(asked),
    seed: asked.seed === undefined ? undefined : readSeed(asked.seed),
    isCameraFixed: asked.cameraFixed,
    hasAudio: asked.audio,
    hasWatermark: asked.watermark,
    isDraft: asked.draft,
    tier: readTier(asked.economy),
  };
}

/** Converts a complete request back to requested options, to find other models that support them. */
export function optionsOf(request: VideoRequest): RequestedOptions {
  return {
    prompt: request.prompt,
    mode: modeOf(request.inputs),
    inputs: request.inputs,
    model: request.model,
    resolution: request.resolution,
    ratio: request.ratio,
    length: request.length,
    seed: request.seed,
    isCameraFixed: request.isCameraFixed,
    hasAudio: request.hasAudio,
    hasWatermark: request.hasWatermark,
    isDraft: request.isDraft,
    tier: request.tier,
  };
}

function readTier(economy: boolean | undefined): Tier | undefined {
  if (economy === undefined) return undefined;
  return economy ? 'flex' : 'default';
}

/** Every draft has the same resolution and tier, whatever the model. */
function checkDraft({ draft, economy }: AskedOptions, resolution: Resolution | undefined): void {
  if (draft !== true) return;
  if (resolution !== undefined && resolution !== DRAFT_RESOLUTION) {
    throw new UserError(text('plan:draftResolution', { draft: DRAFT_RESOLUTION }));
  }
  if (economy === true) {
    throw new UserError(text('plan:draftEconomy'));
  }
}

/** @throws UserError if the prompt is longer than `/video` accepts */
export function checkPromptLength(prompt: string): void {
  if (prompt.length <= MAX_PROMPT_LENGTH) return;
  const excess = prompt.length - MAX_PROMPT_LENGTH;
  throw new UserError(
    text('plan:promptTooLong', { length: prompt.length, most: MAX_PROMPT_LENGTH, excess }),
  );
}

/** Text is optional beside a picture or a video (BytePlus ModelArk API reference, `content`). */
function checkUnprompted({ inputs }: AskedOptions): void {
  if (inputs.some((role) => role !== 'reference_audio')) return;
  throw new UserError(text('plan:promptEmpty'));
}

/**
 * Parses a model id in any case, with or without the word Seedance, with spaces for hyphens.
 *
 * @param choosable the models to suggest when the typed text is not a model
 * @throws UserError
 */
export function readModel(typed: string, choosable: readonly ModelId[]): ModelId {
  const id = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^seedance[\s_-]*/, '')
    .replaceAll(/[\s_]+/g, '-');
  const model = MODEL_IDS.find((each) => each === id);
  if (model !== undefined) return model;
  throw new UserError(
    choosable.length === 0
      ? text('plan:unknownModelOnly', { typed: echoed(typed) })
      : text('plan:unknownModel', { typed: echoed(typed), options: { anyOf: choosable } }),
  );
}

function readResolution(typed: string): Resolution {
  const written = typed.normalize('NFKC').trim().toLowerCase();
  const resolution = RESOLUTIONS.find((each) => each === written);
  if (resolution !== undefined) return resolution;
  const lines = linesOf(written);
  const nearest = lines === undefined ? undefined : nearestOf(RESOLUTIONS, lines, Number.parseInt);
  const unknown = { typed: echoed(typed), options: { anyOf: RESOLUTIONS } };
  throw new UserError(
    nearest === undefined
      ? text('plan:unknownResolution', unknown)
      : text('plan:unknownResolutionNear', { ...unknown, nearest }),
  );
}

/** Returns the number of lines in `1440p`, `1440`, or `2k` (1080) and `4k` (2160). */
function linesOf(written: string): number | undefined {
  const [, digits = '', unit] = /^(\d{1,6})(p|k)?$/.exec(written) ?? [];
  if (digits === '') return undefined;
  return Number(digits) * (unit === 'k' ? 540 : 1);
}

function readRatio(typed: string): Ratio {
  const written = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/\s*[x×/]\s*/, ':');
  const ratio = RATIOS.find((each) => each === written);
  if (ratio !== undefined) return ratio;
  const quotient = quotientOf(written);
  const nearest =
    quotient === undefined
      ? undefined
      : nearestOf(FIXED_RATIOS, Math.log(quotient), (each) => Math.log(quotientOf(each) ?? 1));
  const unknown = { typed: echoed(typed), options: { anyOf: RATIOS } };
  throw new UserError(
    nearest === undefined
      ? text('plan:unknownRatio', unknown)
      : text('plan:unknownRatioNear', { ...unknown, nearest }),
  );
}

function quotientOf(ratio: string): number | undefined {
  const [, width, height] = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(ratio) ?? [];
  const quotient = Number(width) / Number(height);
  return Number.isFinite(quotient) && quotient > 0 ? quotient : undefined;
}

function nearestOf<Item extends string>(
  items: readonly Item[],
  value: number,
  measure: (item: Item) => number,
): Item | undefined {
  const apart = items.map((item) => Math.abs(measure(item) - value));
  return items[apart.indexOf(Math.min(...apart))];
}

function readLength({ duration, frames }: AskedOptions): RequestedLength | undefined {
  if (frames !== undefined) return { unit: 'frames', frames };
  if (duration === undefined) return undefined;
  if (duration === MODEL_CHOOSES) return { unit: 'model-chooses' };
  if (Number.isFinite(duration)) return { unit: 'seconds', seconds: duration };
  throw new UserError(text('plan:durationNotNumber'));
}

/** For the vendors -1 means any seed, as does an omitted one. */
function readSeed(seed: number): number | undefined {
  if (seed === -1) return undefined;
  if (Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED) return seed;
  const nearest = Math.min(Math.max(Math.round(seed) || 0, 0), MOST_SEED);
  throw new UserError(text('plan:seedRange', { most: MOST_SEED, seed, nearest }));
}

/** Checks orders against a server's settings and applies its defaults. Pure. */
import { draftsWithin, modelOf, type Model } from '../../catalogue/models.ts';
import type { OptionDefaults, PlanContext, PlanOffer } from '../../catalogue/plan/context.ts';
import { DEFAULT_RESOLUTION } from '../../catalogue/plan/fill-in.ts';
import { describeLength, DEFAULT_SECONDS, secondsOf } from '../../catalogue/plan/length.ts';
import { normalizeText } from '../../catalogue/prompt/normalize-text.ts';
import {
  RESOLUTIONS,
  type ModelId,
  type Resolution,
  type VideoRequest,
} from '../../catalogue/request.ts';
import { UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import type { ServerSettings } from './server-settings.ts';

/** The channel of an order and, for a thread, its parent channel. */
export type ChannelIds = readonly string[];

/** The relevant fields of an interaction. */
interface SomewhereInServer {
  readonly channelId: string | null;
  readonly channel: { isThread(): boolean; readonly parentId?: string | null } | null;
}

/** Returns the ids to check; a thread also counts as its parent channel. */
export function channelIdsOf({ channelId, channel }: SomewhereInServer): ChannelIds {
  const parentId = channel?.isThread() === true ? channel.parentId : undefined;
  return [channelId, parentId].filter((id) => typeof id === 'string');
}

export function allowedModels(
  { forbiddenModels }: ServerSettings,
  offered: readonly ModelId[],
): ModelId[] {
  return offered.filter((model) => !forbiddenModels.includes(model));
}

/** Returns the server's defaults, or the global ones, capped by the server's limits. */
export function defaultsWithin({
  defaults,
  maxSeconds,
  maxResolution,
}: ServerSettings): OptionDefaults {
  const resolution = defaults.resolution ?? DEFAULT_RESOLUTION;
  const length = defaults.length ?? { unit: 'seconds', seconds: DEFAULT_SECONDS };
  const isTooLong =
    maxSeconds !== undefined && (length.unit === 'model-chooses' || secondsOf(length) > maxSeconds);
  return {
    ...defaults,
    resolution:
      maxResolution !== undefined && isAbove(resolution, maxResolution)
        ? maxResolution
        : resolution,
    length: isTooLong ? { unit: 'seconds', seconds: maxSeconds } : length,
  };
}

/** Returns the resolutions of finals that the server allows for drafts of the model, smallest first. */
export function finalsWithin(
  { maxResolution }: Pick<ServerSettings, 'maxResolution'>,
  model: ModelId,
): readonly Resolution[] {
  return draftsWithin(modelOf(model), maxResolution)?.finals ?? [];
}

/** Limits the finals of the model's drafts; without any allowed final no draft is made. */
function modelWithin(model: Model, { maxResolution }: ServerSettings): Model {
  return { ...model, drafts: draftsWithin(model, maxResolution) };
}

/** Returns the planning context of a server: its allowed models, defaults and limits. */
export function planContext(
  settings: ServerSettings,
  offers: readonly PlanOffer[],
  drawSeed: () => number,
): PlanContext {
  return {
    offers: offers
      .filter(({ model }) => !settings.forbiddenModels.includes(model.id))
      .map((offer) => ({ ...offer, model: modelWithin(offer.model, settings) })),
    defaults: defaultsWithin(settings),
    isAllowed: (request) => isWithinLimits(settings, request),
    drawSeed,
  };
}

/** @throws UserError that names the violated rule */
export function checkRules(
  settings: ServerSettings,
  request: VideoRequest,
  channelIds: ChannelIds,
): void {
  checkChannel(settings, channelIds);
  if (settings.forbiddenModels.includes(request.model)) {
    throw new UserError(text('orders:rulesModel', { model: request.model }));
  }
  const excess = excessOf(settings, request);
  if (excess !== undefined) throw new UserError(excess);
  checkWords(settings, request.prompt);
}

/** Returns whether a request is within the server's limits on length and resolution. */
function isWithinLimits(settings: ServerSettings, request: VideoRequest): boolean {
  return excessOf(settings, request) === undefined;
}

/** @throws UserError that names the allowed channels */
export function checkChannel({ channels }: ServerSettings, channelIds: ChannelIds): void {
  const { mode, ids } = channels;
  const isListed = channelIds.some((id) => ids.includes(id));
  if (mode === 'only' && !isListed) {
    const where = ids.map((id) => `<#${id}>`).join(', ');
    throw new UserError(
      where === ''
        ? text('orders:rulesNoChannel')
        : text('orders:rulesOnlyIn', { channels: where }),
    );
  }
  if (mode === 'except' && isListed) {
    throw new UserError(text('orders:rulesNotHere'));
  }
}

/** @returns the exceeded limit as a sentence; undefined if the request is within all limits */
function excessOf(
  { maxSeconds = Number.POSITIVE_INFINITY, maxResolution }: ServerSettings,
  { model, length, resolution }: VideoRequest,
): Text | undefined {
  const longest = length.unit === 'model-chooses' ? modelOf(model).seconds.most : secondsOf(length);
  if (longest > maxSeconds) {
    return length.unit === 'model-chooses'
      ? text('orders:rulesLengthOpen', { seconds: maxSeconds, longest })
      : text('orders:rulesLength', { seconds: maxSeconds, length: describeLength(length) });
  }
  if (maxResolution !== undefined && isAbove(resolution, maxResolution)) {
    return text('orders:rulesResolution', { most: maxResolution, resolution });
  }
  return undefined;
}

function checkWords({ words }: ServerSettings, prompt: string): void {
  const plainPrompt = plain(prompt);
  if (!words.some((word) => isIn(plain(word), plainPrompt))) return;
  // Do not name the word: that would help to circumvent the moderators' list.
  throw new UserError(text('orders:rulesWord'));
}

/** Normalizes case, character variants and spaces, and removes invisible characters. */
function plain(text: string): string {
  return normalizeText(text).text.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Returns whether the text contains the whole word; in scripts without spaces, anywhere. */
function isIn(word: string, text: string): boolean {
  if (word === '') return false;
  const isSpaced = !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(
    word,
  );
  if (!isSpaced) return text.includes(word);
  return new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, 'u').test(text);
}

function isAbove(one: Resolution, other: Resolution): boolean {
  return RESOLUTIONS.indexOf(one) > RESOLUTIONS.indexOf(other);
}

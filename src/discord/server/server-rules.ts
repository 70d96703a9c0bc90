/** What a server's settings allow of an order, with refusals that name the rule; and its defaults. Pure. */
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

/** Where it is asked for: the channel, and for a thread the channel it belongs to. */
export type ChannelIds = readonly string[];

/** Such as an interaction. */
interface SomewhereInServer {
  readonly channelId: string | null;
  readonly channel: { isThread(): boolean; readonly parentId?: string | null } | null;
}

/** A thread counts as the channel it is in. */
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

/** The server's defaults, and where it has none the usual ones, never beyond its own limits. */
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

/** The resolutions of the finals that a draft of the model may have here, smallest first. */
export function finalsWithin(
  { maxResolution }: Pick<ServerSettings, 'maxResolution'>,
  model: ModelId,
): readonly Resolution[] {
  return draftsWithin(modelOf(model), maxResolution)?.finals ?? [];
}

/** A draft is only made where a final of it is within the limits. */
function modelWithin(model: Model, { maxResolution }: ServerSettings): Model {
  return { ...model, drafts: draftsWithin(model, maxResolution) };
}

/** What a video is planned with in a server: its allowed models, its defaults and its limits. */
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

/** @throws UserError naming the rule that does not allow the request */
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

/** Whether a request is within the server's limits on length and resolution. */
function isWithinLimits(settings: ServerSettings, request: VideoRequest): boolean {
  return excessOf(settings, request) === undefined;
}

/** @throws UserError naming where videos may be asked for */
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

/** @returns the limit that a request exceeds, as a sentence; undefined where it is within all of them */
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
  // Not which: the list is the moderators' own, and naming it teaches how to get around it.
  throw new UserError(text('orders:rulesWord'));
}

/** As it reads: letters in one case and shape, what cannot be seen left out. */
function plain(text: string): string {
  return normalizeText(text).text.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** As a word of its own; scripts that put no spaces between words have it anywhere. */
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

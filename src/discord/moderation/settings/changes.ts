/** Applies each subcommand of `/settings` to the current settings. */
import { z } from 'zod';

import { readModel } from '../../../catalogue/plan/parse-options.ts';
import { RATIOS, RESOLUTIONS, type Length, type ModelId } from '../../../catalogue/request.ts';
import { UserError } from '../../../errors.ts';
import { LOCALES } from '../../../text/locales.ts';
import { text } from '../../../text/text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import type { ServerSettings } from '../../server/server-settings.ts';
import { ANY, AS_IN_DISCORD } from './options.ts';
import type { Part } from './part-state.ts';

type Options = CommandInteraction['options'];
type Next = (before: ServerSettings) => ServerSettings;

export interface SettingsChange {
  readonly part: Part;
  /**
   * Reads the options; whatever it throws is a refusal.
   *
   * @param offered the models that some vendor currently offers
   */
  readonly read: (interaction: CommandInteraction, offered: readonly ModelId[]) => Next;
}

/** Keeps the list readable and the document small. */
const MAX_CHANNELS = 50;
const MAX_WORDS = 200;
const MODEL_CHOOSES = -1;

const languageSchema = z.enum([AS_IN_DISCORD, ...LOCALES]);
const modeSchema = z.enum(['only', 'except', 'remove', 'everywhere']);
const resolutionSchema = z.enum(RESOLUTIONS);
const ratioSchema = z.enum(RATIOS);

/** By subcommand. */
export const SETTINGS_CHANGES: Readonly<Record<string, SettingsChange>> = {
  channels: { part: 'channels', read: readChannels },
  models: { part: 'models', read: readModels },
  limits: { part: 'limits', read: readLimits },
  defaults: { part: 'defaults', read: ({ options }, offered) => readDefaults(options, offered) },
  'log-channel': {
    part: 'logChannel',
    read: ({ options }) => {
      const logChannelId = options.getChannel('channel')?.id;
      return ({ logChannelId: _before, ...others }) =>
        logChannelId === undefined ? others : { ...others, logChannelId };
    },
  },
  language: {
    part: 'language',
    read: ({ options }) => {
      const chosen = languageSchema.parse(options.getString('language', true));
      return ({ language: _before, ...others }) =>
        chosen === AS_IN_DISCORD ? others : { ...others, language: chosen };
    },
  },
  words: { part: 'words', read: ({ options }) => readWords(options) },
};

function readChannels({ options, channelId }: CommandInteraction): Next {
  const mode = modeSchema.parse(options.getString('mode', true));
  const id = options.getChannel('channel')?.id ?? channelId;
  return (before) => {
    if (mode === 'everywhere') return { ...before, channels: { mode, ids: [] } };
    const { channels } = before;
    if (mode === 'remove') {
      if (!channels.ids.includes(id)) {
        throw new UserError(text('settings:channelNotListed', { channel: `<#${id}>` }));
      }
      const ids = channels.ids.filter((one) => one !== id);
      // An empty list of exceptions is no rule, and an empty list of allowed channels would forbid
      // everything.
      return {
        ...before,
        channels: ids.length === 0 ? { mode: 'everywhere', ids } : { ...channels, ids },
      };
    }
    const ids = [...new Set([...(channels.mode === mode ? channels.ids : []), id])];
    if (ids.length > MAX_CHANNELS) {
      throw new UserError(text('settings:tooManyChannels', { most: MAX_CHANNELS }));
    }
    return { ...before, channels: { mode, ids } };
  };
}

function readModels({ options }: CommandInteraction, offered: readonly ModelId[]): Next {
  const isAllowed = options.getBoolean('allowed', true);
  const typed = options.getString('model', true);
  // A model that is no longer offered can still be removed from the list.
  const model = isAllowed ? readModel(typed, offered) : readOffered(typed, offered);
  return (before) => {
    const others = before.forbiddenModels.filter((one) => one !== model);
    return { ...before, forbiddenModels: isAllowed ? others : [...others, model] };
  };
}

/** @throws UserError naming the available models */
function readOffered(typed: string, offered: readonly ModelId[]): ModelId {
  const model = readModel(typed, offered);
  if (offered.includes(model)) return model;
  throw new UserError(text('settings:modelNotOffered', { model, models: { anyOf: offered } }));
}

function readLimits({ options }: CommandInteraction): Next {
  const seconds = options.getInteger('max_seconds') ?? undefined;
  const resolution = options.getString('max_resolution') ?? undefined;
  const confirmAbove = options.getInteger('confirm_above') ?? undefined;
  if (seconds === undefined && resolution === undefined && confirmAbove === undefined) {
    throw new UserError(text('settings:limitsNothing'));
  }
  return ({ maxSeconds, maxResolution, ...others }) => ({
    ...others,
    ...secondsLimit(seconds ?? maxSeconds),
    // 0 is stored, because "never ask about a price" differs from the default.
    ...(confirmAbove === undefined ? {} : { confirmAbove }),
    ...resolutionLimit(resolution ?? maxResolution),
  });
}

/** Removes the limit for 0. */
function secondsLimit(limit = 0): Pick<ServerSettings, 'maxSeconds'> {
  return limit === 0 ? {} : { maxSeconds: limit };
}

function resolutionLimit(limit: string = ANY): Pick<ServerSettings, 'maxResolution'> {
  return limit === ANY ? {} : { maxResolution: resolutionSchema.parse(limit) };
}

function readDefaults(options: Options, offered: readonly ModelId[]): Next {
  const model = options.getString('model');
  const ratio = options.getString('ratio');
  const duration = options.getNumber('duration');
  const resolution = options.getString('resolution');
  const economy = options.getBoolean('economy');
  const given = {
    model: model && readOffered(model, offered),
    ratio: ratio && ratioSchema.parse(ratio),
    length: duration === null ? null : lengthOf(duration),
    resolution: resolution && resolutionSchema.parse(resolution),
    isCameraFixed: options.getBoolean('camera_fixed'),
    hasAudio: options.getBoolean('audio'),
    hasWatermark: options.getBoolean('watermark'),
    isDraft: options.getBoolean('draft'),
    tier: economy === null ? null : tierOf(economy),
  };
  const named = Object.entries(given).filter(([, value]) => value !== null);
  return (before) => ({
    ...before,
    defaults: named.length === 0 ? {} : { ...before.defaults, ...Object.fromEntries(named) },
  });
}

function tierOf(economy: boolean): 'flex' | 'default' {
  return economy ? 'flex' : 'default';
}

function lengthOf(duration: number): Length {
  if (duration === MODEL_CHOOSES) return { unit: 'model-chooses' };
  if (Number.isInteger(duration) && duration > 0) return { unit: 'seconds', seconds: duration };
  throw new UserError(text('settings:durationWhole'));
}

function readWords(options: Options): Next {
  const add = options.getString('add')?.trim();
  const remove = options.getString('remove')?.trim().toLowerCase();
  if (add === undefined && remove === undefined) {
    throw new UserError(text('settings:wordsNothing'));
  }
  return (before) => {
    if (remove !== undefined && !before.words.some((word) => word.toLowerCase() === remove)) {
      throw new UserError(text('settings:wordNotListed'));
    }
    const kept = before.words.filter(
      (word) => word.toLowerCase() !== remove && word.toLowerCase() !== add?.toLowerCase(),
    );
    const words = add === undefined || add === '' ? kept : [...kept, add];
    if (words.length > MAX_WORDS) {
      throw new UserError(text('settings:tooManyWords', { most: MAX_WORDS }));
    }
    return { ...before, words };
  };
}

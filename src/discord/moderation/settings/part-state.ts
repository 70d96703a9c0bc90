/**
 * The parts of a server's settings that change separately, as stored in the change log. Rendered only
 * when shown.
 */
import { z } from 'zod';

import { lengthSchema, RESOLUTIONS, type ModelId } from '../../../catalogue/request.ts';
import { LOCALES } from '../../../text/locales.ts';
import { confirmAboveOf, type ServerSettings } from '../../server/server-settings.ts';

/**
 * Models, ratios and resolutions are plain strings, so that an entry stays readable after the catalogue
 * has dropped a value.
 */
export const partStateSchema = z.discriminatedUnion('part', [
  z.object({
    part: z.literal('channels'),
    mode: z.enum(['everywhere', 'only', 'except']),
    ids: z.array(z.string()),
  }),
  z.object({ part: z.literal('models'), forbidden: z.array(z.string()) }),
  z.object({
    part: z.literal('limits'),
    maxSeconds: z.int().optional(),
    maxResolution: z.string().optional(),
    /** Credits; absent when prices need no confirmation. */
    confirmAbove: z.int().optional(),
  }),
  z.object({
    part: z.literal('defaults'),
    model: z.string().optional(),
    /** Whether a vendor offered the default model. */
    isModelOffered: z.boolean().optional(),
    resolution: z.string().optional(),
    ratio: z.string().optional(),
    length: lengthSchema.optional(),
    isCameraFixed: z.boolean().optional(),
    hasAudio: z.boolean().optional(),
    hasWatermark: z.boolean().optional(),
    isDraft: z.boolean().optional(),
    isEconomy: z.boolean().optional(),
  }),
  z.object({ part: z.literal('language'), language: z.enum(LOCALES).optional() }),
  z.object({ part: z.literal('logChannel'), channelId: z.string().optional() }),
  z.object({ part: z.literal('words'), words: z.array(z.string()) }),
]);
export type PartState = z.infer<typeof partStateSchema>;
export type Part = PartState['part'];

export const PARTS = [
  'channels',
  'models',
  'limits',
  'defaults',
  'language',
  'logChannel',
  'words',
] as const satisfies readonly Part[];

/** @param offered the models that some vendor currently offers; others are not listed as forbidden */
export function partStateOf(
  part: Part,
  settings: ServerSettings,
  offered: readonly ModelId[],
): PartState {
  switch (part) {
    case 'channels':
      return { part, ...settings.channels };
    case 'models':
      return {
        part,
        forbidden: settings.forbiddenModels.filter((model) => offered.includes(model)),
      };
    case 'limits':
      return limitsOf(settings);
    case 'defaults':
      return defaultsOf(settings, offered);
    case 'language':
      return { part, language: settings.language };
    case 'logChannel':
      return { part, channelId: settings.logChannelId };
    case 'words':
      return { part, words: settings.words };
    default:
      return part satisfies never;
  }
}

/** Omits the largest resolution, because as a limit it forbids nothing. */
function limitsOf(settings: ServerSettings): PartState {
  const { maxSeconds, maxResolution } = settings;
  return {
    part: 'limits',
    maxSeconds,
    maxResolution: maxResolution === RESOLUTIONS.at(-1) ? undefined : maxResolution,
    confirmAbove: confirmAboveOf(settings),
  };
}

function defaultsOf(
  { defaults: { tier, ...defaults } }: ServerSettings,
  offered: readonly ModelId[],
): PartState {
  const { model } = defaults;
  return {
    part: 'defaults',
    ...defaults,
    ...(model === undefined ? {} : { isModelOffered: offered.includes(model) }),
    ...(tier === undefined ? {} : { isEconomy: tier === 'flex' }),
  };
}

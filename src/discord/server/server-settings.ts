/**
 * What moderators set for their server by `/settings`: one document a server, checked whenever it is
 * read. One that cannot be read stops orders loudly: half-read, it would allow what was forbidden.
 */
import { z } from 'zod';

import type { OptionDefaults } from '../../catalogue/plan/plan.ts';
import { lengthSchema, MODEL_IDS, RATIOS, RESOLUTIONS, TIERS } from '../../catalogue/request.ts';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Database } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';

/** Goes up with each change that older documents do not fit; `migrated` then says how they do. */
const VERSION = 1;

const defaultsSchema = z.strictObject({
  model: z.enum(MODEL_IDS).optional(),
  resolution: z.enum(RESOLUTIONS).optional(),
  ratio: z.enum(RATIOS).optional(),
  length: lengthSchema.optional(),
  isCameraFixed: z.boolean().optional(),
  hasAudio: z.boolean().optional(),
  hasWatermark: z.boolean().optional(),
  isDraft: z.boolean().optional(),
  tier: z.enum(TIERS).optional(),
}) satisfies z.ZodType<OptionDefaults>;

const settingsSchema = z.strictObject({
  version: z.literal(VERSION),
  /** Where videos may be asked for: in the listed channels only, or everywhere but there. */
  channels: z.strictObject({
    mode: z.enum(['everywhere', 'only', 'except']),
    ids: z.array(z.string()),
  }),
  /** Of what the vendors offer. */
  forbiddenModels: z.array(z.enum(MODEL_IDS)),
  maxSeconds: z.int().positive().optional(),
  maxResolution: z.enum(RESOLUTIONS).optional(),
  /** Credits; a dearer video is made only once the member has confirmed its price. */
  confirmAbove: z.int().nonnegative().optional(),
  defaults: defaultsSchema,
  logChannelId: z.string().optional(),
  /** Refused in prompts, as they were typed. */
  words: z.array(z.string()),
});
export type ServerSettings = z.infer<typeof settingsSchema>;

export const NO_SETTINGS: ServerSettings = {
  version: VERSION,
  channels: { mode: 'everywhere', ids: [] },
  forbiddenModels: [],
  defaults: {},
  words: [],
};

export interface ServerSettingsStore {
  /** @throws UserError when what is stored cannot be read; the log says why */
  read(guildId: string): Promise<ServerSettings>;
  /**
   * Changes of one server are made one after the other.
   *
   * @param next gives the settings after; what it throws changes nothing
   */
  change(
    guildId: string,
    next: (before: ServerSettings) => ServerSettings,
  ): Promise<{ before: ServerSettings; after: ServerSettings }>;
}

export function createServerSettings(
  database: Database,
  clock: Clock,
  logger: Logger,
): ServerSettingsStore {
  const documents = createDocuments(database, 'server-settings', clock);
  /** The last change under way of each server. */
  const changing = new Map<string, Promise<unknown>>();

  const read = async (guildId: string): Promise<ServerSettings> =>
    parsed(await documents.get(guildId), logger.child({ guildId }));
  const change = async (
    guildId: string,
    next: (before: ServerSettings) => ServerSettings,
  ): Promise<{ before: ServerSettings; after: ServerSettings }> => {
    const before = await read(guildId);
    const after = settingsSchema.parse(next(before));
    await documents.set(guildId, after);
    return { before, after };
  };

  return {
    read,
    async change(guildId, next) {
      const previous = changing.get(guildId) ?? Promise.resolve();
      const own = previous.then(async () => change(guildId, next));
      const settled = own.then(
        () => undefined,
        () => undefined,
      );
      changing.set(guildId, settled);
      try {
        return await own;
      } finally {
        if (changing.get(guildId) === settled) changing.delete(guildId);
      }
    },
  };
}

function parsed(document: unknown, log: Logger): ServerSettings {
  if (document === undefined) return NO_SETTINGS;
  const result = settingsSchema.safeParse(document);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  log.error({ faults }, 'the settings of a server cannot be read');
  throw new UserError(
    'This server’s settings cannot be read, so nothing is made here until the operator has looked: the log says what is wrong.',
  );
}

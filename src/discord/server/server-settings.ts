/**
 * What moderators set for their server by `/settings`: one document a server, checked whenever it is
 * read. One that cannot be read stops orders loudly: half-read, it would allow what was forbidden.
 */
import { z } from 'zod';

import type { OptionDefaults } from '../../catalogue/plan/context.ts';
import { lengthSchema, MODEL_IDS, RATIOS, RESOLUTIONS, TIERS } from '../../catalogue/request.ts';
import type { Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { lockAccounts, serverAccount } from '../../quota/ledgers/ledger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';
import { LOCALES } from '../../text/locales.ts';
import { text } from '../../text/text.ts';

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
  /**
   * Credits; the price of a video that costs more is confirmed first. 0: no price ever is; left out:
   * as by default.
   */
  confirmAbove: z.int().nonnegative().optional(),
  defaults: defaultsSchema,
  logChannelId: z.string().optional(),
  /** Of what the bot posts for all to see; left out: the server's own language in Discord. */
  language: z.enum(LOCALES).optional(),
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

/** Where moderators have set nothing. */
const DEFAULT_CONFIRM_ABOVE = 100;

/** @returns the credits above which members are asked about a price; undefined where they never are */
export function confirmAboveOf({
  confirmAbove = DEFAULT_CONFIRM_ABOVE,
}: ServerSettings): number | undefined {
  return confirmAbove === 0 ? undefined : confirmAbove;
}

export interface ServerSettingsStore {
  /** @throws UserError when what is stored cannot be read; the log says why */
  read(guildId: string): Promise<ServerSettings>;
  /**
   * Written in the transaction that also writes who changed it. Until that ends the server's account
   * is locked: changes of one server are made one after the other, in however many processes.
   *
   * @param next gives the settings after; what it throws changes nothing
   * @throws UserError when what is stored cannot be read: it is not written over
   */
  change(
    transaction: DatabaseTransaction,
    guildId: string,
    next: (before: ServerSettings) => ServerSettings,
  ): Promise<{ before: ServerSettings; after: ServerSettings }>;
}

export function createServerSettings(
  database: Database,
  clock: Clock,
  logger: Logger,
): ServerSettingsStore {
  const documentsIn = (connection: Database) =>
    createDocuments(connection, 'server-settings', clock);
  const documents = documentsIn(database);
  const log = (guildId: string): Logger => logger.child({ guildId });
  return {
    read: async (guildId) => parsed(await documents.get(guildId), log(guildId)),
    async change(transaction, guildId, next) {
      await lockAccounts(transaction, [serverAccount(guildId)]);
      const own = documentsIn(transaction);
      const before = parsed(await own.get(guildId), log(guildId));
      const after = settingsSchema.parse(next(before));
      await own.set(guildId, after);
      return { before, after };
    },
  };
}

function parsed(document: unknown, log: Logger): ServerSettings {
  if (document === undefined) return NO_SETTINGS;
  const result = settingsSchema.safeParse(document);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  log.error({ faults }, 'the settings of a server cannot be read');
  throw new UserError(text('orders:settingsUnreadable'));
}

/**
 * Stores what moderators set with `/settings`: one document per server, validated on every read. An
 * unreadable document refuses orders, because a partly read one could allow what is forbidden.
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

/** Increases with each incompatible change of the schema. */
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
  /** Where videos may be ordered: only in the listed channels, or everywhere except there. */
  channels: z.strictObject({
    mode: z.enum(['everywhere', 'only', 'except']),
    ids: z.array(z.string()),
  }),
  /** Models that are not allowed although vendors offer them. */
  forbiddenModels: z.array(z.enum(MODEL_IDS)),
  maxSeconds: z.int().positive().optional(),
  maxResolution: z.enum(RESOLUTIONS).optional(),
  /**
   * Credits above which the price of a video must be confirmed. 0: never; undefined: the default.
   */
  confirmAbove: z.int().nonnegative().optional(),
  defaults: defaultsSchema,
  logChannelId: z.string().optional(),
  /** Language of public messages; undefined: the server's language in Discord. */
  language: z.enum(LOCALES).optional(),
  /** Words refused in prompts, as they were typed. */
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

/** Used if moderators have not set a value. */
const DEFAULT_CONFIRM_ABOVE = 100;

/** @returns the credits above which a price must be confirmed; undefined: never */
export function confirmAboveOf({
  confirmAbove = DEFAULT_CONFIRM_ABOVE,
}: ServerSettings): number | undefined {
  return confirmAbove === 0 ? undefined : confirmAbove;
}

export interface ServerSettingsStore {
  /** @throws UserError when the stored settings are unreadable; the reason is logged */
  read(guildId: string): Promise<ServerSettings>;
  /**
   * Changes the settings, in the transaction that also writes the audit log. Locks the server's account, so
   * that changes of one server are serialized over all processes.
   *
   * @param next returns the new settings; an error changes nothing
   * @throws UserError when the stored settings are unreadable; they are not overwritten
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
  log.error({ faults }, 'server settings unreadable');
  throw new UserError(text('orders:settingsUnreadable'));
}

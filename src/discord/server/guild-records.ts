/** Which servers have the bot, by what Discord said last: 30 days after one removed it, what it asked for goes. */
import type { Database } from '../../storage/database.ts';

/** Parameters of one statement: far below what any database takes. */
const BATCH = 500;

export type GuildRecords = ReturnType<typeof createGuildRecords>;

export function createGuildRecords(database: Database) {
  return {
    /** Servers that have the bot, as far as is recorded. */
    async present(): Promise<Set<string>> {
      const rows = await database
        .selectFrom('guilds')
        .select('guild_id')
        .where('left_at', 'is', null)
        .execute();
      return new Set(rows.map((row) => row.guild_id));
    },

    async markPresent(guildIds: readonly string[]): Promise<void> {
      for (let at = 0; at < guildIds.length; at += BATCH) {
        const batch = guildIds.slice(at, at + BATCH);
        await database
          .insertInto('guilds')
          .values(batch.map((guild_id) => ({ guild_id, left_at: null })))
          .onConflict((conflict) => conflict.column('guild_id').doUpdateSet({ left_at: null }))
          .execute();
      }
    },

    /** From now on, unless it is recorded already. */
    async markLeft(guildId: string, nowMs: number): Promise<void> {
      await database
        .insertInto('guilds')
        .values({ guild_id: guildId, left_at: nowMs })
        .onConflict((conflict) =>
          conflict
            .column('guild_id')
            .doUpdateSet({ left_at: nowMs })
            .where('guilds.left_at', 'is', null),
        )
        .execute();
    },

    /** Servers that removed the bot before a time. */
    async leftBefore(beforeMs: number): Promise<string[]> {
      const rows = await database
        .selectFrom('guilds')
        .select('guild_id')
        .where('left_at', '<=', beforeMs)
        .limit(BATCH)
        .execute();
      return rows.map((row) => row.guild_id);
    },

    /** Once there is nothing left to be removed; a server that has the bot again stays. */
    async forget(guildId: string): Promise<void> {
      await database
        .deleteFrom('guilds')
        .where('guild_id', '=', guildId)
        .where('left_at', 'is not', null)
        .execute();
    },
  };
}

/** Records which servers have the bot. Data of a server is deleted 30 days after it removed the bot. */
import type { Database } from '../../storage/database.ts';

/** Parameters per statement, far below any database's limit. */
const BATCH = 500;

export type GuildRecords = ReturnType<typeof createGuildRecords>;

export function createGuildRecords(database: Database) {
  return {
    /** Returns the servers that are recorded as having the bot. */
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

    /** Records the removal of the bot, unless it is already recorded. */
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

    /** Returns servers that removed the bot before a time. */
    async leftBefore(beforeMs: number): Promise<string[]> {
      const rows = await database
        .selectFrom('guilds')
        .select('guild_id')
        .where('left_at', '<=', beforeMs)
        .limit(BATCH)
        .execute();
      return rows.map((row) => row.guild_id);
    },

    /** Deletes the record once the server's data is gone, unless the server has the bot again. */
    async forget(guildId: string): Promise<void> {
      await database
        .deleteFrom('guilds')
        .where('guild_id', '=', guildId)
        .where('left_at', 'is not', null)
        .execute();
    },
  };
}

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which jobs still have their prompt, and which servers removed the bot. Column meanings stand in `../schema.ts`. */
export const promptRetention: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema
      .alterTable('jobs')
      .addColumn('has_prompt', 'integer', (column) => column.notNull().defaultTo(1))
      .execute();
    for (const [name, columns] of [
      ['jobs_with_prompt', ['updated_at']],
      ['jobs_with_prompt_in_guild', ['guild_id', 'updated_at']],
    ] as const) {
      await database.schema
        .createIndex(name)
        .on('jobs')
        .columns([...columns])
        .where(sql<boolean>`has_prompt = 1`)
        .execute();
    }
    await database.schema
      .createTable('guilds')
      .addColumn('guild_id', 'text', (column) => column.primaryKey())
      .addColumn('left_at', 'bigint')
      .execute();
    // Servers that left before are noticed when Discord next lists those there are.
    await sql`insert into guilds (guild_id) select distinct guild_id from jobs`.execute(database);
  },
};

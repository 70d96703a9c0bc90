/** Creates the tables of stored files and of the jobs that use them. */
import { sql, type Kysely } from 'kysely';

export async function createFileTables(database: Kysely<unknown>): Promise<void> {
  await createFiles(database);
  await createFileUses(database);
}

async function createFiles(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('files')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('sha256', 'text')
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('stored_at', 'bigint')
    .addColumn('unused_at', 'bigint')
    .addColumn('deleting_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('files_content')
    .on('files')
    .columns(['sha256', 'bytes'])
    .execute();
  await database.schema
    .createIndex('files_unused')
    .on('files')
    .column('unused_at')
    .where(sql<boolean>`unused_at is not null`)
    .execute();
}

async function createFileUses(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('file_uses')
    .addColumn('job_id', 'text', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull())
    .addColumn('guild_id', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addColumn('reserved_until', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('is_delivered', 'integer', (column) => column.notNull().defaultTo(0))
    .addPrimaryKeyConstraint('file_uses_key', ['job_id', 'file'])
    .execute();
  for (const [name, columns] of [
    ['file', ['file']],
    ['guild', ['guild_id', 'ended_at', 'file', 'bytes']],
    ['end', ['is_delivered', 'ended_at', 'job_id']],
  ] as const) {
    await database.schema
      .createIndex(`file_uses_${name}`)
      .on('file_uses')
      .columns([...columns])
      .execute();
  }
  await database.schema
    .createIndex('file_uses_reserved')
    .on('file_uses')
    .column('reserved_until')
    .where(sql<boolean>`reserved_until is not null`)
    .execute();
}

/**
 * Creates the tables of documents, which are looked up by a single key, and of this installation's
 * values.
 */
import { sql, type Kysely } from 'kysely';

export async function createDocumentTables(database: Kysely<unknown>): Promise<void> {
  await createDocuments(database);
  await createInstallation(database);
}

async function createDocuments(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('documents')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute();
  await database.schema
    .createIndex('documents_expiry')
    .on('documents')
    .column('expires_at')
    .where(sql<boolean>`expires_at is not null`)
    .execute();
}

async function createInstallation(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('installation')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

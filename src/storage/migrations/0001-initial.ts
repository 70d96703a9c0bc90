import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

import { createDocumentTables } from './0001-initial/documents.ts';
import { createFileTables } from './0001-initial/files.ts';
import { createGuildTables } from './0001-initial/guilds.ts';
import { createInteractionTables } from './0001-initial/interactions.ts';
import { createJobTables } from './0001-initial/jobs.ts';
import { createLedgerTables } from './0001-initial/ledger.ts';
import { createVendorTables } from './0001-initial/vendors.ts';

/** The first schema. The meanings of the columns are in `../schema.ts`. */
export const initial: Migration = {
  async up(database: Kysely<unknown>) {
    await createInteractionTables(database);
    await createJobTables(database);
    await createLedgerTables(database);
    await createVendorTables(database);
    await createGuildTables(database);
    await createFileTables(database);
    await createDocumentTables(database);
  },
};

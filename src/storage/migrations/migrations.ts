/**
 * The migrations of the database, in the order in which they run. Once a version with a migration is
 * released, the migration never changes again.
 *
 * A new one gets the next number and a name that says what it does: `0002-add-job-tags.ts` exports
 * `addJobTags` and is listed below as `'0002-add-job-tags'`. Kysely runs them in the order of their
 * names and refuses one that sorts before a migration that has already run. Tables of one migration
 * that need several files go into a folder of its name.
 */
import type { Migration } from 'kysely/migration';

import { initial } from './0001-initial.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
};

/** Names of migrations before 0.1.0 began with the date; `0001-initial` replaced them all. */
const DATED = /^2026-11-\d{2}/;

/** Returns whether a database with this migration was created by a development version before 0.1.0. */
export function isFromBeforeRelease(migration: string): boolean {
  return DATED.test(migration);
}

/**
 * The conditions of partial indexes, word for word and without parameters: only then can SQLite and
 * Postgres prove that a query needs no rows but those of the index. A query of some open jobs names
 * its own condition as well.
 */
import { sql } from 'kysely';

/** Of jobs that something is still to be done for. */
export const isOpenJob = sql<boolean>`state in ('accepted', 'submitting', 'queued', 'running', 'succeeded')`;
/** Of jobs and of the audit log: the server's log channel does not have it yet. */
export const isLogDue = sql<boolean>`log_posted = 0`;
/**
 * Of the ledger: the entries of servers' own accounts. Not `member_id = ''`: SQLite would take that for
 * as rare as any other member, and read half of the ledger by another index.
 */
export const isOfServer = sql<boolean>`length(member_id) = 0`;
/** Of jobs whose record still has the prompt. */
export const hasPrompt = sql<boolean>`has_prompt = 1`;

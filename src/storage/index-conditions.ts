/**
 * The conditions of partial indexes, verbatim and without parameters. SQLite and Postgres use a partial
 * index only for a query that contains its condition literally, so queries for some of the open jobs
 * need `isOpenJob` in addition to their own condition.
 */
import { sql } from 'kysely';

/** Selects jobs with work left to do. */
export const isOpenJob = sql<boolean>`state in ('accepted', 'submitting', 'queued', 'running', 'succeeded')`;
/** Selects jobs or audit log entries that are not yet posted to the server's log channel. */
export const isLogDue = sql<boolean>`log_posted = 0`;
/**
 * Selects ledger entries of servers' own accounts. Not `member_id = ''`: SQLite would assume that value
 * to be as rare as any member and read half of the ledger by another index.
 */
export const isOfServer = sql<boolean>`length(member_id) = 0`;
/** Selects jobs whose record still contains the prompt. */
export const hasPrompt = sql<boolean>`has_prompt = 1`;

/**
 * Fills a database with jobs that have ended and all the rows that they leave behind, to measure what
 * a long history costs. The rows are made by SQL. Ledger and vendor ledger add up; the records are short
 * and cannot be read as jobs.
 */
import { PostgresAdapter, sql, type RawBuilder } from 'kysely';

import type { Database } from '../src/storage/database.ts';

const GUILDS = 1_000;
const MEMBERS = 10 * GUILDS;
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const VIDEO_MS = 90_000;
const HOLD_CREDITS = 26;
const COST_CREDITS = 24;
/** Of a year: the jobs whose prompts are not past their time. */
const KEPT_SHARE = 30 / 365;
/** Rows of tables that grow more slowly, for each job. */
const OTHERS_SHARE = 0.2;

export interface Past {
  /** How many; spread over the year before `endMs`. */
  readonly jobs: number;
  /** Unix milliseconds. */
  readonly endMs: number;
}

export async function fillPast(database: Database, past: Past): Promise<void> {
  await insertJobs(database, past);
  await insertLedger(database, past);
  await insertVendorLedger(database, past);
  await insertFiles(database, past);
  await insertOthers(database, past);
}

/** The columns of past jobs as SQL, from the `number` of each. */
function columns({ jobs, endMs }: Past) {
  const createdAt = sql`${sql.lit(endMs - YEAR_MS)} + number * ${sql.lit(Math.floor(YEAR_MS / jobs))}`;
  const isDelivered = sql`number % 20 <> 0 and number % 33 <> 0`;
  return {
    id: sql`'past' || number`,
    guildId: sql`'past-guild' || (number % ${sql.lit(GUILDS)})`,
    memberId: sql`'past-member' || (number % ${sql.lit(MEMBERS)})`,
    createdAt,
    endedAt: sql`${createdAt} + ${sql.lit(VIDEO_MS)}`,
    isDelivered,
    state: sql`case when ${isDelivered} then 'delivered' when number % 20 = 0 then 'failed'
      else 'cancelled' end`,
  };
}

/** A `with` clause that counts `number` from 1. */
function numbers(count: number): RawBuilder<unknown> {
  return sql`with recursive numbers (number) as (
    select cast(1 as bigint) union all select number + 1 from numbers where number < ${sql.lit(count)}
  )`;
}

async function insertJobs(database: Database, past: Past): Promise<void> {
  const { id, guildId, memberId, createdAt, endedAt, state, isDelivered } = columns(past);
  await sql`
    insert into jobs (id, version, shown_version, state, guild_id, channel_id, member_id,
      interaction_id, model, vendor, task_id, submitted_at, expires_after_seconds, created_at,
      updated_at, hold_credits, has_video, log_posted, has_prompt, record)
    ${numbers(past.jobs)}
    select ${id}, 6, 6, ${state}, ${guildId}, 'channel', ${memberId},
      'past-interaction' || number, '1.0-pro', 'byteplus', 'past-task' || number, ${createdAt},
      170000 + number % 3600, ${createdAt}, ${endedAt}, ${sql.lit(HOLD_CREDITS)},
      case when ${isDelivered} then 1 else 0 end, 1,
      case when number > ${sql.lit(Math.floor(past.jobs * (1 - KEPT_SHARE)))} then 1 else 0 end,
      '{"prompt":"A paper boat drifts across a quiet bay at dawn, with a lantern at its bow"}'
    from numbers`.execute(database);
}

async function insertLedger(database: Database, past: Past): Promise<void> {
  const { id, guildId, memberId, createdAt, endedAt, isDelivered } = columns(past);
  const returned = sql`case when ${isDelivered} then ${sql.lit(HOLD_CREDITS - COST_CREDITS)}
    else ${sql.lit(HOLD_CREDITS)} end`;
  const outcome = sql`case when ${isDelivered} then 'settle' else 'release' end`;
  for (const account of [sql`''`, memberId]) {
    for (const { step, kind, at, amount } of [
      { step: 'hold:', kind: sql`'hold'`, at: createdAt, amount: sql.lit(-HOLD_CREDITS) },
      { step: 'outcome:', kind: outcome, at: endedAt, amount: returned },
    ]) {
      await sql`
        insert into ledger (step_id, guild_id, member_id, pot, job_id, kind, at, counted_at, period,
          amount)
        ${numbers(past.jobs)}
        select ${sql.lit(step)} || ${id}, ${guildId}, ${account}, 'allowance', ${id}, ${kind}, ${at},
          ${createdAt}, ${month(database, createdAt)}, ${amount}
        from numbers`.execute(database);
    }
  }
}

async function insertVendorLedger(database: Database, past: Past): Promise<void> {
  const { id, guildId, createdAt, endedAt, isDelivered } = columns(past);
  await sql`
    insert into vendor_ledger (submission_id, job_id, vendor, guild_id, period, opened_at, closed_at,
      state, credits)
    ${numbers(past.jobs)}
    select 'past-submission' || number, ${id}, 'byteplus', ${guildId}, ${month(database, createdAt)},
      ${createdAt}, ${endedAt}, case when ${isDelivered} then 'billed' else 'not-billed' end,
      case when ${isDelivered} then ${sql.lit(COST_CREDITS)} else 0 end
    from numbers`.execute(database);
}

/** Of the latest jobs: files of the others are past their time. */
async function insertFiles(database: Database, past: Past): Promise<void> {
  const { id, guildId } = columns(past);
  const { jobs, endMs } = past;
  const kept = Math.floor(jobs * OTHERS_SHARE);
  const endedAt = sql`${sql.lit(endMs - HOUR_MS)} + number`;
  await sql`
    insert into files (name, sha256, bytes, stored_at)
    ${numbers(kept)}
    select 'videos/' || ${id}, 'past-content' || number, 1000, ${endedAt} from numbers`.execute(
    database,
  );
  await sql`
    insert into file_uses (job_id, file, guild_id, bytes, ended_at, is_delivered)
    ${numbers(kept)}
    select ${id}, 'videos/' || ${id}, ${guildId}, 1000, ${endedAt}, 1 from numbers`.execute(
    database,
  );
}

/** What grows with commands and changes. What is cleared away when it is old is young. */
async function insertOthers(database: Database, past: Past): Promise<void> {
  const { id, guildId, memberId, createdAt } = columns(past);
  const { jobs, endMs } = past;
  const hourBefore = sql.lit(endMs - HOUR_MS);
  const others = Math.floor(jobs * OTHERS_SHARE);
  await sql`
    insert into accounts (guild_id, member_id)
    ${numbers(MEMBERS)}
    select ${guildId}, ${memberId} from numbers`.execute(database);
  await sql`
    insert into claims (interaction_id, process_id, claimed_at, finished_at)
    ${numbers(others)}
    select 'past-interaction' || number, 'past-process', ${hourBefore} + number, ${hourBefore} + number
    from numbers`.execute(database);
  await sql`
    insert into job_events (job_id, event_key, version, at, kind, to_state)
    ${numbers(jobs)}
    select ${id}, '1', 1, ${createdAt}, 'accepted', 'accepted' from numbers`.execute(database);
  await sql`
    insert into spendings (kind, subject, member_id, job_id, at)
    ${numbers(others)}
    select 'price', 'past' || number, ${memberId}, ${id}, ${hourBefore} + number
    from numbers`.execute(database);
  await sql`
    insert into audit_log (guild_id, step_id, at, actor_id, action, scope, subject_id, before, after,
      log_posted)
    ${numbers(others)}
    select ${guildId}, ${id}, ${createdAt}, 'moderator', 'grant', 'user', ${memberId}, '{}', '{}', 1
    from numbers`.execute(database);
  await sql`
    insert into budget_warnings (guild_id, period, percent, at, drawn, have, resets_at, posted_at)
    ${numbers(others)}
    select ${guildId}, 'past' || number, 80, ${createdAt}, 80, 100, ${createdAt}, ${createdAt}
    from numbers`.execute(database);
  await sql`
    insert into documents (key, value, expires_at)
    ${numbers(others)}
    select ${id}, '{}', ${sql.lit(endMs)} + number from numbers`.execute(database);
}

/** Such as `2026-11`. */
function month(database: Database, ms: RawBuilder<unknown>): RawBuilder<unknown> {
  const isPostgres = database.getExecutor().adapter instanceof PostgresAdapter;
  return isPostgres
    ? sql`to_char(to_timestamp((${ms}) / 1000) at time zone 'UTC', 'YYYY-MM')`
    : sql`strftime('%Y-%m', (${ms}) / 1000, 'unixepoch')`;
}

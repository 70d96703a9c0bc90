/**
 * No repeated query of the bot gets slower as it makes more videos. The statements are not listed here:
 * every one that the bot executes during the test is explained, and with it every query of the job
 * store.
 */
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresQueryCompiler,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { expect, inject, test } from 'vitest';

import { fillHistory } from '#sandbox/past.ts';
import { DAY, HOUR, MINUTE } from '#src/clock.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import { OPEN_STATES } from '#src/jobs/record/job.ts';
import {
  openDatabase,
  type DatabaseTransaction,
  type OpenDatabase,
} from '#src/storage/database.ts';
import { nodeSqliteDialect } from '#src/storage/node-sqlite.ts';
import { openPostgresPool } from '#src/storage/postgres-pool.ts';
import type { Tables } from '#src/storage/schema.ts';

import { openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { aJob } from '../fakes/job.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { explainer, narrowIndexes, type Access, type Statement } from './query-plans.ts';

const ENDED_JOBS = 100_000;
const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
/** Tables of moderators' settings and of recent data only: they stay small however many videos exist. */
const SMALL_TABLES = [
  'guilds',
  'render_times',
  'limits',
  'blocks',
  'installation',
  'withdrawn_offers',
  'kysely_migration',
  'kysely_migration_lock',
];
/**
 * Once in five minutes, while metrics are scraped: one row per stored file. Retention and the servers'
 * storage limits bound their number, which does not grow with the bot’s age.
 */
const SUMS_OF_FILES =
  /^select sum\("bytes"\) as "\w+" from (?:"files"$|\(select distinct "guild_id", "file", "bytes" from "file_uses"\) )/;
const LEAST_ROWS = 10_000;

test(
  'every statement reads open jobs by an index of open jobs only',
  { timeout: 4 * MINUTE },
  async () => {
    const { executed, endMs } = await executedStatements();
    await using old = await oldDatabase(endMs);
    // Postgres counts rows by itself, SQLite never does.
    const uncounted = old.kind === 'sqlite' ? await faultsOf(executed, old) : NO_FAULTS;
    await sql`analyze`.execute(old.database);

    expect(uncounted).toEqual(NO_FAULTS);
    expect(await faultsOf(executed, old)).toEqual(NO_FAULTS);
  },
);

/** Every statement of the bot during the test, and of the whole job store, once each. */
async function executedStatements(): Promise<{ executed: Statement[]; endMs: number }> {
  const executed = new Map<string, Statement>();
  const note = (statement: Statement): void => {
    const isAsked = /^(?:select|insert|update|delete|with)\b/i.test(statement.sql);
    if (isAsked && !SUMS_OF_FILES.test(statement.sql)) {
      executed.set(statement.sql, statement);
    }
  };
  await askAllOfStore(note);
  const options = {
    openDatabase: async (url: string) => openListened(url, note),
    environment: { HTTP_PORT: '0' },
  };
  let endMs = 0;
  await scenario(options, async (s) => {
    await play(s);
    endMs = s.clock.now();
  });
  return { executed: [...executed.values()], endMs };
}

interface Faults {
  readonly slow: readonly string[];
  /** Unused entries, or a sign that something was not exercised. */
  readonly unusedIndexes: readonly string[];
}

const NO_FAULTS: Faults = { slow: [], unusedIndexes: [] };

async function faultsOf(statements: readonly Statement[], old: TestDatabase): Promise<Faults> {
  const explain = explainer(old);
  const { partial, unique } = await narrowIndexes(old);
  const growing = await growingTables(old);
  const isGood = ({ table, index, condition }: Access): boolean => {
    if (!growing.has(table)) return true;
    if (index === undefined) return false;
    if (partial.has(index)) return true;
    if (table !== 'jobs') return condition !== '';
    return unique.get(index)?.every((column) => condition.includes(column)) === true;
  };
  const slow: string[] = [];
  const used = new Set<string>();
  for (const statement of statements) {
    const accesses = await explain(statement);
    for (const { index = '' } of accesses) used.add(index);
    const bad = accesses.filter((access) => !isGood(access));
    if (bad.length > 0) slow.push(`${JSON.stringify(bad)} for ${statement.sql}`);
  }
  return { slow, unusedIndexes: [...partial].filter((index) => !used.has(index)) };
}

/** One call of each method; the compiler reports missing ones. */
const STORE_CALLS: Readonly<
  Record<keyof JobStore, (store: JobStore, transaction: DatabaseTransaction) => Promise<unknown>>
> = {
  insert: async (store, transaction) => store.insert(transaction, aJob()),
  replace: async (store, transaction) => store.replace(transaction, aJob(), aJob({ version: 2 })),
  find: async (store) => store.find('job1'),
  findMany: async (store) => store.findMany(['job1']),
  fileJob: async (store) => store.fileJob('job1'),
  isNewest: async (store) => store.isNewest(aJob()),
  inState: async (store) => store.inState('submitting', 10),
  withoutVideo: async (store) => store.withoutVideo(),
  atVendorSince: async (store) => store.atVendorSince(1),
  serversWaiting: async (store) => store.serversWaiting(),
  stillWaiting: async (store) => store.stillWaiting(['job1']),
  waitingIn: async (store) => store.waitingIn('past-guild1'),
  behind: async (store) => store.behind(10),
  toDeliver: async (store) => store.toDeliver(10),
  toEncode: async (store) => store.toEncode(10),
  positionsShown: async (store) => store.positionsShown(),
  shown: async (store) => store.shown(['job1']),
  markShown: async (store) => store.markShown('job1', { version: 1, position: 1, verifyAtMs: 1 }),
  toVerify: async (store) => store.toVerify(1, 10),
  isToBeVerified: async (store) => store.isToBeVerified('job1'),
  markVerified: async (store) => store.markVerified('job1'),
  serversToTell: async (store) => store.serversToTell(),
  toTell: async (store) => store.toTell('past-guild1', 10),
  markTold: async (store) => store.markTold('job1'),
  openTasks: async (store) => store.openTasks('byteplus'),
  tagsInUse: async (store, transaction) => store.tagsInUse(transaction, 'byteplus'),
  ownedTasks: async (store) => store.ownedTasks('byteplus', ['past-task1']),
};

/** A database that answers every query with nothing. */
async function askAllOfStore(note: (statement: Statement) => void): Promise<void> {
  const dialect =
    inject('databaseKind') === 'sqlite'
      ? {
          createAdapter: () => new SqliteAdapter(),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        }
      : {
          createAdapter: () => new PostgresAdapter(),
          createQueryCompiler: () => new PostgresQueryCompiler(),
        };
  const database = new Kysely<Tables>({
    dialect: {
      ...dialect,
      createDriver: () => new DummyDriver(),
      createIntrospector: (introspected) => new SqliteIntrospector(introspected),
    },
    log: ({ query }) => note(query),
  });
  await database.transaction().execute(async (transaction) => {
    const store = createJobStore(transaction);
    for (const call of Object.values(STORE_CALLS)) await call(store, transaction);
  });
}

/** Lets every loop find work. */
async function play(s: Scenario): Promise<void> {
  const elsewhere = s.discord.addGuild({ name: 'Another club' });
  await s
    .video({ prompt: PROMPT }, elsewhere.member('carl'))
    .until(({ media }) => media.length > 0);
  const mia = moderator(s);
  await readReply(mia.runs('settings log-channel', { channel: s.guild.channel('videos').id }));
  await readReply(mia.runs('quota server', { at_once: 1, waiting: 5 }));
  const delivered = s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
  await delivered;
  s.vendor.setRenderMs(HOUR);
  const running = s.video({ prompt: PROMPT });
  await running.until(({ text }) => text.includes('Rendering'));
  const waiting = s.video({ prompt: PROMPT });
  const inLine = await waiting.until(({ text }) => text.includes('in the queue'));
  s.alice.clicks(inLine, 'Cancel');
  await waiting.until(({ text }) => text.includes('Cancelled'));
  s.vendor.setRenderMs(0);
  s.clock.pass(MINUTE);
  await running.until(({ media }) => media.length > 0);

  s.vendor.inject({ on: 'create', kind: 'lost-answer' });
  await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
  s.vendor.inject({ on: 'create', kind: 'status', status: 429, code: 'RateLimited' });
  const refused = s.video({ prompt: PROMPT });
  await refused.until(({ text }) => text.includes('Waiting to start'));
  s.clock.pass(MINUTE);
  await refused.until(({ media }) => media.length > 0);
  await scrape(s);
  // Housekeeping, overdue jobs, verified messages, expired tokens.
  s.clock.pass(2 * HOUR);
  await s.stop();
  s.clock.pass(DAY);
  await s.start();
  s.clock.pass(2 * HOUR);
  await waitUntilAllVerified(s);
  elsewhere.removeBot();
  await until(
    async () => s.ledgers.database.selectFrom('guilds').select('left_at').execute(),
    (guilds) => guilds.some(({ left_at: leftAtMs }) => leftAtMs !== null),
  );
  s.clock.pass(31 * DAY);
  await until(
    () => {
      s.clock.pass(HOUR);
      return s.lines.some(({ msg }) => msg === 'removed data of a server that removed the bot');
    },
    (isCleared) => isCleared,
  );
}

async function waitUntilAllVerified({ ledgers: { database } }: Scenario): Promise<void> {
  await until(
    async () =>
      database.selectFrom('jobs').select('id').where('verify_at', 'is not', null).execute(),
    (left) => left.length === 0,
  );
}

async function scrape(s: Scenario): Promise<void> {
  const served = s.lines.find(({ msg }) => msg === 'health server listening');
  const answer = await fetch(`http://127.0.0.1:${String(served?.['port'])}/metrics`);
  expect(await answer.text()).toContain('seedance_database_answers 1');
}

/** @throws Error when one is nearly empty, because its plans would mean nothing */
async function growingTables({ database }: TestDatabase): Promise<Set<string>> {
  const tables = await database.introspection.getTables();
  const growing = tables.map(({ name }) => name).filter((name) => !SMALL_TABLES.includes(name));
  for (const name of growing) {
    const { rows } = await sql<{
      count: number;
    }>`select count(*) as count from ${sql.table(name)}`.execute(database);
    if (Number(rows[0]?.count) < LEAST_ROWS) throw new Error(`Let sandbox/past.ts fill ${name}`);
  }
  return new Set(growing);
}

/**
 * With a long history and some open jobs.
 *
 * @param endMs the time of the test: what is cleaned up by then is missing
 */
async function oldDatabase(endMs: number): Promise<TestDatabase & AsyncDisposable> {
  const opened = await openTestDatabase(inject('databaseKind'));
  const { database } = opened;
  await fillHistory(database, { jobs: ENDED_JOBS, endMs });
  for (const [index, state] of OPEN_STATES.entries()) {
    const ids = Array.from(
      { length: 40 },
      (_, job) => `past${1 + OPEN_STATES.length * job + index}`,
    );
    const open = { state, log_posted: 0, verify_at: 1, shown_position: 1, shown_version: 1 };
    await database.updateTable('jobs').set(open).where('id', 'in', ids).execute();
  }
  return { ...opened, [Symbol.asyncDispose]: async () => opened.close() };
}

/** @param note receives each statement */
async function openListened(
  url: string,
  note: (statement: Statement) => void,
): Promise<OpenDatabase> {
  const { kind, close } = await openDatabase(url);
  await close();
  const dialect =
    kind === 'sqlite'
      ? nodeSqliteDialect(url.slice('sqlite:'.length))
      : new PostgresDialect({ pool: openPostgresPool(url) });
  const database = new Kysely<Tables>({ dialect, log: ({ query }) => note(query) });
  return { kind, database, close: async () => database.destroy() };
}

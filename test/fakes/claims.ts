/** Claims on a database, by as many processes as it supports. */
import type { KyselyPlugin } from 'kysely';

import { createClaims, type Claims } from '#src/discord/interactions/claims.ts';
import { createLogger } from '#src/logger.ts';
import type { Database } from '#src/storage/database.ts';
import { soleProcessLeases, type Leases } from '#src/storage/leases/leases.ts';
import { openPostgresLeases } from '#src/storage/leases/postgres-leases.ts';
import type { ClaimTable } from '#src/storage/schema.ts';

import { openTestDatabase, type DatabaseKind } from '../databases/database.ts';
import { createFakeClock, type FakeClock } from './clock.ts';

export const INTERACTION = {
  id: '1190000000000000077',
  token: 'a-secret-token',
  locale: 'en-US',
} as const;
const logger = createLogger('silent');

/** A database that executes a query at once and responds only after this. */
export function delayAnswers(gate: Promise<void>, didIt: () => void = () => {}): KyselyPlugin {
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      didIt();
      await gate;
      return result;
    },
  };
}

export interface ProcessOfTest {
  readonly claims: Claims;
  readonly leases: Leases;
}

export interface ClaimsSetup extends AsyncDisposable {
  readonly database: Database;
  readonly clock: FakeClock;
  /** @param database a separate connection to the same database, when it differs from the others' */
  startProcess(database?: Database): Promise<ProcessOfTest>;
  /** A SQLite file belongs to one process at a time, which takes any other for dead. */
  startAll(): Promise<ProcessOfTest[]>;
  rows(): Promise<ClaimTable[]>;
}

export async function openClaims(kind: DatabaseKind): Promise<ClaimsSetup> {
  const opened = await openTestDatabase(kind);
  const clock = createFakeClock();
  const processes: ProcessOfTest[] = [];

  async function startProcess(database = opened.database): Promise<ProcessOfTest> {
    const leases =
      kind === 'sqlite' ? soleProcessLeases() : await openPostgresLeases(opened.url, logger);
    const started = { leases, claims: createClaims({ database, leases, clock, logger }) };
    processes.push(started);
    return started;
  }

  return {
    database: opened.database,
    clock,
    startProcess,
    async startAll() {
      const first = await startProcess();
      return kind === 'sqlite' ? [first] : [first, await startProcess()];
    },
    rows: async () => opened.database.selectFrom('claims').selectAll().execute(),
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map(({ leases }) => leases.close()));
      await opened.close();
    },
  };
}

/** The bot’s records, read over a second connection: jobs, claims, ledger and vendor ledger. */
import { sql } from 'kysely';

import { ENDED_STATES, jobSchema, type Job } from '../../src/jobs/record/job.ts';
import { checkConsistency } from '../../src/quota/ledgers/consistency-check.ts';
import type { VendorLedgerTable } from '../../src/storage/schema.ts';
import { openSecondConnection } from '../open-second-connection.ts';

export interface Records extends AsyncDisposable {
  /** Oldest first. */
  jobs(): Promise<Job[]>;
  isRecorded(interactionId: string): Promise<boolean>;
  /**
   * The remaining work, in words: jobs that have not ended, are not shown in their current state or are
   * to be verified, and open claims. Empty when there is none.
   */
  unfinished(): Promise<string>;
  /** The claimed interactions, and whether they are finished. */
  claims(): Promise<ReadonlyMap<string, 'open' | 'over'>>;
  /** What each job has cost its server and its member in the ledger, in credits. */
  paid(): Promise<ReadonlyMap<string, { readonly server: number; readonly member: number }>>;
  vendorLedger(): Promise<VendorLedgerTable[]>;
  /** A sentence for each inconsistency. */
  audit(): Promise<string[]>;
  /** Nobody else can change a job while `work` runs. */
  whileLocked(work: () => Promise<void>): Promise<void>;
}

/** @param url of a database that the bot has open */
export async function openRecords(url: string): Promise<Records> {
  const { database, kind } = await openSecondConnection(url);
  return {
    async jobs() {
      const rows = await database
        .selectFrom('jobs')
        .select('record')
        .orderBy('created_at')
        .execute();
      return rows.map(({ record }) => jobSchema.parse(JSON.parse(record)));
    },
    async isRecorded(interactionId) {
      const row = await database
        .selectFrom('jobs')
        .select('id')
        .where('interaction_id', '=', interactionId)
        .executeTakeFirst();
      return row !== undefined;
    },
    async unfinished() {
      const jobs = await database
        .selectFrom('jobs')
        .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
        .where(({ eb, or, ref }) =>
          or([
            eb('state', 'not in', ENDED_STATES),
            eb('shown_version', '<', ref('version')),
            eb('verify_at', 'is not', null),
          ]),
        )
        .groupBy('state')
        .execute();
      const { count: claims } = await database
        .selectFrom('claims')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('finished_at', 'is', null)
        .executeTakeFirstOrThrow();
      return [...jobs, ...(Number(claims) === 0 ? [] : [{ state: 'claimed', count: claims }])]
        .map(({ state, count }) => `${count} ${state}`)
        .join(', ');
    },
    async claims() {
      const rows = await database
        .selectFrom('claims')
        .select(['interaction_id', 'finished_at'])
        .execute();
      return new Map(
        rows.map((row) => [row.interaction_id, row.finished_at === null ? 'open' : 'over']),
      );
    },
    async paid() {
      const rows = await database
        .selectFrom('ledger')
        .select(['job_id', 'member_id', 'amount', 'kind'])
        .where('job_id', '!=', '')
        .execute();
      const byJob = Map.groupBy(rows, (row) => row.job_id);
      const sum = (amounts: readonly { amount: number }[]): number =>
        amounts.reduce((total, { amount }) => total - amount, 0);
      return new Map(
        [...byJob].map(([jobId, own]) => [
          jobId,
          {
            server: sum(own.filter((row) => row.member_id === '')),
            member: sum(own.filter((row) => row.member_id !== '')),
          },
        ]),
      );
    },
    vendorLedger: async () =>
      database.selectFrom('vendor_ledger').selectAll().orderBy('opened_at').execute(),
    audit: async () => checkConsistency(database),
    async whileLocked(work) {
      await database.transaction().execute(async (transaction) => {
        if (kind === 'sqlite') {
          // A writer locks the whole file.
          const nothing = transaction.updateTable('installation').set({ name: 'x' });
          await nothing.where('name', '=', 'none').execute();
        } else {
          // One table, so that no lock order can be wrong: every step writes it.
          await sql`lock table jobs in exclusive mode`.execute(transaction);
        }
        await work();
      });
    },
    [Symbol.asyncDispose]: async () => database.destroy(),
  };
}

/** Reads the bot’s database from a second connection: jobs, ledger and vendor ledger. */
import { openSecondConnection } from '#sandbox/open-second-connection.ts';
import { jobSchema, type Job } from '#src/jobs/record/job.ts';
import { checkConsistency } from '#src/quota/ledgers/consistency-check.ts';
import type { Database, OpenDatabase } from '#src/storage/database.ts';
import type { LedgerTable, VendorLedgerTable } from '#src/storage/schema.ts';

export interface Ledgers extends AsyncDisposable {
  readonly database: Database;
  readonly kind: OpenDatabase['kind'];
  /** Oldest first. */
  jobs(): Promise<Job[]>;
  ledger(): Promise<LedgerTable[]>;
  vendorLedger(): Promise<VendorLedgerTable[]>;
  /** By how much the server’s remaining credits changed: 0 when everything was refunded. */
  serverBalance(): Promise<number>;
  /** A sentence for each inconsistency. */
  auditFaults(): Promise<string[]>;
}

/** @param url of a database that the bot may have open */
export async function openLedgers(url: string): Promise<Ledgers> {
  const { database, kind } = await openSecondConnection(url);
  return {
    database,
    kind,
    async jobs() {
      const rows = await database
        .selectFrom('jobs')
        .select('record')
        .orderBy('created_at')
        .execute();
      return rows.map(({ record }) => jobSchema.parse(JSON.parse(record)));
    },
    ledger: () => database.selectFrom('ledger').selectAll().orderBy('at').execute(),
    vendorLedger: () =>
      database.selectFrom('vendor_ledger').selectAll().orderBy('opened_at').execute(),
    async serverBalance() {
      const rows = await database
        .selectFrom('ledger')
        .select('amount')
        .where('member_id', '=', '')
        .execute();
      return rows.reduce((sum, { amount }) => sum + amount, 0);
    },
    auditFaults: () => checkConsistency(database),
    [Symbol.asyncDispose]: () => database.destroy(),
  };
}

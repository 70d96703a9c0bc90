/** Claims slots for running videos and records the order of starts. */
import { PostgresAdapter } from 'kysely';

import type { VendorName } from '../../catalogue/vendors.ts';
import { lockAccounts, OPERATOR, serverAccount } from '../../quota/ledgers/ledger.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { isOpenJob } from '../../storage/index-conditions.ts';
import { hasFreeSlot } from './fair-queue.ts';
import {
  readQueue,
  readSlotLimits,
  RUNNING_STATES,
  type Queue,
  type QueueOptions,
  type VendorAccounts,
} from './read-queue.ts';

/**
 * Above these limits a create is refused with `QuotaExceeded` (BytePlus ModelArk and Volcengine Ark,
 * video generation, queue limits). The other vendors publish no limit.
 */
const MOST_TASKS: ReadonlyMap<string, number> = new Map<VendorName, number>([
  ['byteplus', 120],
  ['volcengine', 120],
]);

/** There is one API key per vendor, so accounts are named after their vendor. */
export const VENDOR_ACCOUNTS: VendorAccounts = {
  accountOf: ({ vendor }) => vendor,
  most: (account) => MOST_TASKS.get(account),
};

export interface SlotClaim {
  readonly jobId: string;
  readonly guildId: string;
  readonly memberId: string;
  /** The account of the vendor that will be called. */
  readonly account?: string | undefined;
  readonly accounts?: VendorAccounts | undefined;
}

export interface Slots {
  queue(database: Database, options?: QueueOptions): Promise<Queue>;
  /**
   * Takes a slot for the job. The accounts stay locked until the transaction ends, so two processes
   * cannot both take the last slot. Must be the first call in the transaction that writes `submitting`;
   * without a slot, that transaction must write nothing.
   *
   * @returns the start number, higher than any before; undefined when no slot is free
   */
  claimSlot(transaction: DatabaseTransaction, claim: SlotClaim): Promise<number | undefined>;
  /**
   * Records that a vendor has accepted, or may have accepted, the job. This moves the member to the end
   * of the queue. A start that a vendor refused is not recorded, so the member keeps their position.
   */
  noteStart(transaction: DatabaseTransaction, start: Start): Promise<void>;
}

export interface Start {
  readonly guildId: string;
  readonly memberId: string;
  /** From `claimSlot`. */
  readonly startNumber: number;
}

export function createSlots(): Slots {
  return { queue: readQueue, claimSlot, noteStart };
}

async function claimSlot(
  transaction: DatabaseTransaction,
  claim: SlotClaim,
): Promise<number | undefined> {
  const { jobId, guildId, memberId } = claim;
  await lockJob(transaction, jobId);
  // The operator's row holds the latest start number, and vendor account slots are shared by all servers.
  await lockAccounts(transaction, [OPERATOR, serverAccount(guildId), { guildId, memberId }]);
  const isFree =
    (await isFreeInServer(transaction, claim)) && (await isFreeAtVendor(transaction, claim));
  return isFree ? nextStartNumber(transaction) : undefined;
}

async function isFreeInServer(
  database: Database,
  { guildId, memberId }: SlotClaim,
): Promise<boolean> {
  const limits = await readSlotLimits(database, { guildIds: [guildId], memberId });
  const server = limits.server(guildId);
  const member = limits.member(guildId, memberId);
  if (server === undefined && member === undefined) return true;
  const running = await runningJobs(database)
    .select(['member_id', ({ fn }) => fn.countAll<number>().as('count')])
    .where('guild_id', '=', guildId)
    .groupBy('member_id')
    .execute();
  const own = running.filter((row) => row.member_id === memberId);
  return hasFreeSlot(sumOf(running), server) && hasFreeSlot(sumOf(own), member);
}

async function isFreeAtVendor(
  database: Database,
  { account, accounts }: SlotClaim,
): Promise<boolean> {
  const most = account === undefined ? undefined : accounts?.most(account);
  if (most === undefined) return true;
  const running = await runningJobs(database)
    .select(['model', 'vendor', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy(['model', 'vendor'])
    .execute();
  const ofAccount = running.filter(
    ({ model, vendor }) => accounts?.accountOf({ model, vendor: vendor ?? undefined }) === account,
  );
  return hasFreeSlot(sumOf(ofAccount), most);
}

function runningJobs(database: Database) {
  return database.selectFrom('jobs').where('state', 'in', RUNNING_STATES).where(isOpenJob);
}

function sumOf(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

async function nextStartNumber(transaction: DatabaseTransaction): Promise<number> {
  const { start_number: startNumber } = await transaction
    .updateTable('accounts')
    .set(({ eb }) => ({ start_number: eb('start_number', '+', 1) }))
    .where('guild_id', '=', OPERATOR.guildId)
    .where('member_id', '=', OPERATOR.memberId)
    .returning('start_number')
    .executeTakeFirstOrThrow();
  return startNumber;
}

export async function noteStart(
  transaction: DatabaseTransaction,
  { guildId, memberId, startNumber }: Start,
): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ start_number: startNumber })
    .where('guild_id', '=', guildId)
    .where('member_id', '=', memberId)
    .where('start_number', '<', startNumber)
    .execute();
}

/** Locks the job before the accounts, in the order of every transaction that changes a job and its credits. */
async function lockJob(transaction: DatabaseTransaction, jobId: string): Promise<void> {
  if (!(transaction.getExecutor().adapter instanceof PostgresAdapter)) return;
  await transaction.selectFrom('jobs').select('id').where('id', '=', jobId).forUpdate().execute();
}

/**
 * Withdrawn offers: models for which the vendor answered a create with "this model is retired" or "not
 * activated for your account". They are stored per vendor account in the database, so that later orders
 * avoid the same refusal in every process and after a restart. Once a day one order tests whether the
 * vendor serves the model again.
 */
import { createHmac } from 'node:crypto';

import { offersOf, validOffers } from '../../catalogue/prices/prices.ts';
import { MODEL_IDS, type ModelId } from '../../catalogue/request.ts';
import { VENDOR_NAMES, type VendorName } from '../../catalogue/vendors.ts';
import { DAY, type Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import type { Database } from '../../storage/database.ts';

const RECHECK_AFTER_MS = DAY;

export interface Withdrawal {
  readonly vendor: VendorName;
  readonly model: ModelId;
  /** The vendor's own error code, if it sent one. */
  readonly code: string | undefined;
  readonly withdrawnAtMs: number;
  readonly recheckAtMs: number;
}

export interface Withdrawals {
  /** Returns the withdrawals as of the last `refresh` plus this process's own; without expired offers. */
  list(): readonly Withdrawal[];
  /** @returns false once the daily check is due, so that the next order tests the model */
  isWithdrawn(vendor: VendorName, model: ModelId): boolean;
  /** Records a withdrawal. Logs an error the first time, over all processes. */
  withdraw(vendor: VendorName, model: ModelId, code: string | undefined): Promise<void>;
  /**
   * Must be called before each create. Once the daily check is due, it returns true for one order only,
   * over all processes.
   */
  mayAsk(vendor: VendorName, model: ModelId): Promise<boolean>;
  /** Ends the withdrawal after the vendor accepted a task. Uses the database only for a withdrawn model. */
  restore(vendor: VendorName, model: ModelId): Promise<void>;
  /** Reads withdrawals and restorations by other processes. */
  refresh(): Promise<void>;
}

export interface VendorAccount {
  readonly apiKey: string;
  readonly baseUrl: string;
}

export interface WithdrawalDependencies {
  database: Database;
  accounts: ReadonlyMap<VendorName, VendorAccount>;
  /** Mixed into the account ids, so that they do not reveal the keys. */
  salt: string;
  clock: Pick<Clock, 'now'>;
  logger: Logger;
}

/** Returns an id for the account, different for every key at the same vendor. */
export function accountId(salt: string, { apiKey, baseUrl }: VendorAccount): string {
  return createHmac('sha256', salt).update(`${baseUrl}\n${apiKey}`).digest('hex').slice(0, 32);
}

/** Reads the withdrawals of these accounts. */
export async function readWithdrawals(
  database: Database,
  accountIds: ReadonlyMap<VendorName, string>,
): Promise<Withdrawal[]> {
  if (accountIds.size === 0) return [];
  const rows = await database
    .selectFrom('withdrawn_offers')
    .selectAll()
    .where('account', 'in', [...accountIds.values()])
    .orderBy('vendor')
    .orderBy('model')
    .execute();
  return rows.flatMap((row) => {
    const vendor = VENDOR_NAMES.find((name) => name === row.vendor);
    const model = MODEL_IDS.find((id) => id === row.model);
    // A newer version may know more vendors and models.
    if (vendor === undefined || model === undefined) return [];
    if (accountIds.get(vendor) !== row.account) return [];
    return [
      {
        vendor,
        model,
        code: row.code ?? undefined,
        withdrawnAtMs: row.withdrawn_at,
        recheckAtMs: row.recheck_at,
      },
    ];
  });
}

/** Creates the withdrawals. The caller calls `refresh` before first use and every few seconds. */
export function createWithdrawals(dependencies: WithdrawalDependencies): Withdrawals {
  const { database, accounts, salt, clock, logger } = dependencies;
  const accountIds = new Map(
    [...accounts].map(([name, account]) => [name, accountId(salt, account)]),
  );
  let known = new Map<string, Withdrawal>();
  const find = (vendor: VendorName, model: ModelId): Withdrawal | undefined =>
    known.get(keyOf(vendor, model));
  const columnsOf = (vendor: VendorName, model: ModelId) => ({
    vendor,
    account: accountIds.get(vendor) ?? '',
    model,
  });

  return {
    list: () => [...known.values()].filter((each) => isOffered(each, clock.now())),
    isWithdrawn(vendor, model) {
      const withdrawal = find(vendor, model);
      return withdrawal !== undefined && clock.now() < withdrawal.recheckAtMs;
    },

    async withdraw(vendor, model, code) {
      const nowMs = clock.now();
      const recheckAtMs = nowMs + RECHECK_AFTER_MS;
      const before = find(vendor, model);
      known.set(keyOf(vendor, model), {
        vendor,
        model,
        code,
        withdrawnAtMs: before?.withdrawnAtMs ?? nowMs,
        recheckAtMs,
      });
      const isNew = await insertOrRenew(database, columnsOf(vendor, model), {
        code: code ?? null,
        nowMs,
        recheckAtMs,
      });
      logWithdrawal(logger, isNew, { vendor, model, code, recheckAtMs });
    },

    async mayAsk(vendor, model) {
      const withdrawal = find(vendor, model);
      if (withdrawal === undefined) return true;
      const nowMs = clock.now();
      if (nowMs < withdrawal.recheckAtMs) return false;
      const recheckAtMs = nowMs + RECHECK_AFTER_MS;
      const isOurs = await claimCheck(database, columnsOf(vendor, model), { nowMs, recheckAtMs });
      known.set(keyOf(vendor, model), { ...withdrawal, recheckAtMs });
      return isOurs;
    },

    async restore(vendor, model) {
      if (!known.delete(keyOf(vendor, model))) return;
      if (!(await remove(database, columnsOf(vendor, model)))) return;
      logger.info({ vendor, model }, 'vendor serves the model again; offer restored');
    },

    async refresh() {
      const read = await readWithdrawals(database, accountIds);
      known = new Map(read.map((one) => [keyOf(one.vendor, one.model), one]));
    },
  };
}

/** Returns whether the catalogue currently offers the model; otherwise its withdrawal is irrelevant. */
function isOffered({ vendor, model }: Withdrawal, nowMs: number): boolean {
  return validOffers(offersOf(vendor), nowMs)[model] !== undefined;
}

/** Logs an error the first time, because only the operator can activate a model. */
function logWithdrawal(
  logger: Logger,
  isNew: boolean,
  { recheckAtMs, ...facts }: Omit<Withdrawal, 'withdrawnAtMs'>,
): void {
  const fields = { ...facts, recheckAt: new Date(recheckAtMs).toISOString() };
  if (isNew) {
    logger.error(fields, 'vendor says the model is retired or not activated; offer withdrawn');
  } else {
    logger.info(fields, 'vendor still does not serve the model; offer stays withdrawn');
  }
}

function keyOf(vendor: VendorName, model: ModelId): string {
  return `${vendor} ${model}`;
}

interface Columns {
  vendor: string;
  account: string;
  model: string;
}

/** @returns whether the withdrawal is new */
async function insertOrRenew(
  database: Database,
  columns: Columns,
  { code, nowMs, recheckAtMs }: { code: string | null; nowMs: number; recheckAtMs: number },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await database
    .insertInto('withdrawn_offers')
    .values({ ...columns, code, withdrawn_at: nowMs, recheck_at: recheckAtMs })
    .onConflict((conflict) => conflict.columns(['vendor', 'account', 'model']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return true;
  await database
    .updateTable('withdrawn_offers')
    .set({ code, recheck_at: recheckAtMs })
    .where('vendor', '=', columns.vendor)
    .where('account', '=', columns.account)
    .where('model', '=', columns.model)
    .execute();
  return false;
}

/** @returns whether the caller makes the daily check; true for one of all concurrent callers */
async function claimCheck(
  database: Database,
  { vendor, account, model }: Columns,
  { nowMs, recheckAtMs }: { nowMs: number; recheckAtMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('withdrawn_offers')
    .set({ recheck_at: recheckAtMs })
    .where('vendor', '=', vendor)
    .where('account', '=', account)
    .where('model', '=', model)
    .where('recheck_at', '<=', nowMs)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @returns whether a withdrawal was deleted */
async function remove(database: Database, { vendor, account, model }: Columns): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom('withdrawn_offers')
    .where('vendor', '=', vendor)
    .where('account', '=', account)
    .where('model', '=', model)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

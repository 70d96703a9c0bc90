/** Builds everything except Discord: vendors, quota, jobs. */
import { offersOf } from '../catalogue/prices/prices.ts';
import type { ModelId } from '../catalogue/request.ts';
import type { VendorName } from '../catalogue/vendors.ts';
import { SECOND } from '../clock.ts';
import type { Config } from '../config.ts';
import { createGuildRecords, type GuildRecords } from '../discord/server/guild-records.ts';
import { planContext } from '../discord/server/server-rules.ts';
import {
  createServerSettings,
  type ServerSettingsStore,
} from '../discord/server/server-settings.ts';
import { createHousekeeping } from '../housekeeping.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { VENDOR_ACCOUNTS } from '../jobs/queue/running-slots.ts';
import { createJobStore, type JobStore } from '../jobs/record/job-store.ts';
import { createOffers, type Offers } from '../jobs/submission/offers.ts';
import { Loop } from '../loop.ts';
import { createVendorLedger } from '../quota/ledgers/vendor-ledger.ts';
import type { LimitSettings } from '../quota/limits/limits.ts';
import { createQuotaManager, type QuotaManager } from '../quota/quota-manager.ts';
import { safetySalt } from '../storage/installation.ts';
import { watchVendors, type VendorStates } from '../vendors/health/vendor-health.ts';
import { createWithdrawals, type Withdrawals } from '../vendors/health/withdrawals.ts';
import { withWithdrawals } from '../vendors/health/withdrawing-vendor.ts';
import { createVendors } from '../vendors/registry.ts';
import type { Resources } from './resources.ts';

/** The default for servers that have not chosen one. */
const TIME_ZONE = 'UTC';
const READ_WITHDRAWALS_EVERY_MS = 10 * SECOND;

export interface Work extends Resources {
  store: JobStore;
  quota: QuotaManager;
  offers: Offers;
  vendorStates: () => VendorStates;
  jobs: Jobs;
  withdrawals: Withdrawals;
  /** Refreshes `withdrawals`, which other processes may change. */
  withdrawalReader: Loop;
  settings: ServerSettingsStore;
  guilds: GuildRecords;
  housekeeping: Loop;
}

export async function createWork(config: Config, resources: Resources): Promise<Work> {
  const { database, clock, logger, metrics, connections } = resources;
  const called = createVendors(config.vendors, {
    logger,
    clock,
    dispatcher: connections,
    wireModelsOf: (vendor) => wireModels(vendor, config),
  }).map((vendor) => metrics?.countCalls(vendor) ?? vendor);
  const { vendors: watched, states: vendorStates } = watchVendors(called, { clock, logger });
  const salt = await safetySalt(database);
  const withdrawals = createWithdrawals({
    database,
    accounts: config.vendors,
    salt,
    clock,
    logger,
  });
  await withdrawals.refresh();
  const vendors = watched.map((vendor) => withWithdrawals(vendor, { withdrawals, logger }));
  const store = createJobStore(database, logger);
  const quota = createQuotaManager({ limits: limitSettings(config), timeZone: TIME_ZONE });
  const offers = createOffers({
    vendors,
    prices: config.prices,
    clock,
    states: vendorStates,
    withdrawals,
  });
  const settings = createServerSettings(database, clock, logger);
  const parts = { ...resources, store, quota, offers, vendorStates, withdrawals, settings };
  const jobs = createJobs({
    ...parts,
    vendors,
    planContextOf: async (guildId) =>
      planContext(await settings.read(guildId), offers.toPlanWith(), () => 0),
    vendorLedger: createVendorLedger(),
    safetySalt: salt,
    accounts: VENDOR_ACCOUNTS,
  });
  const guilds = createGuildRecords(database);
  const housekeeping = createHousekeeping({
    ...resources,
    store,
    guilds,
    retentionDays: config.retentionDays,
  });
  const withdrawalReader = createWithdrawalReader(withdrawals, { clock, logger });
  return { ...parts, jobs, guilds, housekeeping, withdrawalReader };
}

function createWithdrawalReader(
  withdrawals: Pick<Withdrawals, 'refresh'>,
  { clock, logger }: Pick<Resources, 'clock' | 'logger'>,
): Loop {
  return new Loop({
    clock,
    async tick() {
      await withdrawals.refresh();
      return READ_WITHDRAWALS_EVERY_MS;
    },
    onError(error) {
      logger.error({ err: error }, 'withdrawn offers not read; retrying');
      return READ_WITHDRAWALS_EVERY_MS;
    },
  });
}

/** Includes expired offers, because their open jobs are still polled. */
function wireModels(vendor: VendorName, config: Config): Partial<Record<ModelId, string>> {
  const offers = Object.values(offersOf(vendor, config.prices));
  return Object.fromEntries(offers.map(({ model, wireModel }) => [model, wireModel]));
}

function limitSettings({ credits }: Config): LimitSettings {
  return {
    defaultGuildCredits: credits.defaultGuild,
    defaultMemberCredits: credits.defaultMember,
    maxGuildCreditsPerMonth: credits.maxGuildPerMonth,
    guildCredits: credits.guilds,
    operatorCreditsPerMonth: credits.operatorPerMonth,
  };
}

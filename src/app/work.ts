/** The product without Discord: vendors, money, jobs. */
import { offersOf } from '../catalogue/prices/prices.ts';
import type { ModelId } from '../catalogue/request.ts';
import type { Config } from '../config.ts';
import { createHousekeeping } from '../housekeeping.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import type { Loop } from '../jobs/loops/loop.ts';
import { createJobStore, type JobStore } from '../jobs/record/job-store.ts';
import { VENDOR_ACCOUNTS } from '../jobs/submission/account-places.ts';
import { createOffers, type Offers } from '../jobs/submission/offers.ts';
import { createVendorBook } from '../quota/books/vendor-book.ts';
import type { LimitSettings } from '../quota/limits/limits.ts';
import { createQuotaManager, type QuotaManager } from '../quota/quota-manager.ts';
import { safetySalt } from '../storage/installation.ts';
import { watchVendors, type VendorStates } from '../vendors/health/vendor-health.ts';
import { createVendors } from '../vendors/registry.ts';
import type { VendorName } from '../vendors/vendor.ts';
import type { Resources } from './resources.ts';

/** Of servers that have chosen none. */
const TIME_ZONE = 'UTC';

export interface Work extends Resources {
  store: JobStore;
  quota: QuotaManager;
  offers: Offers;
  vendorStates: () => VendorStates;
  jobs: Jobs;
  housekeeping: Loop;
}

export async function createWork(config: Config, resources: Resources): Promise<Work> {
  const { database, clock, logger, metrics, connections } = resources;
  const called = createVendors(config.vendors, {
    logger,
    clock,
    dispatcher: connections,
    wireModelsOf: (vendor) => wireModels(vendor, config),
  }).map((vendor) => metrics?.countedVendor(vendor) ?? vendor);
  const { vendors, states: vendorStates } = watchVendors(called, { clock, logger });
  const store = createJobStore(database, logger);
  const quota = createQuotaManager({ limits: limitSettings(config), timeZone: TIME_ZONE });
  const offers = createOffers({
    vendors,
    prices: config.prices,
    clock,
    states: vendorStates,
  });
  const salt = await safetySalt(database);
  const parts = { ...resources, store, quota, offers, vendorStates };
  const jobs = createJobs({
    ...parts,
    vendors,
    vendorBook: createVendorBook(),
    safetySalt: salt,
    accounts: VENDOR_ACCOUNTS,
  });
  const housekeeping = createHousekeeping({
    ...resources,
    store,
    retentionDays: config.retentionDays,
  });
  return { ...parts, jobs, housekeeping };
}

/** Ended offers are included: their open jobs are still polled. */
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

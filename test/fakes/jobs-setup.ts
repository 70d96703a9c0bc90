/**
 * The jobs module at work: a real database, real quotas and files, vendors in memory, and time that
 * the test controls. Processes can be started, stopped and killed on it.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PricesSetting } from '#src/catalogue/prices/prices.ts';
import { createIdMaker } from '#src/ids.ts';
import type { Order, OrderOrigin } from '#src/jobs/acceptance/accept-job.ts';
import type { Attachment } from '#src/jobs/acceptance/fetch-inputs.ts';
import { createJobs, type Jobs } from '#src/jobs/jobs.ts';
import type { VendorAccounts } from '#src/jobs/queue/read-queue.ts';
import { createJobStore, type JobStore } from '#src/jobs/record/job-store.ts';
import type { Job, JobState } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createLogger, type Logger } from '#src/logger.ts';
import { createFileStore, type FileStore } from '#src/media/files/file-store.ts';
import { createStoredFiles, type StoredFiles } from '#src/media/files/stored-files.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import type { LimitSettings } from '#src/quota/limits/limits.ts';
import { createQuotaManager, type QuotaManager } from '#src/quota/quota-manager.ts';
import type { Database } from '#src/storage/database.ts';
import type { Leases } from '#src/storage/leases/leases.ts';
import type { Withdrawals } from '#src/vendors/health/withdrawals.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import type { DatabaseKind } from '../databases/database.ts';
import { openSharedStorage, type SharedStorage } from '../databases/shared-storage.ts';
import { createFakeClock, type FakeClock } from './clock.ts';
import { fakeFetch, type Outside } from './fake-internet.ts';
import { aRequest } from './job.ts';
import { killableClock, killableLeases, killableVendor } from './killable-process.ts';
import { quotaSettings } from './quota.ts';
import { createFakeVendor, type FakeVendor, type FakeVendorOptions } from './vendor.ts';

export interface JobsSetupOptions {
  /** A SQLite file unless given. */
  kind?: DatabaseKind;
  /** In the operator’s order; one BytePlus account unless given. */
  vendors?: readonly Omit<FakeVendorOptions, 'clock'>[];
  prices?: PricesSetting;
  /** Offers that vendors have withdrawn; none unless given. */
  withdrawals?: Pick<Withdrawals, 'isWithdrawn'>;
  limits?: Partial<LimitSettings>;
  /** How many tasks each vendor’s account accepts at once; unlimited unless given. */
  accounts?: VendorAccounts;
  /** The storage limit of each server; 2 GB unless given. */
  guildBytes?: number;
  /** Receives each log line from level warn. */
  onWarning?: (line: string) => void;
}

export interface OrderOptions {
  request?: Partial<Order['request']>;
  attachments?: readonly Attachment[];
  place?: Partial<OrderOrigin>;
}

/** A running bot, as far as the jobs module goes. */
export interface Process {
  readonly jobs: Jobs;
  readonly leases: Leases;
  /** Like SIGKILL: whatever it waits for never comes, and its leases are free. */
  kill(): void;
}

interface Life {
  readonly death: AbortController;
  /** Independent of the process: the leases themselves, without the access that is cut. */
  readonly closeLeases: () => Promise<void>;
}

export class JobsSetup {
  readonly clock: FakeClock;
  readonly vendors: readonly FakeVendor[];
  readonly outside: Outside = { pictures: new Map(), downloads: [], downloadFailures: [] };
  readonly quota: QuotaManager;
  readonly store: JobStore;
  readonly database: Database;
  readonly files: FileStore;
  readonly storedFiles: StoredFiles;
  readonly folder: string;
  readonly #options: JobsSetupOptions;
  readonly #storage: SharedStorage;
  readonly #processes = new Map<Process, Life>();
  #orders = 0;

  static async open(options: JobsSetupOptions = {}): Promise<JobsSetup> {
    const folder = await mkdtemp(join(tmpdir(), 'jobs-room-'));
    const storage = await openSharedStorage(options.kind ?? 'sqlite');
    const clock = createFakeClock({ isBusy: storage.isBusy });
    const files = await createFileStore(folder, clock);
    return new JobsSetup({ options, clock, files, folder, storage });
  }

  private constructor(parts: {
    options: JobsSetupOptions;
    clock: FakeClock;
    files: FileStore;
    folder: string;
    storage: SharedStorage;
  }) {
    const { options, clock, files, folder, storage } = parts;
    this.#options = options;
    this.#storage = storage;
    this.clock = clock;
    this.files = files;
    this.folder = folder;
    this.database = storage.database;
    this.storedFiles = createStoredFiles({
      database: storage.database,
      files,
      guildBytes: options.guildBytes ?? 2_000_000_000,
      clock,
      logger: createLogger('silent'),
    });
    this.store = createJobStore(storage.database);
    const limits = { defaultGuildCredits: 100_000, ...options.limits };
    this.quota = createQuotaManager(quotaSettings(limits));
    this.vendors = (options.vendors ?? [{}]).map((vendor) =>
      createFakeVendor({ ...vendor, clock }),
    );
  }

  /** The first, or only, vendor. */
  get vendor(): FakeVendor {
    const [vendor] = this.vendors;
    assert.ok(vendor);
    return vendor;
  }

  /** A process that has not started working; `jobs.start()` starts it. */
  create(vendors: readonly Vendor[] = this.vendors, database = this.database): Process {
    const death = new AbortController();
    const own = vendors.map((vendor) => killableVendor(vendor, death.signal));
    const lasting = this.#storage.leasesOfProcess();
    const leases = killableLeases(lasting, death.signal);
    const offers = createOffers({
      vendors: own,
      prices: this.#options.prices ?? {},
      clock: this.clock,
      withdrawals: this.#options.withdrawals,
    });
    const jobs = createJobs({
      database,
      leases,
      store: this.store,
      quota: this.quota,
      vendorLedger: createVendorLedger(),
      vendors: own,
      offers,
      planContextOf: async () => ({ offers: offers.toPlanWith() }),
      files: this.files,
      storedFiles: this.storedFiles,
      safeFetch: fakeFetch(this.outside, death.signal),
      safetySalt: 'salt',
      accounts: this.#options.accounts,
      ids: createIdMaker(),
      clock: killableClock(this.clock, death.signal),
      logger: this.#logger(),
    });
    const closeLeases = async (): Promise<void> => lasting.close();
    const kill = (): void => {
      death.abort();
      void closeLeases();
    };
    const running: Process = { jobs, leases, kill };
    this.#processes.set(running, { death, closeLeases });
    return running;
  }

  #logger(): Logger {
    const { onWarning } = this.#options;
    return onWarning === undefined
      ? createLogger('silent')
      : createLogger('warn', { write: onWarning });
  }

  start(vendors?: readonly Vendor[]): Process {
    const started = this.create(vendors);
    started.jobs.start();
    return started;
  }

  anOrder({ request, attachments = [], place }: OrderOptions = {}): Order {
    this.#orders += 1;
    return {
      request: aRequest(request),
      attachments,
      isPrivate: false,
      notify: 'mention',
      origin: {
        guildId: 'guild',
        channelId: 'channel',
        memberId: 'alice',
        interactionId: `interaction${this.#orders}`,
        messageId: `message${this.#orders}`,
        isEphemeral: false,
        locale: 'en-US',
        attachmentLimitBytes: 10_000_000,
        ...place,
      },
    };
  }

  async find(id: string): Promise<Job> {
    const job = await this.store.find(id);
    assert.ok(job, `there is no job ${id}`);
    return job;
  }

  async allJobs(): Promise<Job[]> {
    const rows = await this.database
      .selectFrom('jobs')
      .select('id')
      .orderBy('created_at')
      .execute();
    return this.store.findMany(rows.map(({ id }) => id));
  }

  /** Lets time pass until the jobs are in the state. */
  async until(state: JobState, ...jobs: readonly Pick<Job, 'id'>[]): Promise<void> {
    await this.clock.advanceUntil(async () => {
      const found = await this.store.findMany(jobs.map(({ id }) => id));
      return found.every((job) => job.state === state);
    });
  }

  /** Lets time pass until the jobs' videos are on the disk. */
  async untilStored(...jobs: readonly Pick<Job, 'id'>[]): Promise<void> {
    await this.clock.advanceUntil(async () => {
      const found = await this.store.findMany(jobs.map(({ id }) => id));
      return found.every((job) => job.video !== undefined);
    });
  }

  /** The vendor ledger’s rows of a job, in the order of their opening. */
  async book(job: Pick<Job, 'id'>): Promise<{ vendor: string; state: string; credits: number }[]> {
    return this.database
      .selectFrom('vendor_ledger')
      .select(['vendor', 'state', 'credits'])
      .where('job_id', '=', job.id)
      .orderBy('opened_at')
      .execute();
  }

  /** What a member’s open jobs hold, and what the ended ones cost. */
  async credits(memberId = 'alice'): Promise<{ held: number; used: number }> {
    const nowMs = this.clock.now();
    const { member } = await this.quota.view(this.database, { guildId: 'guild', memberId, nowMs });
    return { held: member.held, used: member.used };
  }

  /** Stops everything, and checks that the ledgers add up and nothing was left running. */
  async close({ isDatabaseClosed = false } = {}): Promise<void> {
    try {
      const alive = [...this.#processes].filter(([, { death }]) => !death.signal.aborted);
      await Promise.all(alive.map(async ([{ jobs }]) => jobs.stop()));
      await Promise.all(alive.map(async ([, { closeLeases }]) => closeLeases()));
      assert.equal(this.clock.sleeping, 0, 'something still sleeps');
      if (!isDatabaseClosed) assert.deepEqual(await this.quota.audit(this.database), []);
    } finally {
      await this.#storage.close();
      await rm(this.folder, { recursive: true });
    }
  }
}

/**
 * The bot's Prometheus metrics. Created only if they are served (`HTTP_PORT`). No label identifies a
 * server or member.
 */
import type { Client, REST } from 'discord.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { MINUTE, SECOND, type Clock } from '../clock.ts';
import { cacheFor } from '../health/cache-for.ts';
import type { Scraped } from '../health/health.ts';
import type { Parts } from '../health/readiness.ts';
import { ENDED_STATES, hasEnded } from '../jobs/record/job.ts';
import type { JobListener } from '../jobs/record/transition.ts';
import { storageFigures, type StorageFigures } from '../media/files/storage-figures.ts';
import type { VendorHealth } from '../vendors/health/breaker.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { watchAcknowledgements } from './acknowledgements.ts';
import { countBills } from './bills.ts';
import {
  jobFigures,
  moneyFigures,
  type JobFigures,
  type MoneyFigures,
  type VendorMoney,
} from './figures.ts';
import { countCalls } from './vendor-calls.ts';

/** Limits database queries, however often the metrics are scraped. */
const JOBS_KEPT_MS = 2 * SECOND;
/** Summing a month takes longer and changes slowly. */
const MONEY_KEPT_MS = MINUTE;
/** Storage changes slowly, and each file is a row to read. */
const STORAGE_KEPT_MS = 5 * MINUTE;
/** Below Prometheus's default scrape timeout of 10 s. */
const FIGURES_WITHIN_MS = 5 * SECOND;

/** Discord accepts no acknowledgement after 3 s. */
const ACKNOWLEDGEMENT_BUCKETS_SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5];
/** Up to three days, when delivery is given up. */
const DELIVERY_BUCKETS_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600, 21_600, 259_200];

const TOO_MANY_REQUESTS = 429;
/** `X-RateLimit-Scope` (Discord developer docs, Rate Limits). */
const RATE_LIMIT_SCOPES = ['user', 'global', 'shared'] as const;
const VENDOR_STATES = [
  'up',
  'resting',
  'on-trial',
] as const satisfies readonly VendorHealth['state'][];

export interface Metrics {
  /** Wraps a vendor so that its calls are counted. */
  countCalls(vendor: Vendor): Vendor;
  /** Counts how jobs end and bills above their hold, and measures how long finished videos take to be delivered. */
  readonly jobChanged: JobListener;
  /** Counts the rate limit answers of this client. */
  readonly watchRest: (rest: REST) => void;
  /** Measures acknowledgements. Must be called before other listeners answer interactions. */
  watchInteractions(client: Client): void;
  /** Adds gauges that read these parts at each scrape. */
  watchParts(parts: Parts): void;
  scrape(): Promise<Scraped>;
}

export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    ...vendorMetrics(registry),
    ...videoMetrics(registry),
    ...discordMetrics(registry, clock),
    watchParts(parts) {
      addPartMetrics(registry, parts);
      addFigures(registry, parts, clock);
    },
    scrape: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

function vendorMetrics(registry: Registry): Pick<Metrics, 'countCalls'> {
  const calls = new Counter({
    name: 'seedance_vendor_calls_total',
    help: 'Finished calls to vendors, by outcome.',
    labelNames: ['vendor', 'operation', 'outcome'],
    registers: [registry],
  });
  return {
    countCalls: (vendor) =>
      countCalls(vendor, ({ operation, outcome }) =>
        calls.inc({ vendor: vendor.name, operation, outcome }),
      ),
  };
}

function videoMetrics(registry: Registry): Pick<Metrics, 'jobChanged'> {
  const ended = new Counter({
    name: 'seedance_jobs_ended_total',
    help: 'Jobs that this process has ended, by final state.',
    labelNames: ['state'],
    registers: [registry],
  });
  for (const state of ENDED_STATES) ended.inc({ state }, 0);
  const lag = new Histogram({
    name: 'seedance_delivery_lag_seconds',
    help: 'Time from when the bot sees the finished task to when Discord has the video.',
    buckets: DELIVERY_BUCKETS_SECONDS,
    registers: [registry],
  });
  const countBill = countBills(registry);
  return {
    jobChanged(after, before) {
      countBill(after, before);
      if (hasEnded(after)) ended.inc({ state: after.state });
      if (after.state !== 'delivered' || before?.state !== 'succeeded') return;
      lag.observe((after.stateSinceMs - before.stateSinceMs) / SECOND);
    },
  };
}

function discordMetrics(
  registry: Registry,
  clock: Clock,
): Pick<Metrics, 'watchRest' | 'watchInteractions'> {
  const acknowledgements = new Histogram({
    name: 'seedance_acknowledgement_seconds',
    help: 'Time from when an interaction reaches the bot to when Discord has its acknowledgement.',
    labelNames: ['kind'],
    buckets: ACKNOWLEDGEMENT_BUCKETS_SECONDS,
    registers: [registry],
  });
  const limited = new Counter({
    name: 'seedance_discord_rate_limits_total',
    help: 'Responses 429 from Discord, by scope of the limit.',
    labelNames: ['scope'],
    registers: [registry],
  });
  for (const scope of RATE_LIMIT_SCOPES) limited.inc({ scope }, 0);
  return {
    watchRest(rest) {
      rest.on('response', (_request, { status, headers }) => {
        if (status !== TOO_MANY_REQUESTS) return;
        const said = headers.get('x-ratelimit-scope');
        limited.inc({ scope: RATE_LIMIT_SCOPES.find((scope) => scope === said) ?? 'unknown' });
      });
    },
    watchInteractions(client) {
      watchAcknowledgements(client, clock, ({ kind, tookMs }) =>
        acknowledgements.observe({ kind }, tookMs / SECOND),
      );
    },
  };
}

function addPartMetrics(
  registry: Registry,
  { isGatewayAlive, vendorStates, withdrawals }: Parts,
): void {
  addGauge(registry, {
    name: 'seedance_offer_withdrawn',
    help: '1 for each model that its vendor reports as retired or not activated.',
    labelNames: ['vendor', 'model'],
    read: async () => withdrawals.list().map(({ vendor, model }) => [{ vendor, model }, 1]),
  });
  addGauge(registry, {
    name: 'seedance_gateway_alive',
    help: '1 while the gateway connection is alive.',
    read: async () => [[{}, isGatewayAlive() ? 1 : 0]],
  });
  addGauge(registry, {
    name: 'seedance_vendor_state',
    help: "1 for the vendor's current state.",
    labelNames: ['vendor', 'state'],
    read: async () =>
      [...vendorStates()].flatMap(([vendor, current]) =>
        VENDOR_STATES.map((state) => [{ vendor, state }, state === current.state ? 1 : 0] as const),
      ),
  });
}

function addFigures(registry: Registry, { database }: Parts, clock: Clock): void {
  const shared = { withinMs: FIGURES_WITHIN_MS, clock };
  const jobs = cacheFor({
    ...shared,
    ask: async () => jobFigures(database),
    keepMs: JOBS_KEPT_MS,
  });
  const money = cacheFor({
    ...shared,
    ask: async () => moneyFigures(database, clock.now()),
    keepMs: MONEY_KEPT_MS,
  });
  const storage = cacheFor({
    ...shared,
    ask: async () => storageFigures(database),
    keepMs: STORAGE_KEPT_MS,
  });
  const questions = [jobs, money, storage];
  addGauge(registry, {
    name: 'seedance_database_answers',
    help: '1 while the database answers; otherwise jobs and credits are missing.',
    read: async () => [[{}, (await isAnswered(questions)) ? 1 : 0]],
  });
  /** Omits the database's figures while it is unavailable, so that the other metrics are still served. */
  const addFigure: AddFigure = (options) =>
    addGauge(registry, {
      ...options,
      read: async () => ((await isAnswered(questions)) ? options.read() : []),
    });
  addJobFigures(addFigure, { jobs, money });
  addStorageFigures(addFigure, storage);
}

type AddFigure = (options: GaugeOptions) => void;

interface JobQuestions {
  readonly jobs: () => Promise<JobFigures>;
  readonly money: () => Promise<MoneyFigures>;
}

function addJobFigures(addFigure: AddFigure, { jobs, money }: JobQuestions): void {
  const ofVendors = async (what: keyof VendorMoney): Promise<Reading[]> =>
    [...(await money()).vendors].map(([vendor, sums]) => [{ vendor }, sums[what]]);

  addFigure({
    name: 'seedance_jobs',
    help: 'Open jobs in each state.',
    labelNames: ['state'],
    read: async () => [...(await jobs()).inState].map(([state, count]) => [{ state }, count]),
  });
  addFigure({
    name: 'seedance_member_credits_held',
    help: 'Credits of members held for open jobs.',
    read: async () => [[{}, (await jobs()).heldCredits]],
  });
  addFigure({
    name: 'seedance_member_credits_spent',
    help: 'Credits that members have paid for videos of this UTC month.',
    read: async () => [[{}, (await money()).membersSpent]],
  });
  addFigure({
    name: 'seedance_vendor_credits_held',
    help: 'Vendor ledger: credits held for tasks that vendors have or may have.',
    labelNames: ['vendor'],
    read: async () => ofVendors('held'),
  });
  addFigure({
    name: 'seedance_vendor_credits_spent',
    help: 'Vendor ledger: credits billed or lost in this UTC month.',
    labelNames: ['vendor'],
    read: async () => ofVendors('spent'),
  });
}

function addStorageFigures(addFigure: AddFigure, storage: () => Promise<StorageFigures>): void {
  addFigure({
    name: 'seedance_stored_bytes',
    help: 'Bytes of all stored pictures, videos and sounds.',
    read: async () => [[{}, (await storage()).total]],
  });
  addFigure({
    name: 'seedance_guild_stored_bytes',
    help: 'Stored bytes of the ten largest servers, by rank, and of all others together.',
    labelNames: ['rank'],
    read: async () => guildReadings(await storage()),
  });
}

function guildReadings({ largest, others }: StorageFigures): Reading[] {
  const ranked = largest.map((bytes, index): Reading => [{ rank: String(index + 1) }, bytes]);
  return [...ranked, [{ rank: 'others' }, others]];
}

/** Returns whether all queries succeed. Failures are logged elsewhere. */
async function isAnswered(questions: ReadonlyArray<() => Promise<unknown>>): Promise<boolean> {
  const answers = await Promise.allSettled(questions.map(async (ask) => ask()));
  return answers.every(({ status }) => status === 'fulfilled');
}

type Reading = readonly [labels: Readonly<Record<string, string>>, value: number];

interface GaugeOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Returns all current values, which replace those of the previous scrape. */
  readonly read: () => Promise<readonly Reading[]>;
}

function addGauge(registry: Registry, { name, help, labelNames = [], read }: GaugeOptions): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      const readings = await read();
      gauge.reset();
      for (const [labels, value] of readings) gauge.set(labels, value);
    },
  });
}

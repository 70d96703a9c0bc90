/**
 * A process with very many jobs at one vendor with a list call: the poll loop on a database,
 * and the scheduler’s looks beside it. Prints its figures as JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { systemClock } from '#src/clock.ts';
import { createPoller } from '#src/jobs/polling/poller.ts';
import { createRateLimiter } from '#src/jobs/polling/rate-limiter.ts';
import { createSlots } from '#src/jobs/queue/running-slots.ts';
import { createJobStore } from '#src/jobs/record/job-store.ts';
import { createLogger } from '#src/logger.ts';
import { soleProcessLeases } from '#src/storage/leases/leases.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import { insertJobs, openBenchDatabase } from './open-database.ts';

const SECOND_MS = 1_000;
const MEBIBYTE = 1024 * 1024;
const NANOSECONDS = 1e6;
const P99 = 99;

const [count = 0, watchedMs = 0] = process.argv.slice(2).map(Number);
await using opened = await openBenchDatabase();
const { database } = opened;
await insertJobs(database, count, 'running');
let lists = 0;
const seen = new Set<string>();
const notAsked = async (): Promise<never> => {
  throw new Error('this vendor only serves its list');
};
const vendor: Vendor = {
  name: 'byteplus',
  cadence: { byListMs: 3 * SECOND_MS, byIdMs: 5 * SECOND_MS, byIdLaterMs: 10 * SECOND_MS },
  wireModel: (model) => model,
  start: notAsked,
  check: notAsked,
  checkMany: {
    most: 150,
    everyMs: SECOND_MS,
    async check(handles) {
      lists += 1;
      for (const { taskId } of handles) seen.add(taskId);
      return new Map(handles.map(({ taskId }) => [taskId, { status: 'running' as const }]));
    },
  },
};
const poller = createPoller({
  vendor,
  rateLimiter: createRateLimiter(SECOND_MS, systemClock),
  leases: soleProcessLeases(),
  store: createJobStore(database),
  transition: async (job) => job,
  clock: systemClock,
  logger: createLogger('silent'),
});
poller.start();
const delay = monitorEventLoopDelay();
delay.enable();
const startMs = performance.now();
const endMs = startMs + watchedMs;
while (performance.now() < endMs) {
  // As often as the submit loop looks by itself.
  await sleep(2 * SECOND_MS);
  await createSlots().queue(database);
}
await poller.stop();
const figures = {
  memoryMebibytes: process.memoryUsage().rss / MEBIBYTE,
  delayMs: delay.percentile(P99) / NANOSECONDS,
  worstMs: delay.max / NANOSECONDS,
  listsPerSecond: lists / ((performance.now() - startMs) / SECOND_MS),
  seen: seen.size,
};
console.log(JSON.stringify(figures));

/**
 * `npm run soak`: two thousand jobs in sequence, a hundred at a time, without any faults.
 * Reports whether the bot’s memory stays flat, whether every handle is released, and whether
 * any queue is left. Ends with status 1 when not.
 *
 * @example npm run soak -- --jobs 500
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import colours from 'picocolors';

import { startBotProcess } from '../bot-process.ts';
import { startWorld } from '../world.ts';
import { INSPECTED, inspectorUrl, openInspector } from './inspector.ts';
import { plainOrder } from './orders.ts';
import { medianOfThirds, servedPort, takeSample, type Sample } from './samples.ts';
import { addServers } from './servers.ts';

const AT_ONCE = 100;
const SAMPLE_EVERY_MS = 3_000;
const TELL_EVERY = 5;
/** Caches, connections and compiled code appear with the first jobs. */
const WARM_UP_SHARE = 0.15;
/** The largest ratio of the last third to the first after the warm-up that counts as flat. */
const FLAT_BELOW = 1.15;
/** Unused connections are closed within seconds, and each message is verified after 20. */
const QUIET_MS = 30_000;
const DELIVERED_WITHIN_MS = 120_000;
const ROOM = 100_000;
const MEGABYTE = 1024 * 1024;

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '2000' } } });
const jobs = Number(values.jobs);

await using world = await startWorld({
  vendor: { video: 'stored', renderMs: 500, concurrency: ROOM, createsPerMinute: ROOM },
});
const servers = addServers(world.discord);
const served = Promise.withResolvers<number>();
const inspected = Promise.withResolvers<string>();
const bot = startBotProcess(
  { ...world.environment, ...servers.environment, ...INSPECTED, HTTP_PORT: '0' },
  world.folder,
  {
    onLine(line) {
      const port = servedPort(line);
      if (port !== undefined) served.resolve(port);
      const url = inspectorUrl(line);
      if (url !== undefined) inspected.resolve(url);
    },
  },
);
await bot.ready();
const port = await served.promise;
const inspector = await openInspector(await inspected.promise);
await delay(QUIET_MS);
const start = await look();
console.log(`${jobs} jobs, ${AT_ONCE} at a time`);
tell(0, start);

const samples: Sample[] = [];
const failures: string[] = [];
let placed = 0;
let delivered = 0;
const isOver = new AbortController();
const sampling = sample();
const startedAtMs = Date.now();
await Promise.all(Array.from({ length: AT_ONCE }, orderOneByOne));
const tookMs = Date.now() - startedAtMs;
isOver.abort();
await sampling;
await delay(QUIET_MS);
const end = await look();
inspector.close();
tell(delivered, end);
const status = await bot.stop('SIGTERM');
process.exitCode = judge() ? 0 : 1;

/** One member after the other sends a request, and the next when the video is there. */
async function orderOneByOne(): Promise<void> {
  while (placed < jobs) {
    placed += 1;
    const { tag, server, member, channel, options } = plainOrder(placed);
    const reply = servers.member(server, member).runs('video', { ...options }, { channel });
    try {
      await reply.until(({ media }) => media.length > 0, { timeoutMs: DELIVERED_WITHIN_MS });
      delivered += 1;
    } catch (error) {
      failures.push(`${tag}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function sample(): Promise<void> {
  for (let count = 1; !isOver.signal.aborted; count += 1) {
    await delay(SAMPLE_EVERY_MS);
    const one = await look();
    samples.push(one);
    if (count % TELL_EVERY === 0) tell(delivered, one);
  }
}

/** The heap without garbage. */
async function look(): Promise<Sample> {
  await inspector.collectGarbage();
  return takeSample(port);
}

function tell(done: number, one: Sample): void {
  const figures = [
    `${done} delivered`,
    `resident ${megabytes(one.residentBytes)}`,
    `heap ${megabytes(one.heapBytes)}`,
    `${one.handles} handles`,
    `${one.openJobs} open jobs`,
  ];
  console.log(figures.map((figure) => figure.padStart(16)).join('  '));
}

function judge(): boolean {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const isFlat = [
    reportGrowth('resident memory', medianOfThirds(warm.map(({ residentBytes }) => residentBytes))),
    reportGrowth('heap', medianOfThirds(warm.map(({ heapBytes }) => heapBytes))),
  ].every(Boolean);
  const rate = (delivered / (tookMs / 1_000)).toFixed(1);
  console.log(
    `${delivered} of ${jobs} delivered in ${Math.round(tookMs / 1_000)} s, ${rate} per second`,
  );
  const checks = [
    check(end.handles <= start.handles, `handles: ${start.handles} before, ${end.handles} after`),
    check(end.openJobs === 0, `${end.openJobs} jobs left open`),
    check(failures.length === 0, `${failures.length} without a video ${failures[0] ?? ''}`),
    check(status === 0, `exited with status ${status}`),
  ];
  return isFlat && checks.every(Boolean);
}

function reportGrowth(what: string, thirds: readonly [number, number, number]): boolean {
  const [first, , last] = thirds;
  const isFlat = last / first < FLAT_BELOW;
  const figures = thirds.map(megabytes).join(' → ');
  const said = `${what}: ${figures}, ×${(last / first).toFixed(2)}: ${isFlat ? 'flat' : 'growing'}`;
  return check(isFlat, said);
}

function check(isWell: boolean, said: string): boolean {
  console.log(isWell ? colours.green(`✔ ${said}`) : colours.red(`✘ ${said}`));
  return isWell;
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(0)} MB`;
}

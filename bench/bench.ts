/**
 * `npm run bench`: the cost of this bot, side by side in one run with two others. `--quick` makes it
 * smaller, `--orders 500` sets the number of concurrent requests. It prints figures without judging
 * them; they are only as good as the machine is quiet.
 *
 *   A  the bot (as built by `npm run build`), with its log, database and files as in production
 *   B  a discord.js bot that registers `/video` and acknowledges, nothing else (`bare-bot.ts`)
 *   C  the vendors' documented loop, a timer for each job (`naive-bot.ts`)
 *
 * Each is a separate process, with a separate sandbox process, all with the same settings. The sandbox
 * has the vendor's documented limits, such as one list and twenty single look-ups a second; only create
 * calls, running and waiting tasks are unlimited. A bot may keep jobs in its own queue: see "most at the
 * vendor at one time". Latencies are measured at Discord and the vendor; they include the sandbox's own
 * share, which is printed below the table. What never arrived counts as infinitely late. "Few" at once
 * stay below every limit: there the two ways of polling differ only in how often they poll; with many at
 * once C meets the limit as well.
 *
 * The last rows are of A alone, with goals of their own: very many requests at once, where the bot's 120
 * tasks at BytePlus set the pace; the poll loop of one process with very many tasks, and the loops'
 * SQLite queries after very many videos, both without Discord.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

import { measureAcknowledgement } from './acknowledgement.ts';
import { buildParticipants } from './build-participants.ts';
import { measureCpu } from './cpu-per-job.ts';
import { measureDelivery } from './delivery.ts';
import { table, type Row } from './figures.ts';
import { measureInFlight } from './in-flight.ts';
import { measureIsolation } from './isolation.ts';
import { measureLoopQueries } from './loop-queries.ts';
import { measureManyOrders } from './many-orders.ts';
import { measureMemory, measureStart } from './process-cost.ts';

const WHOLE = {
  burst: 200,
  rounds: 5,
  videos: [200, 1_000],
  inFlight: 1_000,
  starts: 5,
  renderMs: 25_000,
  orders: 2_000,
  inOneProcess: 10_000,
  finished: 1_000_000,
  delivered: 600,
} as const;
const QUICK = {
  burst: 50,
  rounds: 3,
  videos: [50],
  inFlight: 200,
  starts: 3,
  renderMs: 15_000,
  orders: 200,
  inOneProcess: 2_000,
  finished: 50_000,
  delivered: 100,
} as const;
const FEW = 15;
const OVERSIZED = 40;

// Leaving with `exit` ends the bots too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    orders: { type: 'string' },
  },
});
const sizes = values.quick ? QUICK : WHOLE;
const notes: string[] = [];

interface Part {
  readonly name: string;
  readonly what: string;
  readonly measure: () => Promise<readonly Row[]>;
}

const PARTS: readonly Part[] = [
  {
    name: 'acknowledgement',
    what: 'acknowledgement of a burst of commands',
    async measure() {
      const measured = await measureAcknowledgement(sizes);
      notes.push(...measured.notes);
      return measured.rows;
    },
  },
  {
    name: 'few',
    what: 'delivery of few videos at once',
    measure: async () => measureDelivery({ together: true, videos: FEW, renderMs: sizes.renderMs }),
  },
  {
    name: 'many',
    what: 'delivery of many videos at once',
    async measure() {
      const rows: Row[] = [];
      for (const videos of sizes.videos) {
        rows.push(
          ...(await measureDelivery({ together: false, videos, renderMs: sizes.renderMs })),
        );
      }
      return rows;
    },
  },
  {
    name: 'memory',
    what: 'memory, idle and with running jobs',
    measure: async () => measureMemory(sizes.inFlight),
  },
  {
    name: 'start',
    what: 'start to ready',
    measure: async () => [await measureStart(sizes.starts)],
  },
  {
    name: 'cpu',
    what: 'processor time per job',
    measure: async () => [await measureCpu(sizes.delivered)],
  },
  {
    name: 'isolation',
    what: 'a small video next to many that are re-encoded',
    measure: async () => measureIsolation(OVERSIZED),
  },
  {
    name: 'orders',
    what: 'very many requests at once',
    async measure() {
      const measured = await measureManyOrders(Number(values.orders ?? sizes.orders));
      notes.push(...measured.notes);
      return measured.rows;
    },
  },
  {
    name: 'in-flight',
    what: 'very many running jobs',
    measure: async () => measureInFlight(sizes.inOneProcess),
  },
  {
    name: 'history',
    what: 'queries after a long history',
    measure: async () => measureLoopQueries(sizes.finished),
  },
];

const wanted = values.only?.split(',');
const unknown = wanted?.filter((name) => !PARTS.some((part) => part.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `--only takes some of ${PARTS.map(({ name }) => name).join(', ')}; not ${unknown.join(', ')}`,
  );
  process.exit(2);
}
const parts = PARTS.filter(({ name }) => wanted?.includes(name) ?? true);

const startedAtMs = performance.now();
const say = (line: string): void => console.log(line);
const [processor] = cpus();
const load = loadavg().map((value) => value.toFixed(1));
say(`${cpus().length} cores, ${processor?.model.trim() ?? 'unknown'}, Node ${process.version}`);
say(`load of the machine before: ${load.join(', ')}${values.quick ? '; --quick' : ''}\n`);

await buildParticipants();
const rows: Row[] = [];
for (const [index, { what, measure }] of parts.entries()) {
  say(`${index + 1}/${parts.length} ${what} …`);
  rows.push(...(await measure()));
}

say(`\n${table(rows)}\n`);
for (const note of notes) say(note);
say(`took ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);

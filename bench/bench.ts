/**
 * `npm run bench`: what this bot costs, side by side in one run with two others. `--quick` makes it
 * smaller. It prints and judges nothing; a figure is worth as much as the machine was quiet.
 *
 *   A  the shipped bot (`src/main.ts`), with its log, database and files as an operator has them
 *   B  a discord.js bot that registers `/video` and acknowledges, nothing else (`bare-bot.ts`)
 *   C  the vendors' documented loop, a timer for each job (`naive-bot.ts`)
 *
 * Each is a process of its own, against a sandbox process of its own, all of the same settings. The
 * sandbox has the vendor's documented limits, such as one list and twenty single look-ups a second;
 * only creates, running and waiting tasks are unlimited. A
 * bot may keep jobs in line by itself: see "most at the vendor at one time". Latencies are taken where Discord and the
 * vendor see them; the sandbox's own share is in them, and is said below the table. What never came
 * counts as infinitely late. "Few" at once stay below every limit: there the two ways of asking
 * differ only in how often they ask; with many at once C meets the limit as well.
 *
 * The last rows are of A alone, with goals of their own: very many orders in one moment, where the
 * bot's 120 tasks at BytePlus set the pace; the poll loop of one process with very many tasks, and
 * what the loops ask of SQLite after very many videos, both without Discord.
 */
import { cpus, loadavg } from 'node:os';

import { measureAcknowledgement } from './acknowledgement.ts';
import { measureDelivery } from './delivery.ts';
import { table, type Row } from './figures.ts';
import { measureInFlight } from './in-flight.ts';
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
} as const;
const FEW = 15;

// Leaving by `exit` ends the bots too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const isQuick = process.argv.includes('--quick');
const sizes = isQuick ? QUICK : WHOLE;
const startedAtMs = performance.now();
const say = (line: string): void => console.log(line);

const [processor] = cpus();
const load = loadavg().map((value) => value.toFixed(1));
say(`${cpus().length} cores, ${processor?.model.trim() ?? 'unknown'}, Node ${process.version}`);
say(`load of the machine before: ${load.join(', ')}${isQuick ? '; --quick' : ''}\n`);

say('1/8 start to ready …');
const start = await measureStart(sizes.starts);
say('2/8 acknowledgement …');
const acknowledgement = await measureAcknowledgement(sizes);
say('3/8 delivery, few at once …');
const few = await measureDelivery({ together: true, videos: FEW, renderMs: sizes.renderMs });
say('4/8 delivery, many at once …');
const many: Row[] = [];
for (const videos of sizes.videos) {
  many.push(...(await measureDelivery({ together: false, videos, renderMs: sizes.renderMs })));
}
say('5/8 memory …');
const memory = await measureMemory(sizes.inFlight);
say('6/8 very many orders …');
const orders = await measureManyOrders(sizes.orders);
say('7/8 very many jobs in flight …');
const inFlight = await measureInFlight(sizes.inOneProcess);
say('8/8 a long history …\n');
const history = await measureLoopQueries(sizes.finished);

const rows = [...acknowledgement.rows, ...few, ...many, ...memory, start];
say(table([...rows, ...orders, ...inFlight, ...history]));
say('');
for (const note of acknowledgement.notes) say(note);
say(`took ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);

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
 */
import { cpus, loadavg } from 'node:os';

import { measureAcknowledgement } from './acknowledgement.ts';
import { measureDelivery } from './delivery.ts';
import { table } from './figures.ts';
import { measureIsolation } from './isolation.ts';
import { measureMemory, measureStart } from './process-cost.ts';

const WHOLE = { burst: 200, rounds: 5, videos: 200, inFlight: 1_000, starts: 5, renderMs: 25_000 };
const QUICK = { burst: 50, rounds: 3, videos: 50, inFlight: 200, starts: 3, renderMs: 15_000 };
const FEW = 15;
const OVERSIZED = 40;

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

say('1/6 start to ready …');
const start = await measureStart(sizes.starts);
say('2/6 acknowledgement …');
const acknowledgement = await measureAcknowledgement(sizes);
say('3/6 delivery, few at once …');
const few = await measureDelivery({ together: true, videos: FEW, renderMs: sizes.renderMs });
say('4/6 delivery, many at once …');
const many = await measureDelivery({
  together: false,
  videos: sizes.videos,
  renderMs: sizes.renderMs,
});
say('5/6 memory …');
const memory = await measureMemory(sizes.inFlight);
say('6/6 isolation …\n');
const isolation = await measureIsolation(OVERSIZED);

say(table([...acknowledgement.rows, ...few, ...many, ...memory, start, ...isolation]));
say('');
for (const note of acknowledgement.notes) say(note);
say(`took ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);

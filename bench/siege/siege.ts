/**
 * `npm run siege`: ten servers behave normally, first alone and then beside an eleventh that
 * floods the bot. Prints the effect of the flood on the ten (acknowledgement, delivery, refusals), and the
 * memory and disk that it uses. Ends with status 1 when a bound below is exceeded.
 *
 * The bot is a separate process; Discord, the vendor and the people are in this one. Both phases run
 * against the same bot, one after the other, with the same requests of the ten.
 *
 * @example npm run siege -- --seconds 60 --only oversized,forged
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import colours from 'picocolors';

import { hasFfmpeg, noisyClip } from '../../sandbox/noisy-clip.ts';
import { startWorld } from '../../sandbox/world.ts';
import { buildParticipants } from '../build-participants.ts';
import { startParticipant } from '../participants.ts';
import { RICH } from '../sandbox.ts';
import { compare, type Phase } from './compare.ts';
import { FLOOD_NAMES, openFlood } from './flood.ts';
import { addNeighbours, runNeighbours } from './neighbours.ts';
import { watchUsage } from './usage.ts';

const MEBIBYTE = 1024 * 1024;
/** The flooding server’s limit: the vendor’s videos are larger, and must be re-encoded there. */
const SMALL_LIMIT_BYTES = MEBIBYTE;
const CLIP_MEGABYTES = 1.5;
const RENDER_MS = 3_000;
const WARM_UP_SECONDS = 10;
const STORAGE_MB = 300;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '45' }, only: { type: 'string' } },
});
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 10) {
  console.error('--seconds takes a whole number from 10');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const only = values.only?.split(',');
const unknown = only?.filter((name) => !FLOOD_NAMES.some((one) => one === name)) ?? [];
if (unknown.length > 0) {
  console.error(`--only takes some of ${FLOOD_NAMES.join(', ')}; not ${unknown.join(', ')}`);
  process.exit(2);
}
const canMakeClips = hasFfmpeg();
if (!canMakeClips) {
  console.log(
    colours.yellow('ffmpeg is not installed: no video is too large, and no forged clip is sent'),
  );
}

await buildParticipants();
await using world = await startWorld({
  discord: { attachmentSizeLimitBytes: SMALL_LIMIT_BYTES },
  vendor: { video: 'stored', renderMs: RENDER_MS, concurrency: 1_000, createsPerMinute: 100_000 },
});
if (canMakeClips) world.vendor.setVideo(noisyClip({ megabytes: CLIP_MEGABYTES }));
const neighbours = addNeighbours(world.discord);
const flood = openFlood(world.discord, { only, canMakeClips });
await using bot = await startParticipant(
  'shipped',
  {
    ...world.environment,
    GUILD_STORAGE_MB: String(STORAGE_MB),
    ...RICH,
  },
  world.folder,
);
const usage = watchUsage({ bot, folder: world.folder });

console.log(`warming up for ${WARM_UP_SECONDS} s`);
await runNeighbours(WARM_UP_SECONDS, { neighbours, vendor: world.vendor });

console.log(`ten servers alone, ${seconds} s`);
const alone = await phase(async () => runNeighbours(seconds, { neighbours, vendor: world.vendor }));

console.log(`the same during a flood, ${seconds} s`);
const flooding = flood.run();
await sleep(1_000);
const besieged = await phase(async () =>
  runNeighbours(seconds, { neighbours, vendor: world.vendor }),
);
flood.stop();
const flooded = await flooding;
usage.stop();

console.log('');
console.log(`the flood: ${flooded.join(', ')}`);
const checks = compare(alone, besieged, { storageBytes: STORAGE_MB * MEBIBYTE });
for (const { isMet, text } of checks) {
  console.log(isMet ? colours.green(`✔ ${text}`) : colours.red(`✘ ${text}`));
}
process.exitCode = checks.every(({ isMet }) => isMet) ? 0 : 1;

async function phase(life: () => ReturnType<typeof runNeighbours>): Promise<Phase> {
  usage.reset();
  const before = performance.eventLoopUtilization();
  const figures = await life();
  const { utilization } = performance.eventLoopUtilization(before);
  return { ...figures, ...usage.peak(), sandboxBusyShare: utilization };
}

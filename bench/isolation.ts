/** Measures how long a small video waits while ffmpeg re-encodes many large ones of another server. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Reply } from '../sandbox/discord/reply.ts';
import { hasFfmpeg, noisyClip } from '../sandbox/noisy-clip.ts';
import { startWorld, type World } from '../sandbox/world.ts';
import type { Row } from './figures.ts';
import { SECOND_MS } from './pair.ts';
import { startParticipant } from './participants.ts';
import { RICH } from './sandbox.ts';

const LIMIT_BYTES = 1024 * 1024;
const LARGE_MEGABYTES = 2;
const PROMPT = 'A paper boat drifts across a quiet bay';
const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 180 * SECOND_MS;
/** Far above the need here: the vendor must not be the bottleneck. */
const ROOM = 10_000;

/** Returns no rows without ffmpeg, and reports that. @param videos of the other server */
export async function measureIsolation(videos: number): Promise<Row[]> {
  if (!hasFfmpeg()) {
    console.log('    skipped: ffmpeg is not installed');
    return [];
  }
  await using world = await startWorld({
    discord: { attachmentSizeLimitBytes: LIMIT_BYTES },
    vendor: {
      renderMs: 0,
      video: 'stored',
      concurrency: ROOM,
      maxQueued: ROOM,
      createsPerMinute: ROOM,
    },
  });
  const { environment, folder } = world;
  await using _bot = await startParticipant('shipped', { ...environment, ...RICH }, folder);
  const alone = await small(world);
  await order(world, videos);
  const beside = await small(world);
  return [
    { what: 'request to shown, small video: alone', shipped: alone, unit: 's' },
    { what: `  next to ${videos} to re-encode in another server`, shipped: beside, unit: 's' },
  ];
}

/** All fetched by the bot, and none posted yet. */
async function order({ discord, vendor }: World, videos: number): Promise<void> {
  vendor.setVideo(noisyClip({ megabytes: LARGE_MEGABYTES }));
  const guild = discord.addGuild({ name: 'Busy', channels: ['videos'] });
  const before = vendor.tasks.length;
  for (let index = 0; index < videos; index += 1) {
    guild.member(`member-${index}`).runs('video', { prompt: PROMPT });
  }
  await until(() => {
    const tasks = vendor.tasks.slice(before);
    return tasks.length === videos && tasks.every(({ downloads }) => downloads > 0);
  });
  vendor.setVideo(undefined);
}

/** @returns seconds; Infinity when it never arrived */
async function small({ discord }: World): Promise<number> {
  const guild = discord.addGuild({ name: 'Quiet', channels: ['videos'] });
  const startedAtMs = performance.now();
  const reply = guild.member('member').runs('video', { prompt: PROMPT });
  const isShown = await until(() => hasVideo(reply));
  return isShown ? (performance.now() - startedAtMs) / SECOND_MS : Number.POSITIVE_INFINITY;
}

function hasVideo({ versions }: Reply): boolean {
  return versions.some(({ media }) => media.length > 0);
}

async function until(isDone: () => boolean): Promise<boolean> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  while (!isDone() && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
  return isDone();
}

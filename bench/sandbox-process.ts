/**
 * The sandbox in a separate process: a Discord with one busy server, and a vendor. It executes the
 * commands of `sandbox.ts`, one at a time, and returns figures. Times are measured here, at
 * Discord and the vendor.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Reply } from '../sandbox/discord/reply.ts';
import { startWorld } from '../sandbox/world.ts';
import { requestSchema, type Answer, type Request } from './sandbox-protocol.ts';

const LOOK_EVERY_MS = 20;
/** Discord’s 3 seconds, and some time to see the last one arrive. */
const ACKNOWLEDGED_WITHIN_MS = 3_500;
const LOOK_AT_MESSAGES_EVERY_MS = 200;
/** After so long without a new task, no more come by themselves. */
const QUIET_MS = 3_000;
/** The number of members that a busy server may have at once. */
const MEMBERS = 50;
/** Far above the need here: the sandbox must not be the bottleneck. */
const ROOM = 100_000;

const [renderMs] = process.argv.slice(2).map(Number);
const world = await startWorld({
  vendor: {
    renderMs: renderMs ?? 0,
    video: 'stored',
    concurrency: ROOM,
    maxQueued: ROOM,
    createsPerMinute: ROOM,
  },
});
const guild = world.discord.addGuild({ name: 'Bench', channels: ['videos'] });
const members = Array.from({ length: MEMBERS }, (_, index) => guild.member(`member-${index}`));
let firstOrderAtMs = 0;
const shownAtMs = new Map<number, number>();
/** By the number in the prompt, which is also in the vendor’s task. */
const replies = new Map<number, Reply>();

process.on('message', (message) => {
  void answer(requestSchema.parse(message)).then((reply) => process.send?.(reply));
});
process.once('disconnect', () => void world.close().then(() => process.exit(0)));
process.send?.({ environment: world.environment, folder: world.folder } satisfies Answer);

async function answer(request: Request): Promise<Answer> {
  switch (request.do) {
    case 'burst':
      return burst(request.count);
    case 'set-render-time':
      world.vendor.setRenderMs(request.ms);
      return {};
    case 'wait-for-quiet':
      await newTasksStop(request.timeoutMs);
      return {};
    case 'wait-for-videos':
      return { milliseconds: await videos(request.timeoutMs) };
    case 'count-requests':
      return { requests: requests(), mostOpen: mostOpen() };
    case 'tell-missing':
      return { endings: endingsOfMissing() };
    case 'tell-creates':
      return {
        createdAfterMs: world.vendor.tasks.map(({ createdAt }) => createdAt - firstOrderAtMs),
        shownAfterMs: [...replies.keys()].map((number) => {
          const atMs = shownAtMs.get(number);
          return atMs === undefined ? null : atMs - firstOrderAtMs;
        }),
      };
    default:
      return request satisfies never;
  }
}

/** All at once. @returns for each command the milliseconds until its acknowledgement; null: never */
async function burst(count: number): Promise<Answer> {
  const before = performance.eventLoopUtilization();
  const sent: Reply[] = [];
  if (firstOrderAtMs === 0) firstOrderAtMs = Date.now();
  for (let index = 0; index < count; index += 1) {
    const number = replies.size;
    const prompt = `A paper boat on a quiet bay, job ${number} of many`;
    const reply = members[number % MEMBERS]?.runs('video', { prompt });
    if (reply === undefined) throw new Error('there is no member to run a command');
    replies.set(number, reply);
    sent.push(reply);
  }
  await until(
    () => sent.every((reply) => reply.acknowledgedAfterMs !== undefined),
    ACKNOWLEDGED_WITHIN_MS,
  );
  return {
    milliseconds: sent.map((reply) => reply.acknowledgedAfterMs ?? null),
    busyShare: performance.eventLoopUtilization(before).utilization,
  };
}

/** @returns for each job the milliseconds from the vendor’s end to its video in Discord; null: never */
async function videos(timeoutMs: number): Promise<(number | null)[]> {
  const finishedAtMs = new Map<number, number>();
  await until(
    () => {
      for (const [number, reply] of replies) {
        if (shownAtMs.has(number)) continue;
        const version = reply.versions.find(({ media }) => media.length > 0);
        if (version !== undefined) shownAtMs.set(number, version.atMs);
      }
      return shownAtMs.size === replies.size;
    },
    timeoutMs,
    LOOK_AT_MESSAGES_EVERY_MS,
  );
  for (const task of world.vendor.tasks) {
    const number = Number(/job (\d+) of many/.exec(JSON.stringify(task.request))?.[1]);
    if (task.status === 'succeeded') finishedAtMs.set(number, task.updatedAt);
  }
  return [...replies.keys()].map((number) => {
    const [shown, finished] = [shownAtMs.get(number), finishedAtMs.get(number)];
    return shown === undefined || finished === undefined ? null : shown - finished;
  });
}

/** @returns what members last saw in place of a video, with their number; without numbers and ids */
function endingsOfMissing(): Record<string, number> {
  const endings: Record<string, number> = {};
  for (const [number, reply] of replies) {
    if (shownAtMs.has(number)) continue;
    const ending = endingOf(reply);
    endings[ending] = (endings[ending] ?? 0) + 1;
  }
  return endings;
}

function endingOf(reply: Reply): string {
  if (reply.acknowledgedAfterMs === undefined) return 'not acknowledged within 3 s';
  const seen = reply.visible.map(({ isLoading, text }) => (isLoading ? 'thinking' : text));
  return seen
    .join(' | ')
    .replaceAll(/job \d+ of/g, 'job … of')
    .replaceAll(/#\w+|<t:\d+/g, '…');
}

/** A bot may queue jobs and submit them later: the wait ends when no more come for now. */
async function newTasksStop(timeoutMs: number): Promise<void> {
  let known = -1;
  let sinceMs = Date.now();
  await until(() => {
    if (world.vendor.tasks.length !== known) sinceMs = Date.now();
    known = world.vendor.tasks.length;
    return Date.now() - sinceMs >= QUIET_MS;
  }, timeoutMs);
}

function mostOpen(): number {
  const tasks = world.vendor.tasks;
  const openAt = tasks.map(
    ({ createdAt }) =>
      tasks.filter((other) => other.createdAt <= createdAt && other.updatedAt > createdAt).length,
  );
  return Math.max(0, ...openAt);
}

function requests(): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { route, status = 0 } of world.vendor.journal) {
    const name = status < 400 ? route : `${route} refused`;
    counted[name] = (counted[name] ?? 0) + 1;
  }
  return counted;
}

/** Returns even when the time is over: missing results show in the figures. */
async function until(
  isDone: () => boolean,
  timeoutMs: number,
  everyMs = LOOK_EVERY_MS,
): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!isDone() && Date.now() < deadlineMs) await sleep(everyMs);
}

/** The ten ordinary servers: a video every few seconds, sometimes with a picture. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Member } from '../../sandbox/discord/actors.ts';
import { file } from '../../sandbox/discord/command-options.ts';
import type { DiscordSandbox } from '../../sandbox/discord/discord.ts';
import type { Reply } from '../../sandbox/discord/reply.ts';
import { encodePng } from '../../sandbox/png.ts';
import type { VendorSandbox } from '../../sandbox/vendor/vendor.ts';

const SERVERS = 10;
const MEMBERS = 5;
const ORDER_EVERY_MS = 4_000;
/** One of this many requests has a first frame. */
const WITH_PICTURE_EVERY = 3;
/** Subscribers, so that the vendor’s videos fit unchanged. */
const LIMIT_BYTES = 25 * 1024 * 1024;
/** How long after the phase a video may still arrive; a missing one counts as infinitely late. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 100;

const FRAME = file(
  'dusk.png',
  encodePng({ width: 640, height: 360, paint: (x, y) => [90 * x, 60, 160 * y] }),
);

export interface Neighbours {
  readonly servers: readonly (readonly Member[])[];
}

export interface LifeFigures {
  readonly orders: number;
  /** From the member's action to the acknowledgement; Infinity: never. */
  readonly acknowledgedMs: readonly number[];
  /** From the vendor's end to the video in Discord; Infinity: never. */
  readonly deliveryLagMs: readonly number[];
  /** Requests that were answered without becoming a video. */
  readonly refused: number;
}

export function addNeighbours(discord: DiscordSandbox): Neighbours {
  const servers = Array.from({ length: SERVERS }, (_, index) => {
    const guild = discord.addGuild({ name: `Neighbour ${index + 1}`, channels: ['videos'] });
    return Array.from({ length: MEMBERS }, (__, member) =>
      guild.member(`neighbour-${member}`, { attachmentSizeLimitBytes: LIMIT_BYTES }),
    );
  });
  return { servers };
}

interface Placed {
  readonly number: number;
  readonly reply: Reply;
}

let lastNumber = 0;

/** Resolves when every requested video has arrived, or is too late. */
export async function runNeighbours(
  seconds: number,
  { neighbours, vendor }: { readonly neighbours: Neighbours; readonly vendor: VendorSandbox },
): Promise<LifeFigures> {
  const endMs = Date.now() + seconds * 1_000;
  const placed: Placed[] = [];
  const lives = neighbours.servers.map(async (members, index) => {
    await sleep((index * ORDER_EVERY_MS) / SERVERS);
    for (let turn = 0; Date.now() < endMs; turn += 1) {
      const member = members[turn % members.length];
      if (member !== undefined) placed.push(order(member, turn));
      await sleep(ORDER_EVERY_MS);
    }
  });
  await Promise.all(lives);
  const deadlineMs = Date.now() + PATIENCE_MS;
  while (!placed.every(isAnswered) && Date.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
  const finished = finishedTimes(vendor);
  return {
    orders: placed.length,
    acknowledgedMs: placed.map(({ reply }) => reply.acknowledgedAfterMs ?? Infinity),
    deliveryLagMs: placed.map((one) => lagOf(one, finished)),
    refused: placed.filter(({ reply }) => isRefused(reply)).length,
  };
}

function order(member: Member, turn: number): Placed {
  lastNumber += 1;
  const prompt = `A paper boat on a quiet bay, neighbour ${lastNumber} of many`;
  const picture = turn % WITH_PICTURE_EVERY === 0 ? { first_frame: FRAME } : {};
  const options = { prompt, model: '1.0-pro-fast', resolution: '480p', ...picture };
  return { number: lastNumber, reply: member.runs('video', options) };
}

function isAnswered({ reply }: Placed): boolean {
  return isRefused(reply) || shownAtMs(reply) !== undefined;
}

function isRefused(reply: Reply): boolean {
  return reply.visible.some(
    ({ isEphemeral, isLoading, text }) => isEphemeral && !isLoading && text !== '',
  );
}

function shownAtMs(reply: Reply): number | undefined {
  return reply.versions.find(({ media }) => media.length > 0)?.atMs;
}

function finishedTimes(vendor: VendorSandbox): Map<number, number> {
  const finished = new Map<number, number>();
  for (const task of vendor.tasks) {
    const number = /neighbour (\d+) of many/.exec(JSON.stringify(task.request))?.[1];
    if (number !== undefined && task.status === 'succeeded') {
      finished.set(Number(number), task.updatedAt);
    }
  }
  return finished;
}

function lagOf({ number, reply }: Placed, finished: ReadonlyMap<number, number>): number {
  const [shown, ended] = [shownAtMs(reply), finished.get(number)];
  return shown === undefined || ended === undefined ? Infinity : shown - ended;
}

/**
 * Picks the finished videos to download next. Slots are shared fairly between servers: neither a server
 * with many results nor a vendor with hanging links can take all of them.
 */
import { inRounds } from '../fair-share.ts';
import type { Hand } from './job-worker.ts';
import type { JobStore, JobWithoutVideo } from './record/job-store.ts';
import type { Job } from './record/job.ts';
import type { Share } from './worker-slots.ts';

/** Downloads are streamed to disk, so many at once cost little memory. */
export const DOWNLOADS_OF_VENDOR = 16;
const DOWNLOADS_OF_SERVER = 4;

type Whose = Pick<JobWithoutVideo, 'guildId' | 'vendor'>;

export function downloadShares({ guildId, vendor }: Whose): Share[] {
  return [
    { key: serverKey(guildId), most: DOWNLOADS_OF_SERVER },
    { key: `vendor ${vendor ?? ''}`, most: DOWNLOADS_OF_VENDOR },
  ];
}

/**
 * Returns the jobs to download now: the oldest of each server first, starting with the servers that
 * have the fewest downloads under way.
 */
export async function findDownloads(
  limit: number,
  hand: Hand,
  store: Pick<JobStore, 'withoutVideo' | 'findMany'>,
): Promise<Job[]> {
  const idle = (await store.withoutVideo()).filter((row) => hand.isIdle(row));
  const unreadable = new Set<string>();
  for (;;) {
    const next = inTurn(
      idle.filter(({ id }) => !unreadable.has(id)),
      hand,
    ).slice(0, limit);
    const jobs = await store.findMany(next.map(({ id }) => id));
    if (jobs.length === next.length) return jobs.toSorted(byPlaceIn(next));
    // Jobs with an unreadable record must not take a slot.
    const found = new Set(jobs.map(({ id }) => id));
    for (const { id } of next) if (!found.has(id)) unreadable.add(id);
  }
}

function inTurn(idle: readonly JobWithoutVideo[], hand: Hand): JobWithoutVideo[] {
  const slots = hand.slots();
  const guildIds = new Set(idle.map(({ guildId }) => guildId));
  const ahead = new Map([...guildIds].map((id) => [id, slots.underWay(serverKey(id))]));
  return inRounds(idle, ({ guildId }) => guildId, ahead).filter((row) =>
    slots.take(downloadShares(row)),
  );
}

function byPlaceIn(order: readonly { readonly id: string }[]) {
  const places = new Map(order.map(({ id }, index) => [id, index]));
  const placeOf = ({ id }: Job): number => places.get(id) ?? 0;
  return (one: Job, other: Job): number => placeOf(one) - placeOf(other);
}

function serverKey(guildId: string): string {
  return `server ${guildId}`;
}

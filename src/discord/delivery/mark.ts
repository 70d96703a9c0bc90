/**
 * The mark that is left in a job's record before a new message carries its video. Found later, it
 * says where and when such a message may have been sent whose answer was lost.
 */
import { SnowflakeUtil } from 'discord.js';

import { MINUTE } from '../../clock.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { Messenger } from './messenger.ts';
import { videoIn } from './video-in-message.ts';

/** An upload takes five minutes at most, and then some for Discord to post it. */
const SENT_WITHIN_MS = 7 * MINUTE;
/** Between command and job, while pictures and videos are fetched. */
const ACCEPTED_WITHIN_MS = 10 * MINUTE;
/** How far two readings of a clock that is being corrected may be apart. */
const SLACK_MS = 2 * MINUTE;

export interface Mark {
  /** Durable when it returns. @throws Error when somebody else has moved the job */
  set(channelId: string): Promise<void>;
  /** Discord has refused: no message can be there. */
  takeBack(): Promise<void>;
}

export function createMark(job: Job, { transition }: { transition: Transition }): Mark {
  let latest = job;
  const write = async (mark: string | undefined): Promise<void> => {
    const marked = await transition(latest, { type: 'delivery-marked', mark });
    if (marked === undefined) throw new Error('the job was moved while its delivery was marked');
    latest = marked;
  };
  return {
    set: write,
    async takeBack() {
      if (latest.deliveryMark !== undefined) await write(undefined);
    },
  };
}

/**
 * A mark from an earlier try: the new message may be there already, with the file or with the link.
 *
 * @throws what `SendRequest` throws
 */
export async function lookForMarked(
  job: Job,
  { messenger }: { messenger: Messenger },
): Promise<{ as: 'video' | 'link'; messageId: string } | 'not-there' | 'unreadable'> {
  const { deliveryMark: channelId, deliveryMarkedAtMs, createdAtMs } = job;
  if (channelId === undefined) return 'not-there';
  const markedAtMs = byDiscordsClock(job, deliveryMarkedAtMs ?? createdAtMs);
  const found = await messenger.find(channelId, {
    fromMs: markedAtMs - SLACK_MS,
    toMs: markedAtMs + ACCEPTED_WITHIN_MS + SENT_WITHIN_MS + SLACK_MS,
    isIt: (message) => videoIn(message, job) !== undefined,
  });
  if (found === 'not-there' || found === 'unreadable') return found;
  return { as: videoIn(found, job) ?? 'video', messageId: found.id };
}

/**
 * Message ids carry Discord's time, and ours may be wrong by hours: what is known by both clocks is
 * when the command was given. Too early by as long as it took to make a job of it.
 */
function byDiscordsClock({ interactionId, createdAtMs }: Job, ourMs: number): number {
  return SnowflakeUtil.timestampFrom(interactionId) + (ourMs - createdAtMs);
}

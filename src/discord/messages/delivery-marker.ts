/**
 * The delivery marker: a durable note in the job's record, set before a new message is sent with its
 * video. If the answer is lost, it tells where and when the message may have been posted.
 */
import { SnowflakeUtil } from 'discord.js';

import { MINUTE } from '../../clock.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { Messenger } from '../rest/messenger.ts';
import type { FoundMessage, SeenMessage } from '../rest/search-messages.ts';
import { findVideo } from './upload-file.ts';

/** Five minutes for the upload at most, plus time for Discord to post the message. */
const SENT_WITHIN_MS = 7 * MINUTE;
/** Maximum time from command to accepted job, while the input files are fetched. */
const ACCEPTED_WITHIN_MS = 10 * MINUTE;
/** Tolerance between two readings of a clock that is being corrected. */
const SLACK_MS = 2 * MINUTE;

export interface DeliveryMarker {
  /** Writes the marker durably. @throws Error when another writer changed the job */
  set(channelId: string): Promise<void>;
  /** Removes the marker after Discord refused the message. */
  clear(): Promise<void>;
}

export function createDeliveryMarker(
  job: Job,
  { transition }: { transition: Transition },
): DeliveryMarker {
  let latest = job;
  const write = async (marker: string | undefined): Promise<void> => {
    const marked = await transition(latest, { type: 'delivery-marked', marker });
    if (marked === undefined) throw new Error('job changed while its delivery marker was written');
    latest = marked;
  };
  return {
    set: write,
    async clear() {
      if (latest.deliveryMarkerChannelId !== undefined) await write(undefined);
    },
  };
}

/** The new message and how it carries the video; `FoundMessage` describes the other kinds. */
export type MarkedMessage =
  | { readonly kind: 'found'; readonly as: 'video' | 'link'; readonly messageId: string }
  | { readonly kind: 'not-there' | 'unreadable' | 'too-many' };

/**
 * Looks for a message that an earlier try may have posted, with the file or with the link. Searches
 * around the time of the marker first, then everything since the command, because our clock may have been
 * corrected or gone wrong in between.
 *
 * If there are too many messages since the command to search, the result of the first search counts,
 * provided that our clock agreed with Discord's at the time of the command: a correct clock is rarely
 * changed. Otherwise every lost answer in a busy channel would cost a member the video. If the clocks did
 * not agree, the outcome stays unknown.
 *
 * @throws what `SendRequest` throws
 */
export async function findMarkedMessage(
  job: Job,
  { messenger }: { messenger: Pick<Messenger, 'find'> },
): Promise<MarkedMessage> {
  const { deliveryMarkerChannelId: channelId } = job;
  if (channelId === undefined) return { kind: 'not-there' };
  const isIt = (message: SeenMessage): boolean => findVideo(message, job) !== undefined;
  const near = await messenger.find(channelId, { ...aroundMarker(job), isIt });
  const found = near.kind === 'not-there' ? await sinceCommand(channelId) : near;
  if (found.kind !== 'found') return found;
  const { message } = found;
  return { kind: 'found', as: findVideo(message, job) ?? 'video', messageId: message.id };

  async function sinceCommand(channel: string): Promise<FoundMessage> {
    const since = await messenger.find(channel, { fromMs: commandedAtMs(job), isIt });
    const isLimited = since.kind === 'too-many' && agreedWithDiscordsClock(job);
    return isLimited ? { kind: 'not-there' } : since;
  }
}

/**
 * Returns the time range to search, by Discord's clock, which message ids carry. Our clock may be wrong
 * by hours, so the range is computed from the time of the command, which both clocks recorded. Its start
 * is early by the time between command and acceptance.
 */
function aroundMarker(job: Job): { fromMs: number; toMs: number } {
  const { createdAtMs, deliveryMarkerSetAtMs = createdAtMs } = job;
  const fromMs = commandedAtMs(job);
  const markedAtMs = fromMs + (deliveryMarkerSetAtMs - createdAtMs);
  return {
    fromMs: Math.max(fromMs, markedAtMs - SLACK_MS),
    toMs: markedAtMs + ACCEPTED_WITHIN_MS + SENT_WITHIN_MS + SLACK_MS,
  };
}

function agreedWithDiscordsClock(job: Job): boolean {
  const aheadMs = job.createdAtMs - commandedAtMs(job);
  return aheadMs >= -SLACK_MS && aheadMs <= ACCEPTED_WITHIN_MS + SLACK_MS;
}

/** Returns the time of the command by Discord's clock, in Unix milliseconds. */
function commandedAtMs({ interactionId }: Job): number {
  return SnowflakeUtil.timestampFrom(interactionId);
}

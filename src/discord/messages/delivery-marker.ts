/**
 * The mark that is left in a job's record before a new message carries its video. Found later, it
 * says where and when such a message may have been sent whose answer was lost.
 */
import { SnowflakeUtil } from 'discord.js';

import { MINUTE } from '../../clock.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { Messenger } from '../rest/messenger.ts';
import type { FoundMessage, SeenMessage } from '../rest/search-messages.ts';
import { findVideo } from './upload-file.ts';

/** An upload takes five minutes at most, and then some for Discord to post it. */
const SENT_WITHIN_MS = 7 * MINUTE;
/** Between command and job, while pictures and videos are fetched. */
const ACCEPTED_WITHIN_MS = 10 * MINUTE;
/** How far two readings of a clock that is being corrected may be apart. */
const SLACK_MS = 2 * MINUTE;

export interface DeliveryMarker {
  /** Durable when it returns. @throws Error when somebody else has moved the job */
  set(channelId: string): Promise<void>;
  /** Discord has refused: no message can be there. */
  clear(): Promise<void>;
}

export function createDeliveryMarker(
  job: Job,
  { transition }: { transition: Transition },
): DeliveryMarker {
  let latest = job;
  const write = async (mark: string | undefined): Promise<void> => {
    const marked = await transition(latest, { type: 'delivery-marked', mark });
    if (marked === undefined) throw new Error('the job was moved while its delivery was marked');
    latest = marked;
  };
  return {
    set: write,
    async clear() {
      if (latest.deliveryMarkerChannelId !== undefined) await write(undefined);
    },
  };
}

/** The new message, and how it carries the video; for the other kinds see `FoundMessage`. */
export type MarkedMessage =
  | { readonly kind: 'found'; readonly as: 'video' | 'link'; readonly messageId: string }
  | { readonly kind: 'not-there' | 'unreadable' | 'too-many' };

/**
 * A mark from an earlier try: the new message may be there already, with the file or with the link.
 * It is looked for around the time of the mark first, then in all that was said since the command:
 * our clock may have been put right, or gone wrong, in between.
 *
 * Where too much was said since the command, what was found around the mark counts, provided that
 * our clock agreed with Discord's at the command: one that is right is seldom put right. Otherwise a
 * member of every busy channel would get no video for each answer that was lost. With a clock that
 * did not agree, nobody can say.
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
 * By Discord's clock, which message ids carry. Ours may be wrong by hours: what is known by both is
 * when the command was given. Too early by as long as it took to make a job of it.
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

/** By Discord's clock. */
function commandedAtMs({ interactionId }: Job): number {
  return SnowflakeUtil.timestampFrom(interactionId);
}

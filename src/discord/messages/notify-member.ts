/**
 * Sends a short notice to a member who may have looked away. An edit pings nobody, so a video that took
 * more than a minute is announced by a mention in the channel of the request, or by direct message.
 */
import { ComponentType, MessageFlags } from 'discord.js';

import { MINUTE } from '../../clock.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import { text, translate } from '../../text/text.ts';
import { catchRefusal } from '../rest/discord-error.ts';
import type { Messenger } from '../rest/messenger.ts';
import { isForMemberOnly } from './audience.ts';
import { linkToJobMessage } from './job-link.ts';
import type { MessageBody } from './job-message.ts';

const TOLD_AFTER_MS = MINUTE;

export interface NotifyDependencies {
  messenger: Pick<Messenger, 'create' | 'directChannel'>;
  logger: Logger;
}

/**
 * Sends the notice for a delivered job that needs one. The nonce lets Discord drop duplicates. A notice
 * that is refused is skipped, because the video itself is there.
 *
 * @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later
 */
export async function notifyMember(
  job: Job,
  { messenger, logger }: NotifyDependencies,
): Promise<void> {
  if (!needsNotice(job)) return;
  const outcome = await catchRefusal(async () => {
    const isDirect = job.notify === 'dm';
    const { channelId } = isDirect ? await messenger.directChannel(job.memberId) : job;
    await messenger.create(channelId, noticeBody(job, isDirect), { nonce: `done-${job.id}` });
  });
  if (outcome.kind === 'answered') return;
  const { refusal } = outcome;
  logger.info({ jobId: job.id, refusal }, 'member not notified of a finished video');
}

/** Returns false where a new message carries the video: that message has already notified the member. */
function needsNotice(job: Job): boolean {
  const { notify, deliveryMarkerChannelId, createdAtMs, stateSinceMs } = job;
  const wasLong = stateSinceMs - createdAtMs > TOLD_AFTER_MS;
  const isWanted = notify === 'dm' || (notify === 'mention' && !isForMemberOnly(job));
  return isWanted && wasLong && deliveryMarkerChannelId === undefined;
}

function noticeBody(job: Job, isDirect: boolean): MessageBody {
  const link = linkToJobMessage(job);
  // A link cannot lead to a private reply.
  const where = isForMemberOnly(job) ? text('cards:inPrivateReply') : link;
  const ready = isDirect
    ? text('cards:readyDirect', { where })
    : text('cards:readyMention', { member: `<@${job.memberId}>`, where: link });
  const content = translate(job.locale, ready);
  return {
    flags: MessageFlags.IsComponentsV2,
    components: [{ type: ComponentType.TextDisplay, content }],
    allowed_mentions: { parse: [], users: [job.memberId] },
  };
}

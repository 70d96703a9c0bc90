/**
 * One short message to a member who may have looked away: an edit pings nobody, so a video that took
 * more than a minute is told anew, by a mention where it was asked for, or by direct message.
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
 * Sends the notice for a delivered job that needs one. The nonce lets Discord drop a repetition; a
 * notice that cannot be sent is let go, the video itself is there.
 *
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
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
  logger.info({ jobId: job.id, refusal }, 'a member could not be told that a video is done');
}

/** Not where a new message carries the video: that one has told them. */
function needsNotice(job: Job): boolean {
  const { notify, deliveryMarkerChannelId, createdAtMs, stateSinceMs } = job;
  const wasLong = stateSinceMs - createdAtMs > TOLD_AFTER_MS;
  const isWanted = notify === 'dm' || (notify === 'mention' && !isForMemberOnly(job));
  return isWanted && wasLong && deliveryMarkerChannelId === undefined;
}

function noticeBody(job: Job, isDirect: boolean): MessageBody {
  const link = linkToJobMessage(job);
  // A private reply has no link that leads there.
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

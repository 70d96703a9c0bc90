/** Where a job's message is, for the member who asked for it. */
import type { Job } from '../../jobs/record/job.ts';
import { text, type TextValue } from '../../text/text.ts';
import { isForMemberOnly } from './audience.ts';

/** Returns a link to it; words where no link leads there. */
export function describeLocation(job: Job): TextValue {
  const { guildId, channelId, messageId, deliveryMarkerChannelId } = job;
  // A new message elsewhere than where it was asked for is a direct one.
  if (deliveryMarkerChannelId !== undefined && deliveryMarkerChannelId !== channelId) {
    return `https://discord.com/channels/@me/${deliveryMarkerChannelId}/${messageId}`;
  }
  if (isForMemberOnly(job)) return text('cards:inPrivateReplyToButton');
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

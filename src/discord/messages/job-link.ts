/** Links to a job's message. */
import type { Job } from '../../jobs/record/job.ts';
import { text, type TextValue } from '../../text/text.ts';
import { isForMemberOnly } from './audience.ts';

type Located = Pick<Job, 'guildId' | 'channelId' | 'messageId'>;

/** Returns the link to a message in the channel of the request. */
export function linkToJobMessage({ guildId, channelId, messageId }: Located): string {
  return linkToMessage(guildId, channelId, messageId);
}

/** Returns a link for the member who asked, or a description where no link can lead there. */
export function describeLocation(job: Job): TextValue {
  const { channelId, messageId, deliveryMarkerChannelId } = job;
  // A new message outside the channel of the request is a direct message.
  if (deliveryMarkerChannelId !== undefined && deliveryMarkerChannelId !== channelId) {
    return linkToMessage('@me', deliveryMarkerChannelId, messageId);
  }
  if (isForMemberOnly(job)) return text('cards:inPrivateReplyToButton');
  return linkToJobMessage(job);
}

function linkToMessage(guildId: string, channelId: string, messageId: string): string {
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

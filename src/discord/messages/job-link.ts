/** Where a job's message is. */
import type { Job } from '../../jobs/record/job.ts';
import { text, type TextValue } from '../../text/text.ts';
import { isForMemberOnly } from './audience.ts';

type Located = Pick<Job, 'guildId' | 'channelId' | 'messageId'>;

/** Returns the link to a message in the channel where the job was asked for. */
export function linkToJobMessage({ guildId, channelId, messageId }: Located): string {
  return linkToMessage(guildId, channelId, messageId);
}

/** Returns a link for the member who asked; words where no link leads there. */
export function describeLocation(job: Job): TextValue {
  const { channelId, messageId, deliveryMarkerChannelId } = job;
  // A new message elsewhere than where it was asked for is a direct one.
  if (deliveryMarkerChannelId !== undefined && deliveryMarkerChannelId !== channelId) {
    return linkToMessage('@me', deliveryMarkerChannelId, messageId);
  }
  if (isForMemberOnly(job)) return text('cards:inPrivateReplyToButton');
  return linkToJobMessage(job);
}

function linkToMessage(guildId: string, channelId: string, messageId: string): string {
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

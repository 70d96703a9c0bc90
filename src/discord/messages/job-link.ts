/** Where a job's message is, for the member who asked for it. */
import type { Job } from '../../jobs/record/job.ts';
import { isForMemberOnly } from './audience.ts';

/** Returns a link to it; words where no link leads there. */
export function describeLocation(job: Job): string {
  const { guildId, channelId, messageId, deliveryMarkerChannelId: deliveryMarkerChannelId } = job;
  // A new message elsewhere than where it was asked for is a direct one.
  if (deliveryMarkerChannelId !== undefined && deliveryMarkerChannelId !== channelId) {
    return `https://discord.com/channels/@me/${deliveryMarkerChannelId}/${messageId}`;
  }
  if (isForMemberOnly(job)) return 'in the private reply to your button';
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

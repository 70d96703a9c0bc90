/** Where a job's message is, for the member who asked for it. */
import type { Job } from '../../jobs/record/job.ts';
import { isForMemberOnly } from './audience.ts';

/** Returns a link to it; words where no link leads there. */
export function describeLocation(job: Job): string {
  const { guildId, channelId, messageId, deliveryMarkerChannelId: deliveryMark } = job;
  // A new message elsewhere than where it was asked for is a direct one.
  if (deliveryMark !== undefined && deliveryMark !== channelId) {
    return `https://discord.com/channels/@me/${deliveryMark}/${messageId}`;
  }
  if (isForMemberOnly(job)) return 'in the private reply to your button';
  return `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
}

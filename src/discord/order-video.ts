/**
 * From what a member asked for, on whichever path, to an accepted job: what can be refused at once
 * is refused before the acknowledgement, the rest after it.
 */
import { planRequest } from '../catalogue/plan.ts';
import { INPUT_ROLES, type AskedOptions } from '../catalogue/request.ts';
import type { Attachment } from '../jobs/inputs.ts';
import type { Job } from '../jobs/job.ts';
import type { CommandContext } from './command.ts';
import { openReply, type Opening } from './reply.ts';

export interface VideoOrder {
  readonly asked: Omit<AskedOptions, 'inputs'>;
  readonly attachments: readonly Attachment[];
  /** Only the member sees the reply, and the video. */
  readonly isPrivate: boolean;
  /** How the member is told when it is done; a mention unless said otherwise. */
  readonly notify: Job['notify'];
}

/** @throws UserError, QuotaExceeded */
export async function orderVideo(
  interaction: Opening,
  { asked, attachments, isPrivate, notify }: VideoOrder,
  { jobs, offers, tokens, drawSeed }: CommandContext,
): Promise<void> {
  // In the order they are sent to the vendor; what is alike keeps the member's order.
  const sorted = attachments.toSorted((one, other) => orderOf(one) - orderOf(other));
  const inputs = sorted.map(({ role }) => role);
  const request = planRequest(
    { ...asked, inputs },
    { offered: offers.models(), onFlex: offers.onFlex(), drawSeed },
  );
  const { messageId, isEphemeral } = await openReply(interaction, { isPrivate });
  await tokens.keep(interaction.id, interaction.token, interaction.createdTimestamp);
  const place = {
    guildId: interaction.guildId,
    channelId: interaction.channelId ?? '',
    memberId: interaction.user.id,
    interactionId: interaction.id,
    messageId,
    isEphemeral,
    attachmentLimitBytes: interaction.attachmentSizeLimit,
  };
  await jobs.accept({ request, attachments: sorted, place, isPrivate, notify });
}

function orderOf({ role }: Attachment): number {
  return INPUT_ROLES.indexOf(role);
}

/**
 * From what a member asked for, on whichever path, to an accepted job: what can be refused at once
 * is refused before the acknowledgement, the rest after it.
 */
import { planFinal } from '../catalogue/final.ts';
import { planRequest } from '../catalogue/plan.ts';
import { INPUT_ROLES, type AskedOptions } from '../catalogue/request.ts';
import { UserError } from '../errors.ts';
import type { Place } from '../jobs/accept.ts';
import type { Attachment } from '../jobs/inputs.ts';
import { lastSubmission, type Job } from '../jobs/job.ts';
import type { ButtonPress, CommandContext } from './command.ts';
import type { InteractionTokens } from './interaction-tokens.ts';
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
  const place = await openPlace(interaction, isPrivate, tokens);
  await jobs.accept({ request, attachments: sorted, place, isPrivate, notify });
}

/**
 * The final of a draft, at the vendor that has it. The reply comes first: whether there is such a
 * draft is for the database to say, and Discord does not wait for it.
 *
 * @throws UserError, QuotaExceeded
 */
export async function orderFinal(
  interaction: ButtonPress,
  { draftId, isPrivate }: { draftId: string; isPrivate: boolean },
  { jobs, store, offers, tokens }: CommandContext,
): Promise<void> {
  const place = await openPlace(interaction, isPrivate, tokens);
  const draft = await store.find(draftId);
  const submission = draft && lastSubmission(draft);
  if (draft?.guildId !== interaction.guildId || submission?.taskId === undefined) {
    throw new UserError('This draft is no longer known here.');
  }
  if (draft.memberId !== interaction.user.id) {
    throw new UserError('Only the member who asked for this draft can make its final.');
  }
  const { request: drafted, result: actual = {}, notify } = draft;
  const request = planFinal(
    { request: drafted, taskId: submission.taskId, actual },
    {},
    { offered: offers.models(), onFlex: offers.onFlex() },
  );
  const { vendor: onlyVendor } = submission;
  await jobs.accept({ request, attachments: [], place, isPrivate, notify, onlyVendor });
}

async function openPlace(
  interaction: Opening,
  isPrivate: boolean,
  tokens: InteractionTokens,
): Promise<Place> {
  const { messageId, isEphemeral } = await openReply(interaction, { isPrivate });
  await tokens.keep(interaction.id, interaction.token, interaction.createdTimestamp);
  return {
    guildId: interaction.guildId,
    channelId: interaction.channelId ?? '',
    memberId: interaction.user.id,
    interactionId: interaction.id,
    messageId,
    isEphemeral,
    attachmentLimitBytes: interaction.attachmentSizeLimit,
  };
}

function orderOf({ role }: Attachment): number {
  return INPUT_ROLES.indexOf(role);
}

/** The two ends of every order: its place, opened at once, and its acceptance. */
import { UserError } from '../../errors.ts';
import type { Order, OrderOrigin } from '../../jobs/acceptance/accept-job.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { CommandContext } from '../command.ts';
import type { Claims } from '../interactions/claims.ts';
import { INCOMPLETE } from '../interactions/incomplete.ts';
import { guildLocaleOf, localeOf } from '../interactions/locale.ts';
import { openClaimedReply } from '../interactions/open-claimed-reply.ts';
import type { ReplyOpener } from '../interactions/reply.ts';
import { roleIdsOf } from '../moderation/permissions.ts';
import { replyLimitBytes } from '../upload-limits.ts';
import { sayingWhatWasSpent } from './spent.ts';

/**
 * @throws InteractionTaken when another handling has the interaction: nothing more is done or said here
 * @throws UserError where Discord does not say in which channel it was asked for
 */
export async function openOrigin(
  interaction: ReplyOpener,
  isPrivate: boolean,
  claims: Claims,
): Promise<OrderOrigin> {
  const { channelId } = interaction;
  if (channelId === null) throw new UserError(INCOMPLETE);
  const { messageId, isEphemeral } = await openClaimedReply(interaction, { isPrivate }, claims);
  return {
    guildId: interaction.guildId,
    channelId,
    memberId: interaction.user.id,
    roleIds: roleIdsOf(interaction.member),
    interactionId: interaction.id,
    messageId,
    isEphemeral,
    locale: isPrivate || isEphemeral ? localeOf(interaction) : guildLocaleOf(interaction),
    attachmentLimitBytes: replyLimitBytes(interaction),
  };
}

/**
 * The claim ends with the job's record, in one transaction.
 *
 * @throws UserError, QuotaExceeded
 */
export async function accept(
  order: Order,
  { jobs, claims, settings }: CommandContext,
): Promise<Job> {
  const { origin } = order;
  const { language } = await settings.read(origin.guildId);
  const isForAll = !order.isPrivate && !origin.isEphemeral;
  const locale = (isForAll ? language : undefined) ?? origin.locale;
  return sayingWhatWasSpent(async () =>
    jobs.accept({ ...order, origin: { ...origin, locale } }, async (transaction) =>
      claims.finishWith(transaction, origin.interactionId),
    ),
  );
}

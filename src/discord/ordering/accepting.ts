/** Opens the claimed reply of an order, and accepts the order once it is ready. */
import { UserError } from '../../errors.ts';
import type { Order, OrderOrigin } from '../../jobs/acceptance/accept-job.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { CommandContext } from '../command.ts';
import type { Claims } from '../interactions/claims.ts';
import { INCOMPLETE } from '../interactions/incomplete.ts';
import { guildLocaleOf, localeOf } from '../interactions/locale.ts';
import { openClaimedReply } from '../interactions/open-claimed-reply.ts';
import type { ReplyOpener } from '../interactions/reply.ts';
import { isForMemberOnly } from '../messages/audience.ts';
import { roleIdsOf } from '../moderation/permissions.ts';
import type { ServerSettings } from '../server/server-settings.ts';
import { replyLimitBytes } from '../upload-limits.ts';
import { explainSpent } from './spent.ts';

/**
 * @throws InteractionTaken when another handler has claimed the interaction; nothing more may be done or
 *   sent
 * @throws UserError when Discord does not report the channel
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
    locale: isForMemberOnly({ isPrivate, isEphemeral })
      ? localeOf(interaction)
      : guildLocaleOf(interaction),
    attachmentLimitBytes: replyLimitBytes(interaction),
  };
}

/**
 * Accepts the order. One transaction finishes the claim and writes the job's record.
 *
 * @param settings the server's settings, which choose the language of a public message
 * @throws UserError, QuotaExceeded
 */
export async function accept(
  order: Order,
  { language }: Pick<ServerSettings, 'language'>,
  { jobs, claims }: CommandContext,
): Promise<Job> {
  const { origin, isPrivate } = order;
  const { isEphemeral } = origin;
  const ofServer = isForMemberOnly({ isPrivate, isEphemeral }) ? undefined : language;
  const locale = ofServer ?? origin.locale;
  return explainSpent(async () =>
    jobs.accept({ ...order, origin: { ...origin, locale } }, async (transaction) =>
      claims.finishWith(transaction, origin.interactionId),
    ),
  );
}

/** Opens the reply of an interaction that must be handled once: acknowledges and claims it concurrently. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { InteractionTaken, type Claims } from './claims.ts';
import { askerLocaleOf } from './locale.ts';
import { fetchExistingReply, openReply, type OpenedReply, type ReplyOpener } from './reply.ts';

/**
 * Acknowledges and claims the interaction. When it returns, the interaction is ours and has a reply, so
 * work may start. Throws if Discord refuses the acknowledgement (10062: too late).
 *
 * @throws InteractionTaken when another handler has the interaction and will answer it
 * @throws UserError when the database is unreachable
 */
export async function openClaimedReply(
  interaction: ReplyOpener,
  { isPrivate }: { isPrivate: boolean },
  claims: Claims,
): Promise<OpenedReply> {
  // Send the acknowledgement first: Discord waits for it, and it does not depend on the database.
  const opening = openReply(interaction, { isPrivate });
  const { id, token } = interaction;
  const claiming = claims.claim({ id, token, locale: askerLocaleOf(interaction) });
  const [, claimed] = await Promise.allSettled([opening, claiming]);
  if (claimed.status === 'fulfilled' && claimed.value === 'taken') {
    throw new InteractionTaken('another handler has this interaction');
  }
  const opened = await opening;
  if (claimed.status === 'fulfilled') {
    return opened.kind === 'opened' ? opened.reply : fetchExistingReply(interaction, { isPrivate });
  }
  // The handler that opened the reply may also have the claim.
  if (opened.kind === 'elsewhere') {
    throw new InteractionTaken('another handler opened the reply', { cause: claimed.reason });
  }
  // The reply is ours, so only we can answer in it.
  if (opened.kind === 'unheard') await fetchExistingReply(interaction, { isPrivate });
  throw new UserError(text('errors:databaseAway'), { cause: claimed.reason });
}

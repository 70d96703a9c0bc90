/** Opens the reply of something that must be done once: the acknowledgement beside the claim. */
import { UserError } from '../../errors.ts';
import { text } from '../../text/text.ts';
import { InteractionTaken, type Claims } from './claims.ts';
import { askerLocaleOf } from './locale.ts';
import { fetchExistingReply, openReply, type OpenedReply, type ReplyOpener } from './reply.ts';

/**
 * Work may start when this returns: the interaction is ours and has a reply, whoever opened that. A
 * refusal of Discord's with the claim ours (10062: too late) is thrown, and nothing starts.
 *
 * @throws InteractionTaken when another handling has it: that one answers, and nothing is said here
 * @throws UserError when the database cannot be asked: the member is to be told
 */
export async function openClaimedReply(
  interaction: ReplyOpener,
  { isPrivate }: { isPrivate: boolean },
  claims: Claims,
): Promise<OpenedReply> {
  // The acknowledgement is sent off first: Discord waits for it, and it waits for no database.
  const opening = openReply(interaction, { isPrivate });
  const { id, token } = interaction;
  const claiming = claims.claim({ id, token, locale: askerLocaleOf(interaction) });
  const [, claimed] = await Promise.allSettled([opening, claiming]);
  if (claimed.status === 'fulfilled' && claimed.value === 'taken') {
    throw new InteractionTaken('another handling has this interaction');
  }
  const opened = await opening;
  if (claimed.status === 'fulfilled') {
    return opened.kind === 'opened' ? opened.reply : fetchExistingReply(interaction, { isPrivate });
  }
  // Whoever opened it may have the claim as well, and be at work.
  if (opened.kind === 'elsewhere') {
    throw new InteractionTaken('another handling opened the reply', { cause: claimed.reason });
  }
  // Nobody else will answer in it.
  if (opened.kind === 'unheard') await fetchExistingReply(interaction, { isPrivate });
  throw new UserError(text('errors:databaseAway'), { cause: claimed.reason });
}

/** Handles the button that offers an alternative to a job that no vendor serves, up to an accepted job. */
import { UserError } from '../../errors.ts';
import type { Attachment } from '../../jobs/acceptance/fetch-inputs.ts';
import type { Job } from '../../jobs/record/job.ts';
import { text } from '../../text/text.ts';
import type { CommandContext } from '../command.ts';
import type { ButtonPress } from '../interactions/kinds.ts';
import { channelIdsOf, checkRules } from '../server/server-rules.ts';
import { accept, openOrigin } from './accepting.ts';
import { askPrice } from './confirmation.ts';
import { checkPromptKept } from './kept.ts';
import { checkUnspent } from './spent.ts';

/**
 * Orders the alternative, once per job. The price on the button counts as confirmed; a higher price is
 * asked about.
 *
 * @throws UserError, QuotaExceeded
 */
export async function orderAlternative(
  interaction: ButtonPress,
  { jobId, isPrivate }: { readonly jobId: string; readonly isPrivate: boolean },
  context: CommandContext,
): Promise<void> {
  const { offers, claims, settings, jobs, store } = context;
  const origin = await openOrigin(interaction, isPrivate, claims);
  const job = await store.find(jobId);
  if (job?.guildId !== origin.guildId || job.alternative === undefined) {
    throw new UserError(text('orders:alternativeUnknown'));
  }
  if (job.memberId !== origin.memberId) {
    throw new UserError(text('orders:onlyAskerAlternative'));
  }
  checkPromptKept(job);
  const { request, credits } = job.alternative;
  const spendings = [{ kind: 'retry', subject: jobId }] as const;
  await checkUnspent(spendings, job.memberId, jobs);
  const rules = await settings.read(origin.guildId);
  checkRules(rules, request, channelIdsOf(interaction));
  const { notify, typedOptions } = job;
  const attachments = attachmentsOf(job);
  const order = { request, typedOptions, attachments, isPrivate, notify, spendings };
  const price = offers.creditsToHold(request);
  if (price === undefined) {
    throw new UserError(text('orders:alternativeGone', { model: request.model }));
  }
  if (price > credits) {
    await askPrice(interaction, { order, price, instead: credits }, context);
    return;
  }
  await accept({ ...order, agreedCredits: credits, origin }, rules, context);
}

/** @throws UserError when the link of a file is no longer known */
function attachmentsOf({ inputs }: Job): Attachment[] {
  return inputs.map(({ role, sourceUrl: url }) => {
    if (url === undefined) {
      throw new UserError(text('orders:filesUnknown'));
    }
    return {
      role,
      url,
      fileName: URL.parse(url)?.pathname.split('/').at(-1) ?? role,
      declaredBytes: 0,
    };
  });
}

/**
 * Handles the buttons under a job's message. The id names the job and the button; everything else is in
 * the database.
 */
import { UserError, VendorError } from '../../errors.ts';
import type { CancelOutcome } from '../../jobs/cancel.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import type { CommandContext } from '../command.ts';
import type { CustomId } from '../custom-id.ts';
import type { ButtonPress } from '../interactions/kinds.ts';
import { acknowledgePress } from '../interactions/reply.ts';
import { ALTERNATIVE_ACTIONS, readFinalAction } from '../messages/result-buttons.ts';
import { orderAlternative } from './order-alternative.ts';
import { orderFinal } from './order-final.ts';

const CANCEL_ANSWERS: Readonly<Record<Exclude<CancelOutcome, 'cancelled'>, TextKey>> = {
  cannot: 'orders:cannotCancel',
  ended: 'orders:alreadyEnded',
};

/** @throws UserError when the button is not for this member or no longer applies */
export async function pressJobButton(
  interaction: ButtonPress,
  { action, key }: CustomId,
  context: CommandContext,
): Promise<void> {
  if (action === 'cancel') return pressCancel(interaction, key, context);
  const final = readFinalAction(action);
  if (final !== undefined) return orderFinal(interaction, { draftId: key, ...final }, context);
  if (action === ALTERNATIVE_ACTIONS.public || action === ALTERNATIVE_ACTIONS.private) {
    const isPrivate = action === ALTERNATIVE_ACTIONS.private;
    return orderAlternative(interaction, { jobId: key, isPrivate }, context);
  }
  throw new UserError(text('errors:olderVersion'));
}

async function pressCancel(
  interaction: ButtonPress,
  jobId: string,
  context: CommandContext,
): Promise<void> {
  // Acknowledge first: Discord waits 3 seconds, and the database may be slow.
  await acknowledgePress(interaction);
  const job = await context.store.find(jobId);
  if (job === undefined || job.guildId !== interaction.guildId) {
    throw new UserError(text('orders:videoUnknown'));
  }
  if (job.memberId !== interaction.user.id) {
    throw new UserError(text('orders:onlyAskerCancels'));
  }
  const outcome = await cancel(job, context);
  if (outcome !== 'cancelled') throw new UserError(text(CANCEL_ANSWERS[outcome]));
}

async function cancel(job: Job, { jobs }: CommandContext): Promise<CancelOutcome> {
  try {
    return await jobs.cancel(job);
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    throw new UserError(text('orders:serviceNotReached'), { cause: error });
  }
}

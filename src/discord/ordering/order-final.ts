/** Handles a press on Make final, up to an accepted job at the vendor that has the draft. */
import { DRAFT_LIFE_DAYS } from '../../catalogue/models.ts';
import { planFinal } from '../../catalogue/plan/plan-final.ts';
import type { Resolution } from '../../catalogue/request.ts';
import { DAY } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { OrderOrigin } from '../../jobs/acceptance/accept-job.ts';
import { lastSubmission, type Job, type JobSubmission } from '../../jobs/record/job.ts';
import { text } from '../../text/text.ts';
import type { CommandContext } from '../command.ts';
import type { ButtonPress } from '../interactions/kinds.ts';
import { channelIdsOf, checkRules } from '../server/server-rules.ts';
import { accept, openOrigin } from './accepting.ts';
import { askPrice } from './confirmation.ts';
import { checkPromptKept } from './kept.ts';
import { checkUnspent } from './spent.ts';

interface PressedFinal {
  readonly draftId: string;
  readonly resolution: Resolution;
  readonly isPrivate: boolean;
}

/**
 * Orders the final. Replies first, because looking up the draft takes the database, and Discord does not
 * wait for it. The price on the button counts as confirmed; a higher price is asked about.
 *
 * @throws UserError, QuotaExceeded
 */
export async function orderFinal(
  interaction: ButtonPress,
  { draftId, resolution, isPrivate }: PressedFinal,
  context: CommandContext,
): Promise<void> {
  const { offers, claims, settings, jobs, clock } = context;
  const origin = await openOrigin(interaction, isPrivate, claims);
  const { draft, submission, taskId } = await ownDraft(draftId, origin, context);
  const spendings = [{ kind: 'final', subject: draftId }] as const;
  await checkUnspent(spendings, draft.memberId, jobs);
  checkAge(submission, draft, clock.now());
  checkPromptKept(draft);
  const { request: drafted, result: actual = {}, notify } = draft;
  const request = planFinal({ request: drafted, taskId, actual }, resolution, {
    offered: offers.models(),
  });
  const rules = await settings.read(interaction.guildId);
  checkRules(rules, request, channelIdsOf(interaction));
  const { vendor: onlyVendor } = submission;
  const order = { request, attachments: [], isPrivate, notify, onlyVendor, spendings };
  const price = offers.creditsToHold(request, { onlyVendor });
  if (price === undefined) {
    throw new UserError(text('orders:finalGone', { resolution }));
  }
  const shown = draft.finals?.find((final) => final.resolution === resolution)?.credits;
  if (shown === undefined || price > shown) {
    await askPrice(interaction, { order, price, instead: shown }, context);
    return;
  }
  await accept({ ...order, agreedCredits: shown, origin }, rules, context);
}

interface OwnDraft {
  readonly draft: Job;
  readonly submission: JobSubmission;
  readonly taskId: string;
}

/** @throws UserError when the draft is unknown or belongs to another member */
async function ownDraft(
  draftId: string,
  { guildId, memberId }: Pick<OrderOrigin, 'guildId' | 'memberId'>,
  { store }: Pick<CommandContext, 'store'>,
): Promise<OwnDraft> {
  const draft = await store.find(draftId);
  const submission = draft && lastSubmission(draft);
  if (draft?.guildId !== guildId || submission?.taskId === undefined) {
    throw new UserError(text('orders:draftUnknown'));
  }
  if (draft.memberId !== memberId) {
    throw new UserError(text('orders:onlyAskerFinals'));
  }
  return { draft, submission, taskId: submission.taskId };
}

/**
 * Checks the draft's age. The draft was created after `startedAtMs`, so it expires no earlier than
 * computed here.
 *
 * @throws UserError
 */
function checkAge({ startedAtMs }: JobSubmission, { request }: Job, nowMs: number): void {
  if (nowMs < startedAtMs + DRAFT_LIFE_DAYS * DAY) return;
  const seed = String(request.seed);
  throw new UserError(text('orders:draftTooOld', { days: DRAFT_LIFE_DAYS, seed }));
}

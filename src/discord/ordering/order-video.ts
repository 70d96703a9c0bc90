/**
 * From what a member asked for, on whichever path, to an accepted job: what can be refused at once
 * is refused before the acknowledgement, the rest after it.
 */
import { DRAFT_LIFE_DAYS } from '../../catalogue/models.ts';
import { finalResolutions, planFinal } from '../../catalogue/plan/final.ts';
import { planRequest } from '../../catalogue/plan/plan.ts';
import { INPUT_ROLES, type AskedOptions, type InputRole } from '../../catalogue/request.ts';
import { DAY } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Order, Place } from '../../jobs/accept.ts';
import type { Attachment } from '../../jobs/inputs.ts';
import { lastSubmission, type Job } from '../../jobs/record/job.ts';
import type { CommandContext } from '../command.ts';
import { openClaimedReply } from '../interactions/claimed-reply.ts';
import type { Claims } from '../interactions/claims.ts';
import type { ButtonPress } from '../interactions/kinds.ts';
import { roleIdsOf } from '../moderation/rights.ts';
import type { Opening } from '../reply.ts';
import { allowedModels, channelIdsOf, checkRules, defaultsWithin } from '../server/server-rules.ts';
import { replyLimitBytes } from '../upload-limits.ts';
import { asksPrice } from './confirmation.ts';
import { checkUnspent, sayingWhatWasSpent } from './spent.ts';

/** Files whose roles are known at once, and the rest only from the database. */
export interface LaterAttachments {
  readonly roles: readonly InputRole[];
  /** Called after the acknowledgement. @throws UserError when they are no longer known */
  find(): Promise<readonly Attachment[]>;
}

export interface VideoOrder {
  readonly asked: Omit<AskedOptions, 'inputs'>;
  readonly attachments: readonly Attachment[] | LaterAttachments;
  /** Only the member sees the reply, and the video. */
  readonly isPrivate: boolean;
  /** How the member is told when it is done; a mention unless said otherwise. */
  readonly notify: Job['notify'];
}

/** @throws UserError, QuotaExceeded */
export async function orderVideo(
  interaction: Opening,
  { asked, attachments, isPrivate, notify }: VideoOrder,
  context: CommandContext,
): Promise<void> {
  const { offers, claims, settings, drawSeed } = context;
  const { roles, find } = isKnown(attachments) ? known(attachments) : attachments;
  const inputs = roles.toSorted((one, other) => orderOf(one) - orderOf(other));
  const offered = offers.models();
  const onFlex = offers.onFlex();
  const { seed } = planRequest({ ...asked, inputs }, { offered, onFlex, drawSeed });
  const place = await openPlace(interaction, isPrivate, claims);
  // Once more by the server's own rules, which only narrow it: they are in the database, and Discord does not wait for that.
  const rules = await settings.read(interaction.guildId);
  const request = planRequest(
    { ...asked, inputs },
    {
      offered: allowedModels(rules, offered),
      onFlex,
      defaults: defaultsWithin(rules),
      drawSeed: () => seed,
    },
  );
  checkRules(rules, request, channelIdsOf(interaction));
  // In the order they are sent to the vendor; what is alike keeps the member's order.
  const found = await find();
  const sorted = found.toSorted((one, other) => orderOf(one.role) - orderOf(other.role));
  const order = { request, attachments: sorted, isPrivate, notify };
  if (await asksPrice(interaction, { order, rules }, context)) return;
  await accept({ ...order, place }, context);
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
  context: CommandContext,
): Promise<void> {
  const { store, offers, claims, settings, clock } = context;
  const place = await openPlace(interaction, isPrivate, claims);
  const draft = await store.find(draftId);
  const submission = draft && lastSubmission(draft);
  if (draft?.guildId !== interaction.guildId || submission?.taskId === undefined) {
    throw new UserError('This draft is no longer known here.');
  }
  if (draft.memberId !== interaction.user.id) {
    throw new UserError('Only the member who asked for this draft can make its final.');
  }
  const spendings = [{ kind: 'final', subject: draftId }] as const;
  await checkUnspent(spendings, draft.memberId, context.jobs);
  if (clock.now() >= submission.startedAtMs + DRAFT_LIFE_DAYS * DAY) {
    throw new UserError(
      `The video service keeps drafts for ${DRAFT_LIFE_DAYS} days, and this one is older. Make a new draft with the same prompt and seed ${draft.request.seed}.`,
    );
  }
  const { request: drafted, result: actual = {}, notify } = draft;
  const finals = finalResolutions(drafted.model);
  const request = planFinal(
    { request: drafted, taskId: submission.taskId, actual },
    finals.includes('720p') ? '720p' : (finals.at(-1) ?? '720p'),
    { offered: offers.models() },
  );
  const rules = await settings.read(interaction.guildId);
  checkRules(rules, request, channelIdsOf(interaction));
  const { vendor: onlyVendor } = submission;
  const order = { request, attachments: [], isPrivate, notify, onlyVendor, spendings };
  if (await asksPrice(interaction, { order, rules }, context)) return;
  await accept({ ...order, place }, context);
}

/**
 * The member has said yes to the price. The rules are asked again: they may have changed since.
 *
 * @throws UserError, QuotaExceeded
 */
export async function orderConfirmed(
  interaction: ButtonPress,
  { key, isPrivate }: { key: string; isPrivate: boolean },
  context: CommandContext,
): Promise<void> {
  const { claims, settings, confirmations } = context;
  const place = await openPlace(interaction, isPrivate, claims);
  const order = await confirmations.find(key, place);
  await checkUnspent(order.spendings ?? [], place.memberId, context.jobs);
  const rules = await settings.read(interaction.guildId);
  checkRules(rules, order.request, channelIdsOf(interaction));
  await accept({ ...order, place }, context);
}

/** The claim ends with the job's record, in one transaction. */
async function accept(order: Order, { jobs, claims }: CommandContext): Promise<void> {
  const { interactionId } = order.place;
  await sayingWhatWasSpent(async () =>
    jobs.accept(order, async (transaction) => claims.finishWith(transaction, interactionId)),
  );
}

/** @throws InteractionTaken when another handling has the interaction: nothing more is done or said here */
async function openPlace(interaction: Opening, isPrivate: boolean, claims: Claims): Promise<Place> {
  const { messageId, isEphemeral } = await openClaimedReply(interaction, { isPrivate }, claims);
  return {
    guildId: interaction.guildId,
    channelId: interaction.channelId ?? '',
    memberId: interaction.user.id,
    roleIds: roleIdsOf(interaction.member),
    interactionId: interaction.id,
    messageId,
    isEphemeral,
    attachmentLimitBytes: replyLimitBytes(interaction),
  };
}

function isKnown(attachments: VideoOrder['attachments']): attachments is readonly Attachment[] {
  return Array.isArray(attachments);
}

function known(attachments: readonly Attachment[]): LaterAttachments {
  return { roles: attachments.map(({ role }) => role), find: async () => attachments };
}

function orderOf(role: InputRole): number {
  return INPUT_ROLES.indexOf(role);
}

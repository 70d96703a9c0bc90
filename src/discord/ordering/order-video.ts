/**
 * Turns a member's order, from any command, into an accepted job. Refuses before the acknowledgement what
 * can be refused without the database; the rest is checked after it.
 */
import { planRequest } from '../../catalogue/plan/plan.ts';
import { typedOptionsOf } from '../../catalogue/plan/typed-options.ts';
import {
  compareRoles,
  type AskedOptions,
  type InputRole,
  type VideoRequest,
} from '../../catalogue/request.ts';
import type { Order, OrderOrigin, ReadInputs } from '../../jobs/acceptance/accept-job.ts';
import type { Attachment } from '../../jobs/acceptance/fetch-inputs.ts';
import type { Job } from '../../jobs/record/job.ts';
import type { CommandContext } from '../command.ts';
import type { ButtonPress } from '../interactions/kinds.ts';
import type { ReplyOpener } from '../interactions/reply.ts';
import { channelIdsOf, checkRules, planContext } from '../server/server-rules.ts';
import type { ServerSettings } from '../server/server-settings.ts';
import { accept, openOrigin } from './accepting.ts';
import {
  decideAfterReading,
  hasClips,
  leastCredits,
  mayHaveHeif,
  PriceUnconfirmed,
} from './after-reading.ts';
import { askPrice, asksPrice, type PriceQuestion } from './confirmation.ts';
import { planWithFinals } from './finals.ts';
import { flagNotes, frameNotes, tellNotes } from './notes.ts';
import { checkUnspent } from './spent.ts';

/** Files whose roles are known at once, but whose details are in the database. */
export interface LaterAttachments {
  readonly roles: readonly InputRole[];
  /** Called after the acknowledgement. @throws UserError when the files are no longer known */
  find(): Promise<readonly Attachment[]>;
}

export interface VideoOrder {
  readonly asked: Omit<AskedOptions, 'inputs'>;
  readonly attachments: readonly Attachment[] | LaterAttachments;
  /** Only the member sees the reply and the video. */
  readonly isPrivate: boolean;
  /** How to notify the member when the video is done; default: a mention. */
  readonly notify: Job['notify'];
}

/** @throws UserError, QuotaExceeded */
export async function orderVideo(
  interaction: ReplyOpener,
  { asked, attachments, isPrivate, notify }: VideoOrder,
  context: CommandContext,
): Promise<void> {
  const { offers, claims, orderSlots, settings, drawSeed } = context;
  const { roles, find } = isKnown(attachments) ? known(attachments) : attachments;
  const inputs = roles.toSorted(compareRoles);
  const offered = offers.toPlanWith();
  const seed = drawSeed();
  // Only to refuse, before the acknowledgement, what no server allows. The server's own rules, which the
  // plan below uses, are in the database, and Discord does not wait for that.
  planRequest({ ...asked, inputs }, { offers: offered, drawSeed: () => seed });
  const origin = await openOrigin(interaction, isPrivate, claims);
  const { rules, planning, request, finals } = await orderSlots.run(origin.guildId, async () => {
    const read = await settings.read(origin.guildId);
    const narrowed = planContext(read, offered, () => seed);
    const plan = (draft = asked.draft) => planRequest({ ...asked, draft, inputs }, narrowed);
    const planned = await planWithFinals(plan, { asked, rules: read, origin }, context);
    return { rules: read, planning: narrowed, ...planned };
  });
  checkRules(rules, request, channelIdsOf(interaction));
  // In the vendor's order; files of the same role keep the member's order.
  const found = await find();
  const sorted = found.toSorted((one, other) => compareRoles(one.role, other.role));
  const typedOptions = typedOptionsOf(asked);
  const order = { request, typedOptions, attachments: sorted, isPrivate, notify, finals };
  const notes = flagNotes(asked.prompt);
  const questionNotes = [...notes, ...frameNotes(sorted, request.ratio)];
  const question = { order, rules, notes: questionNotes, isModelChosen: asked.model === undefined };
  // The price with reference videos, and the models that take them, are known only after reading them.
  if (!hasClips(request) && (await asksPrice(interaction, question, context))) return;
  const undecided = { asked: { ...asked, inputs }, request, context: planning, rules };
  const decide = (read: ReadInputs): VideoRequest => decideAfterReading(read, undecided, offers);
  const reading =
    sorted.length === 0
      ? { decide }
      : {
          decide,
          mayHaveHeif: mayHaveHeif(undecided),
          leastCredits: leastCredits(undecided, offers),
        };
  const job = await acceptOrAsk(interaction, { ...question, origin, reading }, context);
  if (job === undefined) return;
  notes.push(...frameNotes(job.inputs, job.request.ratio));
  await tellNotes(interaction, { jobId: job.id, notes }, context);
}

interface ReadyToAccept extends Pick<PriceQuestion, 'order' | 'notes'> {
  readonly origin: OrderOrigin;
  readonly rules: ServerSettings;
  readonly reading: Pick<Order, 'decide' | 'mayHaveHeif' | 'leastCredits'>;
}

/** @returns undefined when the member is asked about the price first */
async function acceptOrAsk(
  interaction: ReplyOpener,
  { order, origin, rules, reading, notes }: ReadyToAccept,
  context: CommandContext,
): Promise<Job | undefined> {
  try {
    return await accept({ ...order, ...reading, origin }, rules, context);
  } catch (error) {
    if (!(error instanceof PriceUnconfirmed)) throw error;
    const { request, price, reason } = error;
    const asked = { order: { ...order, request }, price, reason, notes };
    await askPrice(interaction, asked, context);
    return undefined;
  }
}

/**
 * Accepts an order whose price the member confirmed. Checks the rules again, because they may have
 * changed.
 *
 * @throws UserError, QuotaExceeded
 */
export async function orderConfirmed(
  interaction: ButtonPress,
  { key, isPrivate }: { key: string; isPrivate: boolean },
  context: CommandContext,
): Promise<void> {
  const { claims, settings, confirmations } = context;
  const origin = await openOrigin(interaction, isPrivate, claims);
  const order = await confirmations.find(key, origin);
  await checkUnspent(order.spendings ?? [], origin.memberId, context.jobs);
  const rules = await settings.read(interaction.guildId);
  checkRules(rules, order.request, channelIdsOf(interaction));
  await accept({ ...order, origin }, rules, context);
}

function isKnown(attachments: VideoOrder['attachments']): attachments is readonly Attachment[] {
  return Array.isArray(attachments);
}

function known(attachments: readonly Attachment[]): LaterAttachments {
  return { roles: attachments.map(({ role }) => role), find: async () => attachments };
}

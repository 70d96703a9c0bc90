/**
 * Asks the member to confirm the price of some videos: those above the server's `confirm_above`, and
 * those where the bot chose a model that costs far more than the usual one. The order waits in the
 * database for an hour; the button carries only its key.
 */
import { ButtonStyle, ComponentType } from 'discord.js';
import { z } from 'zod';

import { describeFinals, describeRequest } from '../../catalogue/describe.ts';
import {
  INPUT_ROLES,
  TYPED_OPTIONS,
  videoRequestSchema,
  type VideoRequest,
} from '../../catalogue/request.ts';
import { VENDOR_NAMES } from '../../catalogue/vendors.ts';
import { HOUR, type Clock } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { IdMaker } from '../../ids.ts';
import type { Order } from '../../jobs/acceptance/accept-job.ts';
import { SPENDING_KINDS } from '../../jobs/acceptance/spending.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import { finalPriceSchema, type FinalPrice, NOTIFY_WAYS } from '../../jobs/record/job.ts';
import type { Offers } from '../../jobs/submission/offers.ts';
import type { Database } from '../../storage/database.ts';
import { createDocuments } from '../../storage/documents.ts';
import { credits } from '../../text/credits.ts';
import type { TextKey } from '../../text/resources.ts';
import { inWords, text, translate, type Text, type TextValue } from '../../text/text.ts';
import { customId } from '../custom-id.ts';
import { localeOf } from '../interactions/locale.ts';
import { paragraphs, followUpPrivately, type ReplyOpener } from '../interactions/reply.ts';
import { roleIdsOf } from '../moderation/permissions.ts';
import type { ServerSettings } from '../server/server-settings.ts';
import { reasonToAsk, type PricedRequest } from './price-reason.ts';

const LIFE_MS = HOUR;
/** The button's id tells whether the reply is private, because that must be known before any lookup. */
export const CONFIRM_ACTIONS = { public: 'confirm', private: 'confirm-private' } as const;

const waitingSchema = z.object({
  guildId: z.string(),
  memberId: z.string(),
  request: videoRequestSchema,
  typedOptions: z.array(z.enum(TYPED_OPTIONS)).optional(),
  attachments: z.array(
    z.object({
      role: z.enum(INPUT_ROLES),
      url: z.string(),
      fileName: z.string(),
      declaredBytes: z.number(),
    }),
  ),
  isPrivate: z.boolean(),
  notify: z.enum(NOTIFY_WAYS),
  onlyVendor: z.enum(VENDOR_NAMES).optional(),
  agreedCredits: z.int().optional(),
  finals: z.array(finalPriceSchema).optional(),
  spendings: z.array(z.object({ kind: z.enum(SPENDING_KINDS), subject: z.string() })).optional(),
});

export type ReadyOrder = Omit<Order, 'origin'>;

export interface Confirmations {
  keep(
    key: string,
    who: Pick<Order['origin'], 'guildId' | 'memberId'>,
    order: ReadyOrder,
  ): Promise<void>;
  /**
   * Returns the order, with the confirmation added to its spendings so that a second press creates no
   * second video.
   *
   * @throws UserError when the order is too old or belongs to another member
   */
  find(key: string, who: Pick<Order['origin'], 'guildId' | 'memberId'>): Promise<ReadyOrder>;
}

export function createConfirmations(database: Database, clock: Clock): Confirmations {
  const documents = createDocuments(database, 'confirm-order', clock);
  return {
    async keep(key, { guildId, memberId }, order) {
      await documents.set(key, waitingSchema.parse({ ...order, guildId, memberId }), LIFE_MS);
    },
    async find(key, { guildId, memberId }) {
      const waiting = waitingSchema.optional().parse(await documents.get(key));
      if (waiting?.guildId !== guildId || waiting.memberId !== memberId) throw gone();
      const { guildId: _guildId, memberId: _memberId, spendings = [], ...order } = waiting;
      return { ...order, spendings: [{ kind: 'confirmation', subject: key }, ...spendings] };
    },
  };
}

interface AskDependencies {
  jobs: Pick<Jobs, 'checkPrice'>;
  offers: Offers;
  confirmations: Confirmations;
  ids: IdMaker;
}

interface OrderToAsk
  extends Pick<PriceQuestion, 'order' | 'notes'>, Pick<PricedRequest, 'isModelChosen'> {
  readonly rules: ServerSettings;
}

/** @returns whether the member was asked; the video then waits for the answer */
export async function asksPrice(
  interaction: ReplyOpener,
  { order, rules, notes, isModelChosen }: OrderToAsk,
  dependencies: AskDependencies,
): Promise<boolean> {
  const { offers } = dependencies;
  const { request, onlyVendor } = order;
  const price = offers.creditsToHold(request, { onlyVendor }) ?? 0;
  const reason = reasonToAsk({ request, price, isModelChosen }, { rules, offers });
  if (reason === undefined) return false;
  await askPrice(interaction, { order, price, reason, notes }, dependencies);
  return true;
}

export interface PriceQuestion {
  readonly order: ReadyOrder;
  readonly price: number;
  /** Why the member is asked, in one sentence. */
  readonly reason?: Text | undefined;
  /** The price on the pressed button, where it has changed since. */
  readonly instead?: number | undefined;
  /** Other notes for the member, one line each. */
  readonly notes?: readonly Text[] | undefined;
}

/**
 * Asks the member to confirm a price, which then is the maximum to hold.
 *
 * @throws UserError, QuotaExceeded when they could not make the video at this price now
 */
export async function askPrice(
  interaction: ReplyOpener,
  { order, price, reason, instead, notes = [] }: PriceQuestion,
  { jobs, confirmations, ids }: Omit<AskDependencies, 'offers'>,
): Promise<void> {
  const { request, finals = [] } = order;
  const key = ids.next();
  const who = { guildId: interaction.guildId, memberId: interaction.user.id };
  await jobs.checkPrice({ ...who, roleIds: roleIdsOf(interaction.member), credits: price });
  await confirmations.keep(key, who, { ...order, agreedCredits: price });
  const locale = localeOf(interaction);
  const cost = credits(price);
  const question = text(questionKeyOf(request), { credits: cost });
  const risen = instead === undefined ? [] : [text('orders:priceRisen', { before: instead })];
  const details = text('orders:questionDetails', { request: describeRequest(request) });
  const lines: TextValue[] = [
    { sentences: [...risen, question] },
    ...(reason === undefined ? [] : [reason]),
    ...finalsNote(request, finals),
    ...notes,
  ];
  const words = [...lines.map((line) => inWords(locale, line)), `-# ${inWords(locale, details)}`];
  await followUpPrivately(interaction, [
    ...paragraphs([words.join('\n')]),
    {
      type: ComponentType.ActionRow,
      components: [
        {
          type: ComponentType.Button,
          style: ButtonStyle.Primary,
          label: translate(locale, text('orders:makeItFor', { credits: cost })),
          custom_id: customId({
            owner: 'video',
            action: order.isPrivate ? CONFIRM_ACTIONS.private : CONFIRM_ACTIONS.public,
            key,
          }),
        },
      ],
    },
  ]);
}

function questionKeyOf({ isDraft, draftTaskId }: VideoRequest): TextKey {
  if (isDraft === true) return 'orders:priceDraft';
  return draftTaskId === undefined ? 'orders:priceVideo' : 'orders:priceFinal';
}

function finalsNote(request: VideoRequest, finals: readonly FinalPrice[]): Text[] {
  if (finals.length === 0) return [];
  return [text('orders:finalCostsExtra', { finals: describeFinals(request, finals) })];
}

function gone(): UserError {
  return new UserError(text('orders:questionTooOld'));
}

/** What moderators' commands use, and the one function that makes their changes. */
import type { Clock } from '../../clock.ts';
import type { Changed } from '../../quota/moderation/change-log.ts';
import type { ByModerator } from '../../quota/moderation/moderation.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import type { ChartDrawer } from '../charts/chart-drawer.ts';
import type { CommandInteraction } from '../interactions/kinds.ts';
import { localeOf } from '../interactions/locale.ts';
import { replyPrivately } from '../interactions/reply.ts';
import type { ServerSettingsStore } from '../server/server-settings.ts';
import { changeText, type ToldChange } from './change-text.ts';

export interface ModerationContext {
  readonly database: Database;
  readonly quota: QuotaManager;
  readonly settings: ServerSettingsStore;
  /** Announces a change that has been written to the change log, so that the log channel can post it. */
  readonly announce: () => void;
  readonly charts: Pick<ChartDrawer, 'drawReport'>;
  readonly clock: Clock;
}

type WhatChanged = Pick<ToldChange, 'action' | 'target'>;

/**
 * Makes a change and its log entry in one transaction, and replies with before and after. Repeating it
 * for the same interaction changes nothing.
 *
 * @throws UserError for a change that is not allowed; nothing is written then
 */
export async function makeChange<State>(
  interaction: CommandInteraction,
  context: ModerationContext,
  {
    change,
    ...what
  }: WhatChanged & {
    note?: string | undefined;
    change: (transaction: DatabaseTransaction, by: ByModerator) => Promise<Changed<State>>;
  },
): Promise<void> {
  const by: ByModerator = {
    stepId: interaction.id,
    guildId: interaction.guildId,
    actorId: interaction.user.id,
    note: what.note,
    nowMs: context.clock.now(),
  };
  const { isRepeat, ...states } = await context.database
    .transaction()
    .execute(async (transaction) => change(transaction, by));
  const told: ToldChange = { ...what, ...states, actorId: by.actorId };
  if (!isRepeat) context.announce();
  await replyPrivately(interaction, [changeText(told, localeOf(interaction))]);
}

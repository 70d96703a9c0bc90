/** `/quota server`, `role` and `user`: set, remove or show limits. */
import { z } from 'zod';

import { UserError } from '../../../errors.ts';
import type { StoredLimits } from '../../../quota/limits/limits.ts';
import { subjectOf, type LimitTarget } from '../../../quota/limits/stored-limits.ts';
import type { Changed } from '../../../quota/moderation/change-log.ts';
import type { ByModerator, Clearable } from '../../../quota/moderation/moderation.ts';
import type { DatabaseTransaction } from '../../../storage/database.ts';
import { text, translate } from '../../../text/text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { replyPrivately } from '../../interactions/reply.ts';
import { limitsText, targetName } from '../change-text.ts';
import { makeChange, type ModerationContext } from '../moderation-context.ts';

const perSchema = z.enum(['day', 'month']).optional();
const CLEARABLE = {
  credits: 'credits',
  at_once: 'atOnce',
  waiting: 'waiting',
  max_cost: 'maxCost',
  all: 'all',
} as const satisfies Record<string, Clearable>;
const clearSchema = z.enum(['credits', 'at_once', 'waiting', 'max_cost', 'all']).optional();

/** @throws UserError for limits that are out of range or above the operator's */
export async function changeLimits(
  interaction: CommandInteraction,
  context: ModerationContext,
  target: LimitTarget,
): Promise<void> {
  const { options } = interaction;
  const limits = readLimits(options);
  const clear = clearSchema.parse(options.getString('clear') ?? undefined);
  const isSetting = Object.keys(limits).length > 0;
  if (!isSetting && clear === undefined) return showLimits(interaction, context, target);
  if (clear !== undefined) checkBoth(clear, limits);
  const cleared = clear === undefined ? undefined : CLEARABLE[clear];
  await makeChange(interaction, context, {
    action: isSetting ? 'set-limit' : 'clear-limit',
    target,
    change: async (transaction, by) =>
      change(transaction, { ...by, target }, { context, cleared, limits, isSetting }),
  });
}

interface Wanted {
  context: ModerationContext;
  cleared: Clearable | undefined;
  limits: StoredLimits;
  isSetting: boolean;
}

async function change(
  transaction: DatabaseTransaction,
  by: ByModerator & { target: LimitTarget },
  { context: { quota }, cleared, limits, isSetting }: Wanted,
): Promise<Changed<StoredLimits>> {
  if (cleared === undefined) return quota.setLimit(transaction, { ...by, limits });
  const before = await quota.clearLimit(transaction, { ...by, clear: cleared });
  if (!isSetting) return before;
  // Two log entries need two step ids. They have the same time, so they are read in alphabetical order.
  const setting = { ...by, stepId: `${by.stepId}:set`, limits };
  return { ...(await quota.setLimit(transaction, setting)), before: before.before };
}

function checkBoth(clear: keyof typeof CLEARABLE, limits: StoredLimits): void {
  if (clear === 'all' || limits[CLEARABLE[clear]] === undefined) return;
  throw new UserError(text('moderation:setAndCleared', { option: clear }));
}

async function showLimits(
  interaction: CommandInteraction,
  { quota, database }: ModerationContext,
  target: LimitTarget,
): Promise<void> {
  const all = await quota.limits(database, interaction.guildId);
  const found = all.find((one) => isSame(one.target, target));
  const limits = text('moderation:limitsOf', {
    whose: targetName(target),
    limits: limitsText(found?.limits ?? {}),
  });
  await replyPrivately(interaction, [translate(localeOf(interaction), limits)]);
}

function isSame(one: LimitTarget, other: LimitTarget): boolean {
  return one.scope === other.scope && subjectOf(one) === subjectOf(other);
}

function readLimits(options: CommandInteraction['options']): StoredLimits {
  const per = perSchema.parse(options.getString('per') ?? undefined);
  const whole = (name: string): number | undefined => options.getInteger(name) ?? undefined;
  const given = {
    credits: whole('credits'),
    per,
    atOnce: whole('at_once'),
    waiting: whole('waiting'),
    maxCost: whole('max_cost'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

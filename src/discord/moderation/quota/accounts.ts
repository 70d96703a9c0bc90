/** `/quota grant`, `deduct`, `reset`, `show`, `block` and `unblock`: commands for one account. */
import { creditsText } from '../../credits-text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { localeOf } from '../../interactions/locale.ts';
import { replyPrivately } from '../../interactions/reply.ts';
import { makeChange, type ModerationContext } from '../moderation-context.ts';
import { roleIdsOf } from '../permissions.ts';

export async function changeAccount(
  interaction: CommandInteraction,
  context: ModerationContext,
  action: 'grant' | 'deduct' | 'reset',
): Promise<void> {
  const { options } = interaction;
  const memberId = options.getUser('user')?.id;
  const roleIds = roleIdsOf(options.getMember('user'));
  const target =
    memberId === undefined
      ? ({ scope: 'server' } as const)
      : ({ scope: 'user', memberId } as const);
  const note = options.getString('note') ?? undefined;
  await makeChange(interaction, context, {
    action,
    target,
    note,
    change: async (transaction, { note: reason, ...by }) => {
      const change = { ...by, memberId, roleIds, reason };
      if (action === 'reset') return context.quota.reset(transaction, change);
      const credits = options.getInteger('amount', true);
      return context.quota[action](transaction, { ...change, credits });
    },
  });
}

export async function showMember(
  interaction: CommandInteraction,
  { quota, database, clock }: ModerationContext,
): Promise<void> {
  const user = interaction.options.getUser('user', true);
  const view = await quota.view(database, {
    guildId: interaction.guildId,
    memberId: user.id,
    roleIds: roleIdsOf(interaction.options.getMember('user')),
    nowMs: clock.now(),
  });
  await replyPrivately(
    interaction,
    creditsText(view, { locale: localeOf(interaction), about: user.id }),
  );
}

export async function changeBlock(
  interaction: CommandInteraction,
  context: ModerationContext,
  action: 'block' | 'unblock',
): Promise<void> {
  const { options } = interaction;
  const memberId = options.getUser('user', true).id;
  await makeChange(interaction, context, {
    action,
    target: { scope: 'user', memberId },
    note: action === 'block' ? (options.getString('reason') ?? undefined) : undefined,
    change: async (transaction, by) => {
      if (action === 'unblock') return context.quota.unblock(transaction, { ...by, memberId });
      const days = options.getInteger('days') ?? undefined;
      return context.quota.block(transaction, { ...by, memberId, days });
    },
  });
}

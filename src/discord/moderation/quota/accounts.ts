/** `/quota grant`, `take`, `reset`, `show`, `block` and `unblock`: what concerns one account. */
import { creditsText } from '../../credits-text.ts';
import type { CommandInteraction } from '../../interactions/kinds.ts';
import { tellPrivately } from '../../interactions/reply.ts';
import { makeChange, type ModerationDesk } from '../moderation-context.ts';
import { roleIdsOf } from '../permissions.ts';

export async function changeAccount(
  interaction: CommandInteraction,
  desk: ModerationDesk,
  action: 'grant' | 'take' | 'reset',
): Promise<void> {
  const { options } = interaction;
  const memberId = options.getUser('user')?.id;
  const roleIds = roleIdsOf(options.getMember('user'));
  const target =
    memberId === undefined
      ? ({ scope: 'server' } as const)
      : ({ scope: 'user', memberId } as const);
  const note = options.getString('note') ?? undefined;
  await makeChange(interaction, desk, {
    action,
    target,
    note,
    change: async (transaction, { note: reason, ...by }) => {
      const change = { ...by, memberId, roleIds, reason };
      if (action === 'reset') return desk.quota.reset(transaction, change);
      const credits = options.getInteger('amount', true);
      return desk.quota[action](transaction, { ...change, credits });
    },
  });
}

export async function showMember(
  interaction: CommandInteraction,
  { quota, database, clock }: ModerationDesk,
): Promise<void> {
  const user = interaction.options.getUser('user', true);
  const view = await quota.view(database, {
    guildId: interaction.guildId,
    memberId: user.id,
    roleIds: roleIdsOf(interaction.options.getMember('user')),
    nowMs: clock.now(),
  });
  await tellPrivately(interaction, creditsText(view, { about: user.id }));
}

export async function changeBlock(
  interaction: CommandInteraction,
  desk: ModerationDesk,
  action: 'block' | 'unblock',
): Promise<void> {
  const { options } = interaction;
  const memberId = options.getUser('user', true).id;
  await makeChange(interaction, desk, {
    action,
    target: { scope: 'user', memberId },
    note: action === 'block' ? (options.getString('reason') ?? undefined) : undefined,
    change: async (transaction, by) => {
      if (action === 'unblock') return desk.quota.unblock(transaction, { ...by, memberId });
      const days = options.getInteger('days') ?? undefined;
      return desk.quota.block(transaction, { ...by, memberId, days });
    },
  });
}

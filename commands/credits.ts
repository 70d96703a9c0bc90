import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import type { ChatCommand } from '#src/discord/command.ts';
import { creditsText } from '#src/discord/credits-text.ts';
import { localeOf } from '#src/discord/interactions/locale.ts';
import { openPrivateReply, replyPrivately } from '#src/discord/interactions/reply.ts';
import { described } from '#src/discord/localized.ts';
import { roleIdsOf } from '#src/discord/moderation/permissions.ts';

export default {
  data: {
    name: 'credits',
    ...described('commands:credits'),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  },

  async execute(interaction, { viewCredits }) {
    await openPrivateReply(interaction);
    const view = await viewCredits({
      guildId: interaction.guildId,
      memberId: interaction.user.id,
      roleIds: roleIdsOf(interaction.member),
    });
    await replyPrivately(interaction, creditsText(view, { locale: localeOf(interaction) }));
  },
} satisfies ChatCommand;

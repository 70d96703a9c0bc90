import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import { describeModel } from '#src/catalogue/describe.ts';
import type { ChatCommand } from '#src/discord/command.ts';
import { tellPrivately } from '#src/discord/reply.ts';

export default {
  data: {
    name: 'models',
    description: 'What each model can do here, and what it costs',
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  },

  async execute(interaction, { offers }) {
    const lines = offers.priced().map(({ model, price }) => `- ${describeModel(model, price)}`);
    await tellPrivately(interaction, [
      `**Models you can use here**\n${lines.join('\n')}`,
      '-# The price named is for 5 s at 720p; `/video` shows the exact price before it starts. One credit is one US cent.',
    ]);
  },
} satisfies ChatCommand;

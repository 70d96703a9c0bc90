import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import { describeModel } from '#src/catalogue/describe.ts';
import type { ChatCommand } from '#src/discord/command.ts';
import { localeOf } from '#src/discord/interactions/locale.ts';
import { openPrivateReply, replyPrivately } from '#src/discord/interactions/reply.ts';
import { withdrawalText } from '#src/discord/moderation/settings/vendor-findings.ts';
import { allowedModels } from '#src/discord/server/server-rules.ts';
import { UserError } from '#src/errors.ts';
import { translate } from '#src/text/text.ts';

export default {
  data: {
    name: 'models',
    description: 'What each model can do here, and what it costs',
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  },

  async execute(interaction, { offers, settings, withdrawals }) {
    await openPrivateReply(interaction);
    const allowed = allowedModels(await settings.read(interaction.guildId), offers.models());
    const lines = offers
      .priced()
      .filter(({ model }) => allowed.includes(model.id))
      .map(({ model, price }) => `- ${describeModel(model, price)}`);
    if (lines.length === 0) {
      throw new UserError(nothingToUse(offers.models().length > 0));
    }
    const locale = localeOf(interaction);
    const withdrawn = withdrawals
      .list()
      .map((each) => `- ${translate(locale, withdrawalText(each))}`);
    await replyPrivately(interaction, [
      `**Models you can use here**\n${lines.join('\n')}`,
      ...(withdrawn.length === 0
        ? []
        : [`**Not available at the moment**\n${withdrawn.join('\n')}`]),
      '-# The price named is for 5 s at 720p; `/video` shows the exact price before it starts. One credit is one US cent.',
    ]);
  },
} satisfies ChatCommand;

function nothingToUse(isForbiddenHere: boolean): string {
  return isForbiddenHere
    ? 'This server’s moderators allow no model, so no video can be made here.'
    : 'No video service of this bot offers a model at the moment. Its operator has been told; try again later.';
}

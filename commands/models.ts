import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import { describeModel, USUAL_RESOLUTION } from '#src/catalogue/describe.ts';
import { DEFAULT_SECONDS } from '#src/catalogue/plan/length.ts';
import type { ChatCommand } from '#src/discord/command.ts';
import { localeOf } from '#src/discord/interactions/locale.ts';
import { openPrivateReply, replyPrivately } from '#src/discord/interactions/reply.ts';
import { described } from '#src/discord/localized.ts';
import { withdrawalText } from '#src/discord/moderation/settings/vendor-findings.ts';
import { allowedModels } from '#src/discord/server/server-rules.ts';
import { UserError } from '#src/errors.ts';
import { inWords, text, translate, type Text } from '#src/text/text.ts';

export default {
  data: {
    name: 'models',
    ...described('commands:models'),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  },

  async execute(interaction, { offers, settings, withdrawals }) {
    await openPrivateReply(interaction);
    const allowed = allowedModels(await settings.read(interaction.guildId), offers.models());
    const usable = offers.priced().filter(({ model }) => allowed.includes(model.id));
    if (usable.length === 0) {
      throw new UserError(nothingToUse(offers.models().length > 0));
    }
    const locale = localeOf(interaction);
    const models = usable.map(({ model, price }) => translate(locale, describeModel(model, price)));
    const withdrawn = withdrawals.list().map((each) => inWords(locale, withdrawalText(each)));
    const paragraphs = [
      text('plan:modelsHere', { lines: listed(models) }),
      ...(withdrawn.length === 0
        ? []
        : [text('plan:modelsWithdrawn', { lines: listed(withdrawn) })]),
      text('plan:modelsPrices', { seconds: DEFAULT_SECONDS, resolution: USUAL_RESOLUTION }),
    ];
    await replyPrivately(
      interaction,
      paragraphs.map((paragraph) => translate(locale, paragraph)),
    );
  },
} satisfies ChatCommand;

function listed(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function nothingToUse(isForbiddenHere: boolean): Text {
  return text(isForbiddenHere ? 'plan:modelsForbidden' : 'plan:modelsNone');
}

import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import type { ChatCommand } from '#src/discord/command.ts';
import { focusedOption } from '#src/discord/interactions/incomplete.ts';
import { openPrivateReply, suggest } from '#src/discord/interactions/reply.ts';
import { described } from '#src/discord/localized.ts';
import { checkModerator, MODERATORS_ONLY } from '#src/discord/moderation/permissions.ts';
import { SETTINGS_CHANGES } from '#src/discord/moderation/settings/changes.ts';
import { checkServer } from '#src/discord/moderation/settings/check.ts';
import { SETTINGS_OPTIONS } from '#src/discord/moderation/settings/options.ts';
import {
  changeSettings,
  changeTimeZone,
  showSettings,
  timeZonesLike,
} from '#src/discord/moderation/settings/settings.ts';
import { suggestModels } from '#src/discord/ordering/suggest-models.ts';

export default {
  data: {
    name: 'settings',
    ...described('commands:settings'),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    default_member_permissions: MODERATORS_ONLY,
    options: SETTINGS_OPTIONS,
  },

  async execute(interaction, context) {
    checkModerator(interaction);
    const name = interaction.options.getSubcommand();
    await openPrivateReply(interaction);
    const { moderation } = context;
    const offered = context.offers.models();
    if (name === 'show') return showSettings(interaction, moderation, offered);
    if (name === 'time-zone') return changeTimeZone(interaction, moderation);
    if (name === 'check') return checkServer(interaction, { ...context, ...moderation });
    const change = SETTINGS_CHANGES[name];
    if (change === undefined) throw new Error(`/settings has no subcommand ${name}`);
    await changeSettings(interaction, moderation, { ...change, offered });
  },

  async autocomplete(interaction, { offers }) {
    const { name, text } = focusedOption(interaction);
    if (name === 'model') await suggestModels(interaction, offers.priced());
    else await suggest(interaction, name === 'zone' ? timeZonesLike(text) : []);
  },
} satisfies ChatCommand;

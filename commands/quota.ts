import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

import type { ChatCommand } from '#src/discord/command.ts';
import type { CommandInteraction } from '#src/discord/interactions/kinds.ts';
import { openPrivateReply } from '#src/discord/interactions/reply.ts';
import { described } from '#src/discord/localized.ts';
import type { ModerationContext } from '#src/discord/moderation/moderation-context.ts';
import { checkModerator, MODERATORS_ONLY } from '#src/discord/moderation/permissions.ts';
import { changeAccount, changeBlock, showMember } from '#src/discord/moderation/quota/accounts.ts';
import { exportLedgerFile } from '#src/discord/moderation/quota/export.ts';
import { changeLimits } from '#src/discord/moderation/quota/limits.ts';
import { pageOf, showLog } from '#src/discord/moderation/quota/log.ts';
import { QUOTA_OPTIONS } from '#src/discord/moderation/quota/options.ts';
import { showReport } from '#src/discord/moderation/quota/report.ts';

type Run = (interaction: CommandInteraction, context: ModerationContext) => Promise<void>;

/** The handler of each subcommand. */
const SUBCOMMANDS: Readonly<Record<string, Run>> = {
  server: async (interaction, context) => changeLimits(interaction, context, { scope: 'server' }),
  role: async (interaction, context) => {
    const roleId = interaction.options.getRole('role', true).id;
    await changeLimits(interaction, context, { scope: 'role', roleId });
  },
  user: async (interaction, context) => {
    const memberId = interaction.options.getUser('user', true).id;
    await changeLimits(interaction, context, { scope: 'user', memberId });
  },
  grant: async (interaction, context) => changeAccount(interaction, context, 'grant'),
  deduct: async (interaction, context) => changeAccount(interaction, context, 'deduct'),
  reset: async (interaction, context) => changeAccount(interaction, context, 'reset'),
  show: showMember,
  block: async (interaction, context) => changeBlock(interaction, context, 'block'),
  unblock: async (interaction, context) => changeBlock(interaction, context, 'unblock'),
  report: showReport,
  log: async (interaction, context) => showLog(interaction, context),
  export: exportLedgerFile,
};

export default {
  data: {
    name: 'quota',
    ...described('commands:quota'),
    contexts: [InteractionContextType.Guild],
    integration_types: [ApplicationIntegrationType.GuildInstall],
    default_member_permissions: MODERATORS_ONLY,
    options: QUOTA_OPTIONS,
  },

  async execute(interaction, { moderation }) {
    checkModerator(interaction);
    const name = interaction.options.getSubcommand();
    const run = SUBCOMMANDS[name];
    if (run === undefined) throw new Error(`/quota has no subcommand ${name}`);
    await openPrivateReply(interaction);
    await run(interaction, moderation);
  },

  async press(interaction, { key }, { moderation }) {
    checkModerator(interaction);
    const page = pageOf(key);
    await openPrivateReply(interaction);
    await showLog(interaction, moderation, page);
  },
} satisfies ChatCommand;

/** What a command file gives: what Discord is told, and what happens. One file per command. */
import type {
  AutocompleteInteraction,
  ChatInputCommandInteraction,
  RESTPostAPIChatInputApplicationCommandsJSONBody,
} from 'discord.js';

import type { Clock } from '../clock.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Offers } from '../jobs/offers.ts';
import type { Logger } from '../logger.ts';
import type { QuotaView } from '../quota/view.ts';
import type { InteractionTokens } from './interaction-tokens.ts';

/** What commands may ask of the rest of the bot. */
export interface CommandContext {
  readonly jobs: Jobs;
  readonly store: JobStore;
  readonly viewCredits: (who: { guildId: string; memberId: string }) => Promise<QuotaView>;
  readonly offers: Offers;
  readonly tokens: InteractionTokens;
  /** A seed for a request that names none: an integer 0 … 2147483647. */
  readonly drawSeed: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Commands are for servers: guild-only interactions reach them. */
export type CommandInteraction = ChatInputCommandInteraction<'cached' | 'raw'>;

export interface Command {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  execute(interaction: CommandInteraction, context: CommandContext): Promise<void>;
  autocomplete?(
    interaction: AutocompleteInteraction<'cached' | 'raw'>,
    context: CommandContext,
  ): Promise<void>;
}

/** The contents of a command file: its registration with Discord, and its handlers. One file per command. */
import {
  ApplicationCommandType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
  type RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';

import type { Clock } from '../clock.ts';
import type { FairSlots } from '../fair-slots.ts';
import type { IdMaker } from '../ids.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { JobStore } from '../jobs/record/job-store.ts';
import type { Offers } from '../jobs/submission/offers.ts';
import type { Logger } from '../logger.ts';
import type { MemberAt } from '../quota/balance.ts';
import type { QuotaView } from '../quota/view.ts';
import type { VendorStates } from '../vendors/health/vendor-health.ts';
import type { Withdrawals } from '../vendors/health/withdrawals.ts';
import type { CustomId } from './custom-id.ts';
import type { Claims } from './interactions/claims.ts';
import type {
  Autocompletion,
  ButtonPress,
  CommandInteraction,
  FormSubmission,
  MenuInteraction,
} from './interactions/kinds.ts';
import type { ModerationContext } from './moderation/moderation-context.ts';
import type { Confirmations } from './ordering/confirmation.ts';
import type { OpenForms } from './ordering/open-forms.ts';
import type { ServerSettingsStore } from './server/server-settings.ts';

/** What the rest of the bot provides to commands. */
export interface CommandContext {
  readonly jobs: Jobs;
  readonly store: JobStore;
  readonly viewCredits: (
    who: Pick<MemberAt, 'guildId' | 'memberId' | 'roleIds'>,
  ) => Promise<QuotaView>;
  readonly settings: ServerSettingsStore;
  readonly confirmations: Confirmations;
  readonly moderation: ModerationContext;
  readonly offers: Offers;
  readonly vendorStates: () => VendorStates;
  readonly withdrawals: Pick<Withdrawals, 'list'>;
  readonly claims: Claims;
  /** Limits each server's orders that read the database before they are accepted. */
  readonly orderSlots: FairSlots;
  readonly forms: OpenForms;
  readonly ids: IdMaker;
  /** Returns a seed for a request without one: an integer from 0 to `MOST_SEED`. */
  readonly drawSeed: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Buttons and forms, which both kinds of command may have; their `custom_id` names the command's file. */
interface Answering {
  press?(interaction: ButtonPress, id: CustomId, context: CommandContext): Promise<void>;
  submit?(interaction: FormSubmission, id: CustomId, context: CommandContext): Promise<void>;
}

/** A slash command. */
export interface ChatCommand extends Answering {
  readonly data: RESTPostAPIChatInputApplicationCommandsJSONBody;
  execute(interaction: CommandInteraction, context: CommandContext): Promise<void>;
  autocomplete?(interaction: Autocompletion, context: CommandContext): Promise<void>;
}

/** A command in the context menu of a message. */
export interface MenuCommand extends Answering {
  readonly data: RESTPostAPIContextMenuApplicationCommandsJSONBody & {
    type: ApplicationCommandType.Message;
  };
  execute(interaction: MenuInteraction, context: CommandContext): Promise<void>;
}

export type Command = ChatCommand | MenuCommand;

export function isMenuCommand(command: Command): command is MenuCommand {
  return command.data.type === ApplicationCommandType.Message;
}

/**
 * Returns the name of a command's file, which its `custom_id`s name as owner: `Animate image` →
 * `animate-image`.
 */
export function fileNameOf(command: Command): string {
  return command.data.name.toLowerCase().replaceAll(' ', '-');
}

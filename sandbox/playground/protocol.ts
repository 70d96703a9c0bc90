/** The messages between the playground’s server and its page: types only. */
import type {
  APIApplicationCommand,
  APIMessage,
  APIModalInteractionResponseCallbackData,
} from 'discord-api-types/v10';

export type BotState = 'starting' | 'online' | 'stopped';

export interface PersonView {
  readonly id: string;
  readonly name: string;
  /** A short description of the person: "Moderator of Harbour Film Club". */
  readonly about: string;
}

export interface NamedView {
  readonly id: string;
  readonly name: string;
}

export interface ServerView extends NamedView {
  readonly isModerator: boolean;
  readonly channels: readonly (NamedView & { readonly type: number })[];
  readonly roles: readonly NamedView[];
  readonly members: readonly (NamedView & { readonly isBot: boolean })[];
}

export interface ShownMessage {
  readonly isForThemAlone: boolean;
  readonly message: APIMessage;
}

export interface InteractionView {
  readonly id: string;
  readonly kind: 'command' | 'component' | 'autocomplete' | 'modal';
  readonly channelId: string;
  readonly sourceMessageId?: string;
  readonly createdAtMs: number;
  readonly state: 'waiting' | 'failed' | 'answered';
  readonly modal?: FormView;
  readonly openedById?: string;
}

/** A form as the bot opened it. */
export type FormView = APIModalInteractionResponseCallbackData;

/** Everything that one person’s page shows now. */
export interface View {
  readonly bot: { readonly id: string; readonly state: BotState };
  /** Why videos are stand-ins; undefined when ffmpeg renders them. */
  readonly standIns?: string;
  readonly people: readonly PersonView[];
  readonly me: PersonView;
  readonly servers: readonly ServerView[];
  readonly direct: NamedView;
  readonly channelId: string;
  readonly messages: readonly ShownMessage[];
  readonly commands: readonly APIApplicationCommand[];
  readonly interactions: readonly InteractionView[];
  /** The name of each command, by the interaction that ran it: `/video`. */
  readonly commandNames: Readonly<Record<string, string>>;
}

/** The response to an act. */
export interface ActAnswer {
  readonly interactionId?: string;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  /** Why the client, or Discord, refuses it. */
  readonly error?: string;
}

export interface TaskView {
  readonly id: string;
  readonly model: string;
  readonly status: string;
  readonly createdAtMs: number;
  readonly prompt: string;
  readonly tokens?: number;
}

export interface RequestView {
  readonly atMs: number;
  readonly from: 'discord' | 'gateway' | 'vendor';
  readonly what: string;
  readonly status?: number;
  /** The injected fault that it met. */
  readonly fault?: string;
}

export interface LedgerView {
  readonly atMs: number;
  readonly guildId: string;
  /** Empty for the server's own account. */
  readonly memberId: string;
  readonly kind: string;
  readonly amount: number;
  readonly jobId: string;
}

export interface PanelView {
  readonly bot: BotState;
  readonly clock: { readonly isStalled: boolean; readonly renderMs: number };
  readonly models: readonly { readonly id: string; readonly isRetired: boolean }[];
  readonly uploadLimitBytes: number;
  readonly isDiscordDown: boolean;
  /** Injected faults that have not been met yet, in words. */
  readonly pendingFaults: readonly string[];
  /** Newest first. */
  readonly tasks: readonly TaskView[];
  /** Newest first. */
  readonly requests: readonly RequestView[];
  /** Newest first. */
  readonly ledger: readonly LedgerView[];
  /** The last lines the bot logged, oldest first. */
  readonly log: readonly string[];
}

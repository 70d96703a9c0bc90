/**
 * Everything the sandbox Discord knows: guilds, channels, people, messages, interactions, commands
 * and files, in memory. Whoever waits for something listens to `onChange`; nobody polls.
 */
import type { Clock } from '../../src/clock.ts';
import type { Component } from './component-schema.ts';
import type { Modal } from './modal/modal-schema.ts';
import { snowflakeSource } from './snowflake.ts';

export type Json = Record<string, unknown>;

export interface Settings {
  /** Another once it was reset. */
  token: string;
  /** Also the id of the bot's user, as with every application made in the last years. */
  readonly applicationId: string;
  readonly acknowledgeWithinMs: number;
  readonly interactionTokenLifeMs: number;
  /** Tokens of earlier interactions have expired, whatever their age. Unix milliseconds. */
  tokensExpiredBeforeMs: number;
  /** The platform's default upload limit per file: what a guild of tier 0 or 1 has. */
  attachmentSizeLimitBytes: number;
  readonly cdnUrlLifeMs: number;
  readonly heartbeatIntervalMs: number;
  readonly botPermissions: bigint;
  readonly clock: Clock;
}

export interface UserRecord {
  readonly id: string;
  readonly username: string;
  readonly isBot: boolean;
  /** Whether this person lets bots of shared servers write to them. */
  acceptsDirectMessages: boolean;
  /** The language of their client, such as `zh-CN`. */
  locale: string;
}

export interface RoleRecord {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
}

export interface MemberRecord {
  readonly user: UserRecord;
  readonly guildId: string;
  roleIds: string[];
  readonly joinedAtMs: number;
  /** What the member's own subscription lets them upload; counts for interactions only. */
  readonly attachmentSizeLimitBytes: number;
  /** Whether everything that answers this member is shown to them alone. */
  isForcedEphemeral: boolean;
}

export interface GuildChannelRecord {
  readonly kind: 'guild';
  readonly id: string;
  readonly guildId: string;
  readonly name: string;
  /** Discord developer docs, "Channel Types". */
  readonly type: number;
  /** What the bot may do here; undefined: what it may do in the guild. */
  botPermissions?: bigint;
  /** Whether every answer to an interaction here is shown to its member alone. */
  isForcedEphemeral: boolean;
}

/** The direct messages between the bot and one person. */
export interface DirectChannelRecord {
  readonly kind: 'direct';
  readonly id: string;
  readonly recipientId: string;
}

export type ChannelRecord = GuildChannelRecord | DirectChannelRecord;

/**
 * What an admin has set for one command under Server Settings, Integrations; true allows, false
 * denies. Roles, members and channels by id.
 */
export interface CommandOverride {
  readonly everyone?: boolean | undefined;
  readonly roles: Readonly<Record<string, boolean>>;
  readonly members: Readonly<Record<string, boolean>>;
  readonly allChannels?: boolean | undefined;
  readonly channels: Readonly<Record<string, boolean>>;
}

export interface GuildRecord {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly premiumTier: 0 | 1 | 2 | 3;
  readonly preferredLocale: string;
  readonly createdAtMs: number;
  readonly channels: GuildChannelRecord[];
  readonly members: Map<string, MemberRecord>;
  /** Who was a member and left, by name: who comes back is the same person. */
  readonly formerMembers: Map<string, UserRecord>;
  readonly roles: RoleRecord[];
  /** By the command's id. */
  readonly commandOverrides: Map<string, CommandOverride>;
  /** Keywords of AutoMod, with `*` at their ends for "anything". */
  readonly blockedWords: string[];
  hasBot: boolean;
  /** Commands are installed with the bot, or alone (scope `applications.commands`), and go with either. */
  hasCommands: boolean;
  /** An outage: the bot is in it, and not told more than its id. */
  isUnavailable: boolean;
  botPermissions: bigint;
  /** Whether every answer to an interaction in this guild is shown to its member alone. */
  isForcedEphemeral: boolean;
}

export interface StoredFile {
  readonly id: string;
  readonly channelId: string;
  readonly name: string;
  readonly contentType: string | undefined;
  readonly bytes: Buffer;
  readonly isEphemeral: boolean;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly description?: string | undefined;
  /** Given instead of our own signed address: a member's client that lies about where a file is. */
  readonly url?: string | undefined;
}

/** How a message looks from one moment to the next edit. */
export interface MessageState {
  readonly atMs: number;
  readonly flags: number;
  readonly content: string;
  /** A picture in one is `{ fileId }` when it is one of `embedFiles`. */
  readonly embeds: readonly Json[];
  readonly embedFiles: readonly StoredFile[];
  readonly components: readonly Component[];
  readonly files: readonly StoredFile[];
  readonly pingedUserIds: readonly string[];
}

/** A message as it was when somebody forwarded it; later changes to it do not show. */
export interface ForwardedMessage {
  readonly messageId: string;
  readonly channelId: string;
  readonly guildId: string | undefined;
  readonly createdAtMs: number;
  readonly state: MessageState;
}

export interface MessageRecord {
  readonly id: string;
  readonly channelId: string;
  /** Undefined for direct messages. */
  readonly guildId: string | undefined;
  readonly authorId: string;
  /** The interaction this message answers; undefined for messages sent with the bot's token. */
  readonly interactionId: string | undefined;
  readonly isFollowUp: boolean;
  /** The one member who sees it; undefined: everybody in the channel. */
  readonly viewerId: string | undefined;
  readonly createdAtMs: number;
  readonly nonce: string | undefined;
  readonly forwarded: ForwardedMessage | undefined;
  readonly versions: [MessageState, ...MessageState[]];
  deletedAtMs?: number;
}

export type InteractionKind = 'command' | 'component' | 'autocomplete' | 'modal';

export interface InteractionRecord {
  readonly id: string;
  readonly token: string;
  readonly kind: InteractionKind;
  readonly createdAtMs: number;
  /** Undefined in direct messages. */
  readonly guildId: string | undefined;
  readonly channelId: string;
  readonly userId: string;
  readonly attachmentSizeLimitBytes: number;
  /** The message whose component was used (also the one a modal came from). */
  readonly sourceMessageId: string | undefined;
  /** The message a message command was used on. */
  readonly targetMessageId: string | undefined;
  /** For a form that was sent: the interaction that opened it. */
  readonly openedBy: InteractionRecord | undefined;
  /** How often the event went out to a connected session. */
  deliveryTries: number;
  acknowledgedAtMs?: number;
  originalMessageId?: string;
  choices?: Choice[];
  modal?: Modal;
  /** The sendings of its form. */
  readonly submissions: InteractionRecord[];
}

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface CommandRecord extends Json {
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly guild_id?: string;
}

/** The language of clients whose member chose none. */
export const DEFAULT_LOCALE = 'en-US';

export class Store {
  readonly settings: Settings;
  readonly bot: UserRecord;
  readonly nextId: () => string;
  readonly guilds = new Map<string, GuildRecord>();
  readonly channels = new Map<string, ChannelRecord>();
  readonly users = new Map<string, UserRecord>();
  readonly messages = new Map<string, MessageRecord>();
  readonly interactions = new Map<string, InteractionRecord>();
  readonly files = new Map<string, StoredFile>();
  commands: CommandRecord[] = [];
  readonly #messagesOf = new Map<string, MessageRecord[]>();
  readonly #interactionsByToken = new Map<string, InteractionRecord>();
  readonly #listeners = new Set<(topics: readonly string[]) => void>();

  constructor(settings: Settings) {
    this.settings = settings;
    this.nextId = snowflakeSource(() => this.now());
    this.bot = {
      id: settings.applicationId,
      username: 'seedance',
      isBot: true,
      acceptsDirectMessages: false,
      locale: DEFAULT_LOCALE,
    };
    this.users.set(this.bot.id, this.bot);
  }

  now(): number {
    return this.settings.clock.now();
  }

  /** Calls the listener after each change with the ids it is about, until the returned function is called. */
  onChange(listener: (topics: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells whoever waits. The topics are ids: of the message, its interaction, its channel. */
  changed(...topics: readonly string[]): void {
    for (const listener of this.#listeners) listener(topics);
  }

  addInteraction(interaction: InteractionRecord): void {
    this.interactions.set(interaction.id, interaction);
    this.#interactionsByToken.set(interaction.token, interaction);
  }

  interactionByToken(token: string): InteractionRecord | undefined {
    return this.#interactionsByToken.get(token);
  }

  addMessage(message: MessageRecord): void {
    this.messages.set(message.id, message);
    if (message.interactionId === undefined) return;
    this.#messagesOf.set(message.interactionId, [
      ...this.messagesOf(message.interactionId),
      message,
    ]);
  }

  /** The messages that answer an interaction, oldest first, deleted ones too. */
  messagesOf(interactionId: string): readonly MessageRecord[] {
    return this.#messagesOf.get(interactionId) ?? [];
  }

  /** Those still there of a channel, oldest first, ephemeral ones too. */
  messagesIn(channelId: string): MessageRecord[] {
    return [...this.messages.values()].filter(
      (message) => message.channelId === channelId && message.deletedAtMs === undefined,
    );
  }

  /** The direct messages with this person, when the bot has opened them. */
  directChannelOf(userId: string): DirectChannelRecord | undefined {
    return [...this.channels.values()]
      .filter((channel) => channel.kind === 'direct')
      .find(({ recipientId }) => recipientId === userId);
  }

  /** Whether the bot and this person are in one guild. */
  sharesGuildWith(userId: string): boolean {
    return [...this.guilds.values()].some((guild) => guild.hasBot && guild.members.has(userId));
  }

  /** The guild a channel belongs to. Throws when there is none: a fault of the sandbox. */
  guildOf(channel: { guildId: string }): GuildRecord {
    const guild = this.guilds.get(channel.guildId);
    if (guild === undefined) throw new Error(`No guild ${channel.guildId} in the sandbox`);
    return guild;
  }
}

export function currentState(message: MessageRecord): MessageState {
  return message.versions.at(-1) ?? message.versions[0];
}

/** A message with nothing in it yet. */
export function emptyState(atMs: number, flags = 0): MessageState {
  return {
    atMs,
    flags,
    content: '',
    embeds: [],
    embedFiles: [],
    components: [],
    files: [],
    pingedUserIds: [],
  };
}

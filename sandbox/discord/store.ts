/**
 * The state of the sandbox Discord: guilds, channels, people, messages, interactions, commands
 * and files, in memory. Waits listen to `onChange`; nothing polls.
 */
import type { Clock } from '../../src/clock.ts';
import type { Component } from './component-schema.ts';
import type { Modal } from './modal/modal-schema.ts';
import { snowflakeSource } from './snowflake.ts';

export type Json = Record<string, unknown>;

export interface Settings {
  /** Changes when it is reset. */
  token: string;
  /** Also the id of the bot’s user, as for every application of recent years. */
  readonly applicationId: string;
  readonly acknowledgeWithinMs: number;
  readonly interactionTokenLifeMs: number;
  /** Tokens of earlier interactions have expired, whatever their age. Unix milliseconds. */
  tokensExpiredBeforeMs: number;
  /** The platform’s default upload limit per file, that of a guild of tier 0 or 1. */
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
  /** Whether this person accepts messages from bots of shared servers. */
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
  /** The upload limit of the member’s own subscription; counts for interactions only. */
  readonly attachmentSizeLimitBytes: number;
  /** Whether every response to this member is ephemeral. */
  isForcedEphemeral: boolean;
}

export interface GuildChannelRecord {
  readonly kind: 'guild';
  readonly id: string;
  readonly guildId: string;
  readonly name: string;
  /** Discord developer docs, "Channel Types". */
  readonly type: number;
  /** The bot’s permissions here; undefined: its permissions in the guild. */
  botPermissions?: bigint;
  /** Whether every response to an interaction here is ephemeral. */
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
 * An admin’s settings for one command under Server Settings, Integrations; true allows, false
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
  /** Former members, by name: a returning member is the same person. */
  readonly formerMembers: Map<string, UserRecord>;
  readonly roles: RoleRecord[];
  /** By the command's id. */
  readonly commandOverrides: Map<string, CommandOverride>;
  /** AutoMod keywords, with `*` at their ends for "anything". */
  readonly blockedWords: string[];
  hasBot: boolean;
  /** Commands are installed with the bot, or alone (scope `applications.commands`), and removed with either. */
  hasCommands: boolean;
  /** An outage: the bot is a member, and learns nothing but the id. */
  isUnavailable: boolean;
  botPermissions: bigint;
  /** Whether every response to an interaction in this guild is ephemeral. */
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
  /** Used instead of the signed address, for a member’s client that lies about a file’s location. */
  readonly url?: string | undefined;
}

/** The state of a message between two edits. */
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

/** A message at the time it was forwarded; later changes do not show. */
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
  /** The interaction this message responds to; undefined for messages sent with the bot’s token. */
  readonly interactionId: string | undefined;
  readonly isFollowUp: boolean;
  /** The only member who sees it; undefined: everyone in the channel. */
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
  /** The message whose component was used (also the one that a modal came from). */
  readonly sourceMessageId: string | undefined;
  /** The message a message command was used on. */
  readonly targetMessageId: string | undefined;
  /** For a submitted form: the interaction that opened it. */
  readonly openedBy: InteractionRecord | undefined;
  /** How often the event was sent to a connected session. */
  deliveryTries: number;
  acknowledgedAtMs?: number;
  originalMessageId?: string;
  choices?: Choice[];
  modal?: Modal;
  /** The submissions of its form. */
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

  /** Calls the listener after each change with the affected ids, until the returned function is called. */
  onChange(listener: (topics: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notifies the listeners. The topics are ids: of the message, its interaction, its channel. */
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

  /** The messages that respond to an interaction, oldest first, including deleted ones. */
  messagesOf(interactionId: string): readonly MessageRecord[] {
    return this.#messagesOf.get(interactionId) ?? [];
  }

  /** The existing messages of a channel, oldest first, including ephemeral ones. */
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

  /** Whether the bot and this person share a guild. */
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

/** An empty message. */
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

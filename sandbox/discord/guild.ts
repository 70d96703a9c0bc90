/** Guilds and channels as a test controls them: it sets the scene and sees what everyone sees. */
import { Member, type Stage } from './actors.ts';
import { checkKeyword } from './automod.ts';
import { channelJson, guildCreateJson } from './guild-json.ts';
import { ensureRole, removeRole, roleNamed } from './guild-roles.ts';
import { isEphemeral } from './message-json.ts';
import { viewMessage, type MessageView } from './message-view.ts';
import { overrideCommand, type CommandOverrideOptions } from './people/command-overrides.ts';
import { permissionBits, type PermissionName } from './permissions.ts';
import { describeView } from './reply.ts';
import { deleteMessage } from './rest/deliver.ts';
import {
  currentState,
  DEFAULT_LOCALE,
  type GuildChannelRecord,
  type GuildRecord,
  type MemberRecord,
  type UserRecord,
} from './store.ts';
import { waitFor, type WaitOptions } from './waiting.ts';

export interface RoleOptions {
  readonly permissions?: readonly PermissionName[] | undefined;
}

export interface MemberOptions {
  /** In addition to everyone’s permissions, by a separate role. */
  readonly permissions?: readonly PermissionName[] | undefined;
  /** Names; missing roles are created. */
  readonly roles?: readonly string[] | undefined;
  /** The upload limit of the member’s own subscription, per file. */
  readonly attachmentSizeLimitBytes?: number | undefined;
  /** Another bot: it can send components and rich embeds. */
  readonly isBot?: boolean | undefined;
  /** Has every permission. A guild has one owner. */
  readonly isOwner?: boolean | undefined;
  /** Whether they accept messages from bots of shared servers; they do when omitted. */
  readonly takesDirectMessages?: boolean | undefined;
  /** Every response to them is ephemeral. */
  readonly isForcedEphemeral?: boolean | undefined;
  /** A member of another guild who joins this one too, with the same name. */
  readonly person?: Member | undefined;
}

class ChannelHandle {
  readonly id: string;
  readonly name: string;
  readonly #stage: Stage;

  constructor(stage: Stage, record: GuildChannelRecord) {
    this.#stage = stage;
    this.id = record.id;
    this.name = record.name;
  }

  /** What everyone in the channel sees, oldest first. */
  get messages(): MessageView[] {
    return this.#stage.store
      .messagesIn(this.id)
      .filter((message) => !isEphemeral(currentState(message)))
      .map((message) => viewMessage(this.#stage.writer, message));
  }

  /** Resolves with the first message of the channel, present or future, for which this is true. */
  until(
    predicate: (message: MessageView) => boolean,
    options: WaitOptions = {},
  ): Promise<MessageView> {
    return waitFor(this.#stage, () => this.messages.find((message) => predicate(message)), {
      ...options,
      concerns: (topic) => topic === this.id,
      describe: () =>
        `#${this.name} shows ${this.messages.map(describeView).join(' | ') || 'nothing'}`,
    });
  }
}

export class GuildHandle {
  readonly id: string;
  readonly name: string;
  readonly #stage: Stage;
  readonly #record: GuildRecord;
  readonly #leave: (guildId: string) => void;

  constructor(stage: Stage, record: GuildRecord, leave: (guildId: string) => void) {
    this.#stage = stage;
    this.#record = record;
    this.#leave = leave;
    this.id = record.id;
    this.name = record.name;
  }

  /** A channel by its name; the first one when omitted. Throws when there is none. */
  channel(name?: string): ChannelHandle {
    return new ChannelHandle(this.#stage, this.#channel(name));
  }

  /** The member of that name; the first call creates them with the given options. */
  member(name: string, options: MemberOptions = {}): Member {
    const known = [...this.#record.members.values()].find(({ user }) => user.username === name);
    return new Member(this.#stage, this.#record, known ?? this.#join(name, options));
  }

  /**
   * The id of a role, created when it does not exist. Given permissions are set as base permissions
   * of its members.
   */
  role(name: string, { permissions }: RoleOptions = {}): string {
    if (name === '@everyone') return this.id;
    const bits = permissions === undefined ? undefined : permissionBits(permissions);
    return ensureRole(this.#place(), name, bits).id;
  }

  /** Deletes the role, which every member loses. Throws when there is none. */
  deleteRole(name: string): void {
    removeRole(this.#place(), name);
  }

  /** Deletes the channel with its messages. Throws when there is none. */
  deleteChannel(name: string): void {
    const { store, gateway } = this.#stage;
    const channel = this.#channel(name);
    for (const message of store.messagesIn(channel.id)) deleteMessage(store, message);
    const json = channelJson(store, channel);
    this.#record.channels.splice(this.#record.channels.indexOf(channel), 1);
    store.channels.delete(channel.id);
    gateway.dispatch('CHANNEL_DELETE', this.id, json);
    store.changed(channel.id);
  }

  /**
   * Sets a command’s permissions as an admin does under Server Settings, Integrations, replacing the
   * earlier ones. Roles, members and channels by name. Throws for a command that is not registered.
   */
  overrideCommand(commandName: string, options: CommandOverrideOptions): void {
    const find = {
      role: (name: string) => roleNamed(this.#record, name).id,
      member: (name: string) => this.#memberNamed(name).user.id,
      channel: (name: string) => this.#channel(name).id,
    };
    overrideCommand({ ...this.#place(), find }, commandName, options);
  }

  /**
   * Lets AutoMod block messages with these words: `cat` the whole word, `cat*` its beginning,
   * `*cat` its end, `*cat*` anywhere.
   */
  blockWords(...keywords: readonly string[]): void {
    for (const keyword of keywords) checkKeyword(keyword);
    this.#record.blockedWords.push(...keywords);
  }

  /** Lets AutoMod block nothing any more. */
  unblockWords(): void {
    this.#record.blockedWords.length = 0;
  }

  /** Sets whether every response to an interaction is ephemeral, here or in one channel. */
  forceEphemeral(isForced: boolean, channelName?: string): void {
    const place = channelName === undefined ? this.#record : this.#channel(channelName);
    place.isForcedEphemeral = isForced;
  }

  /** Sets the bot’s permissions in the channel to exactly these. */
  setBotPermissions(channelName: string, permissions: readonly PermissionName[]): void {
    this.#permit(this.#channel(channelName), permissionBits(permissions));
  }

  /** Removes these permissions of the bot in the channel. */
  revokeBotPermission(channelName: string, ...permissions: readonly PermissionName[]): void {
    const channel = this.#channel(channelName);
    const before = channel.botPermissions ?? this.#record.botPermissions;
    this.#permit(channel, before & ~permissionBits(permissions));
  }

  /** Deletes the message, as a person with that permission. */
  deleteMessage(message: { readonly id: string }): void {
    const record = this.#stage.store.messages.get(message.id);
    if (record === undefined) throw new Error(`No message ${message.id}`);
    deleteMessage(this.#stage.store, record);
  }

  /**
   * Begins or ends an outage of this guild. The gateway announces it (Discord developer
   * docs, "Guild Delete"); REST is unaffected.
   */
  setOutage(isDown: boolean): void {
    const { store, gateway } = this.#stage;
    this.#record.isUnavailable = isDown;
    if (isDown) gateway.dispatch('GUILD_DELETE', this.id, { id: this.id, unavailable: true });
    else gateway.dispatch('GUILD_CREATE', this.id, guildCreateJson(store, this.#record));
    store.changed();
  }

  /** Removes the bot from the guild. */
  removeBot(): void {
    this.#leave(this.id);
  }

  #place() {
    const { store, gateway } = this.#stage;
    return { store, gateway, guild: this.#record };
  }

  #memberNamed(name: string): MemberRecord {
    const known = [...this.#record.members.values()].find(({ user }) => user.username === name);
    if (known === undefined) throw new Error(`No member ${name} in ${this.name}`);
    return known;
  }

  #channel(name: string | undefined): GuildChannelRecord {
    const channel = this.#record.channels.find((one) => name === undefined || one.name === name);
    if (channel === undefined) throw new Error(`No channel ${name ?? ''} in ${this.name}`);
    return channel;
  }

  #permit(channel: GuildChannelRecord, permissions: bigint): void {
    channel.botPermissions = permissions;
    const { gateway, store } = this.#stage;
    gateway.dispatch('CHANNEL_UPDATE', this.id, channelJson(store, channel));
    store.changed();
  }

  #join(name: string, options: MemberOptions): MemberRecord {
    const { store } = this.#stage;
    const user = this.#person(name, options);
    store.users.set(user.id, user);
    const own =
      options.permissions === undefined
        ? []
        : [this.role(`permissions of ${name}`, { permissions: options.permissions })];
    const member: MemberRecord = {
      user,
      guildId: this.id,
      roleIds: [...(options.roles ?? []).map((role) => this.role(role)), ...own],
      joinedAtMs: store.now(),
      attachmentSizeLimitBytes: options.attachmentSizeLimitBytes ?? 0,
      isForcedEphemeral: options.isForcedEphemeral ?? false,
    };
    this.#record.members.set(user.id, member);
    return member;
  }

  /** Returns the joining person: known from elsewhere, a former member, or new. */
  #person(name: string, options: MemberOptions): UserRecord {
    const { store } = this.#stage;
    const former = this.#record.formerMembers.get(name);
    const known = options.person === undefined ? former : store.users.get(options.person.id);
    if (known !== undefined) return known;
    return {
      id: options.isOwner === true ? this.#record.ownerId : store.nextId(),
      username: name,
      isBot: options.isBot ?? false,
      acceptsDirectMessages: options.takesDirectMessages ?? true,
      locale: DEFAULT_LOCALE,
    };
  }
}

/** Guilds and channels as a test's director sees them: set the scene, look at what everybody sees. */
import { Member, type Stage } from './actors.ts';
import { channelJson } from './guild-json.ts';
import { isEphemeral } from './message-json.ts';
import { viewMessage, type MessageView } from './message-view.ts';
import { permissionBits, type PermissionName } from './permissions.ts';
import { describeView } from './reply.ts';
import { deleteMessage } from './rest/deliver.ts';
import { currentState, type ChannelRecord, type GuildRecord, type MemberRecord } from './store.ts';
import { waitFor, type WaitOptions } from './waiting.ts';

export interface MemberOptions {
  /** On top of what everybody may do. */
  readonly permissions?: readonly PermissionName[] | undefined;
  /** Names; roles not yet there are made. */
  readonly roles?: readonly string[] | undefined;
  /** What the member's own subscription lets them upload per file. */
  readonly attachmentSizeLimitBytes?: number | undefined;
}

export class ChannelHandle {
  readonly id: string;
  readonly name: string;
  readonly #stage: Stage;

  constructor(stage: Stage, record: ChannelRecord) {
    this.#stage = stage;
    this.id = record.id;
    this.name = record.name;
  }

  /** What everybody in the channel sees, oldest first. */
  get messages(): MessageView[] {
    return this.#stage.store
      .messagesIn(this.id)
      .filter((message) => !isEphemeral(currentState(message)))
      .map((message) => viewMessage(this.#stage.writer, message));
  }

  /** The first message of the channel for which this is true, now or later. */
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

  /** The member of that name; the first call makes them, with the options given then. */
  member(name: string, options: MemberOptions = {}): Member {
    const known = [...this.#record.members.values()].find(({ user }) => user.username === name);
    return new Member(this.#stage, this.#record, known ?? this.#join(name, options));
  }

  /** The id of a role; made when it is not there yet. */
  role(name: string): string {
    const known = this.#record.roles.find((role) => role.name === name);
    if (known !== undefined) return known.id;
    const role = { id: this.#stage.store.nextId(), name, permissions: 0n };
    this.#record.roles.push(role);
    return role.id;
  }

  /** From now on the bot may do exactly this in the channel. */
  setBotPermissions(channelName: string, permissions: readonly PermissionName[]): void {
    this.#permit(this.#channel(channelName), permissionBits(permissions));
  }

  /** From now on the bot may no longer do this in the channel. */
  revokeBotPermission(channelName: string, ...permissions: readonly PermissionName[]): void {
    const channel = this.#channel(channelName);
    const before = channel.botPermissions ?? this.#record.botPermissions;
    this.#permit(channel, before & ~permissionBits(permissions));
  }

  /** Somebody with the right to do so deletes the message. */
  deleteMessage(message: { readonly id: string }): void {
    const record = this.#stage.store.messages.get(message.id);
    if (record === undefined) throw new Error(`No message ${message.id}`);
    deleteMessage(this.#stage.store, record);
  }

  /** The bot is kicked out. */
  removeBot(): void {
    this.#leave(this.id);
  }

  #channel(name: string | undefined): ChannelRecord {
    const channel = this.#record.channels.find((one) => name === undefined || one.name === name);
    if (channel === undefined) throw new Error(`No channel ${name ?? ''} in ${this.name}`);
    return channel;
  }

  #permit(channel: ChannelRecord, permissions: bigint): void {
    channel.botPermissions = permissions;
    const { gateway, store } = this.#stage;
    gateway.dispatch('CHANNEL_UPDATE', this.id, channelJson(store, channel));
    store.changed();
  }

  #join(name: string, options: MemberOptions): MemberRecord {
    const { store } = this.#stage;
    const user = { id: store.nextId(), username: name, isBot: false };
    store.users.set(user.id, user);
    const member: MemberRecord = {
      user,
      guildId: this.id,
      permissions: permissionBits(options.permissions ?? []),
      roleIds: (options.roles ?? []).map((role) => this.role(role)),
      joinedAtMs: store.now(),
      attachmentSizeLimitBytes: options.attachmentSizeLimitBytes ?? 0,
    };
    this.#record.members.set(user.id, member);
    return member;
  }
}

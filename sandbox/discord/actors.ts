/** Members: what a person can do in a Discord client, and what the client refuses. */
import { commandData, commandFields, type OptionValue } from './command-options.ts';
import { openDirectChannel } from './direct-messages.ts';
import type { Gateway } from './gateway.ts';
import { CHANNEL_TYPE } from './guild-json.ts';
import { ensureRole, roleNamed } from './guild-roles.ts';
import { channelLimitBytes } from './limits.ts';
import { viewMessage, type MessageView } from './message-view.ts';
import { NotOffered } from './not-offered-error.ts';
import { findButton } from './people/buttons.ts';
import { offeredCommand } from './people/command-offers.ts';
import { envelope } from './people/envelope.ts';
import { formData, type FieldValues } from './people/form.ts';
import { forward, say, type Said } from './people/member-messages.ts';
import { newInteraction } from './people/new-interaction.ts';
import { targetUser, type FillContext } from './people/resolved.ts';
import { selectData, selectOf } from './people/selects.ts';
import { describeView, Reply, type World } from './reply.ts';
import { COMMAND_TYPE } from './rest/command-rules.ts';
import { deleteMessage, findMessage } from './rest/deliver.ts';
import type {
  ChannelRecord,
  Choice,
  CommandRecord,
  GuildRecord,
  InteractionKind,
  InteractionRecord,
  Json,
  MemberRecord,
  MessageRecord,
} from './store.ts';
import { waitFor, type WaitOptions } from './waiting.ts';

const BUTTON = 2;
const STRING_SELECT = 3;

export interface Stage extends World {
  readonly gateway: Gateway;
  readonly cdnHost: () => string;
}

/** A message as a test refers to it: by a view, a reply’s message or the result of `says`. */
export interface MessageReference {
  readonly id: string;
}

/** The first text channel unless given. */
export interface Where {
  readonly channel?: string | undefined;
  /** In the direct messages with the bot. */
  readonly isDirect?: boolean | undefined;
}

export interface Typing extends Where, WaitOptions {
  readonly commandName: string;
  readonly focusedOption: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

export interface SayOptions extends Where, Omit<Said, 'content'> {
  /** The message to forward; the client sends a comment as a separate message. */
  readonly forwards?: MessageReference | undefined;
}

interface Act extends Partial<Pick<InteractionRecord, 'targetMessageId' | 'openedBy'>> {
  readonly kind: InteractionKind;
  readonly channel: ChannelRecord;
  readonly data: Json;
  /** The message whose component was used. */
  readonly source?: MessageRecord | undefined;
}

export class Member {
  readonly id: string;
  readonly name: string;
  readonly #stage: Stage;
  readonly #guild: GuildRecord;
  readonly #record: MemberRecord;

  constructor(stage: Stage, guild: GuildRecord, record: MemberRecord) {
    this.#stage = stage;
    this.#guild = guild;
    this.#record = record;
    this.id = record.user.id;
    this.name = record.user.username;
  }

  /**
   * Runs a slash command; subcommands are written out: `quota user`. Users, roles and channels are
   * given by id. Throws `NotOffered` for what Discord would not let a member send: an unknown command
   * or option, one not offered to them, or a value out of its limits.
   */
  runs(commandName: string, options: Record<string, OptionValue> = {}, where: Where = {}): Reply {
    const channel = this.#channel(where);
    const command = this.#command(commandName, channel);
    // Not held to the upload limit: bots must be ready for what a subscriber could send.
    const context = { ...this.#context(channel), limitBytes: Infinity };
    const data = commandData(context, { command, commandName, options });
    return this.#acts({ kind: 'command', channel, data });
  }

  /** Uses a message command, such as `Animate image`, from the menu of a message. */
  runsOnMessage(commandName: string, message: MessageReference): Reply {
    const record = this.#shown(message);
    if (record.viewerId !== undefined) throw new NotOffered('Ephemeral messages have no app menu');
    const channel = this.#channelOf(record.channelId);
    const command = this.#command(commandName, channel, COMMAND_TYPE.message);
    const messages = { [record.id]: this.#stage.writer.message(record) };
    const data = { ...commandFields(command), target_id: record.id, resolved: { messages } };
    return this.#acts({ kind: 'command', channel, data, targetMessageId: record.id });
  }

  /** Uses a user command, such as `Block`, from the menu of a person. */
  runsOnUser(commandName: string, userId: string, where: Where = {}): Reply {
    const channel = this.#channel(where);
    const command = this.#command(commandName, channel, COMMAND_TYPE.user);
    const data = { ...commandFields(command), ...targetUser(this.#context(channel), userId) };
    return this.#acts({ kind: 'command', channel, data });
  }

  /** Returns the choices of autocompletion while the member types `text` into one option. */
  types(
    commandName: string,
    focusedOption: string,
    text: string,
    otherOptions: Record<string, OptionValue> = {},
  ): Promise<Choice[]> {
    const options = { ...otherOptions, [focusedOption]: text };
    return this.suggestionsFor({ commandName, focusedOption, options });
  }

  /** The same for the current options, including the focused one. */
  suggestionsFor({ commandName, focusedOption, options, ...where }: Typing): Promise<Choice[]> {
    const channel = this.#channel(where);
    const command = this.#command(commandName, channel);
    const filled = { command, commandName, options, focusedOption };
    const data = commandData(this.#context(channel), filled);
    const interaction = this.#sends({ kind: 'autocomplete', channel, data });
    return waitFor(this.#stage, () => interaction.choices, {
      timeoutMs: where.timeoutMs,
      concerns: (topic) => topic === interaction.id,
      describe: () => `no choices came for ${commandName} ${focusedOption}`,
    });
  }

  /** Clicks a button, identified by its label or custom id, of a message or of a reply. */
  clicks(target: Reply | MessageView, labelOrCustomId: string): Reply {
    const candidates = target instanceof Reply ? target.visible : [target];
    const { message, customId } = findButton(candidates, labelOrCustomId);
    return this.#presses(message, customId);
  }

  /** Chooses in a select menu of any type; values are texts, or the ids of people, roles and channels. */
  chooses(on: MessageReference, customId: string, values: readonly string[]): Reply {
    const source = this.#shown(on);
    const context = this.#context(this.#channelOf(source.channelId));
    return this.#uses(on, selectData(context, selectOf(source, customId), values));
  }

  /**
   * Clicks a button that does not exist, under any visible message. No client would do that, but a
   * custom program might, so bots must not take an id for a permission.
   */
  forgesClick(on: MessageReference, customId: string): Reply {
    return this.#presses(on, customId);
  }

  /** Like `forgesClick`, for a select menu with these chosen values. */
  forgesChoice(on: MessageReference, customId: string, values: readonly string[]): Reply {
    const data = { custom_id: customId, component_type: STRING_SELECT, values };
    return this.#uses(on, data);
  }

  /** Changes the language of their client: `en-US`, `zh-CN`. */
  speaks(locale: string): void {
    this.#record.user.locale = locale;
  }

  /**
   * Submits the form that a reply opened; values by the custom id of each field. Omitted fields keep
   * the value that the bot prefilled. Throws `NotOffered` for values that the form does not accept.
   */
  submits(reply: Reply, values: FieldValues): Reply {
    return this.#submits(reply, values);
  }

  /** Like `submits`, but by a custom program that claims another form. */
  forgesForm(reply: Reply, values: FieldValues, customId: string): Reply {
    return this.#submits(reply, values, customId);
  }

  #presses(on: MessageReference, customId: string): Reply {
    return this.#uses(on, { custom_id: customId, component_type: BUTTON });
  }

  #uses(on: MessageReference, data: Json): Reply {
    const source = this.#shown(on);
    const channel = this.#channelOf(source.channelId);
    return this.#acts({ kind: 'component', channel, data, source });
  }

  #submits(reply: Reply, values: FieldValues, customId?: string): Reply {
    const { store } = this.#stage;
    const openedBy = store.interactions.get(reply.interactionId);
    if (openedBy?.modal === undefined) throw new NotOffered('No form is open');
    if (openedBy.userId !== this.id) throw new NotOffered('The form is open for another member');
    if (openedBy.submissions.some(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined))
      throw new NotOffered('The form was submitted and has closed');
    const channel = this.#channelOf(openedBy.channelId);
    const filled = formData(this.#context(channel), openedBy.modal, values);
    const data = customId === undefined ? filled : { ...filled, custom_id: customId };
    const source = findMessage(store, openedBy.sourceMessageId);
    return this.#acts({ kind: 'modal', channel, data, source, openedBy });
  }

  /** Posts an ordinary message, which the bot did not ask for and may not edit. */
  says(content: string, options: SayOptions = {}): MessageView {
    const { forwards, ...said } = options;
    const context = { ...this.#context(this.#channel(options)), ...this.#author() };
    if (forwards !== undefined && content !== '')
      throw new NotOffered('A comment on a forward is a separate message');
    const record =
      forwards === undefined ? say(context, { ...said, content }) : forward(context, forwards.id);
    return viewMessage(this.#stage.writer, record);
  }

  /** Deletes one of their own messages together with its files. */
  deletes(message: MessageReference): void {
    const record = this.#shown(message);
    if (record.authorId !== this.id) throw new NotOffered('The message is not theirs');
    deleteMessage(this.#stage.store, record);
  }

  /** The messages between them and the bot, oldest first. */
  get directMessages(): MessageView[] {
    const { store, writer } = this.#stage;
    const channel = store.directChannelOf(this.id);
    const messages = channel === undefined ? [] : store.messagesIn(channel.id);
    return messages.map((message) => viewMessage(writer, message));
  }

  /** Resolves with the first direct message, present or future, for which this is true. */
  untilDirectMessage(
    predicate: (message: MessageView) => boolean,
    options: WaitOptions = {},
  ): Promise<MessageView> {
    return waitFor(this.#stage, () => this.directMessages.find((one) => predicate(one)), {
      ...options,
      describe: () =>
        `${this.name} was sent ${this.directMessages.map(describeView).join(' | ') || 'nothing'}`,
    });
  }

  /** Sets whether they accept direct messages from the servers they share with a bot. */
  takesDirectMessages(isTaking: boolean): void {
    this.#record.user.acceptsDirectMessages = isTaking;
  }

  /** Gives them the role, which is created when it does not exist. */
  getsRole(name: string): void {
    const { id } = ensureRole({ ...this.#stage, guild: this.#guild }, name);
    if (!this.#record.roleIds.includes(id)) this.#record.roleIds.push(id);
  }

  /** Throws when the role does not exist. */
  losesRole(name: string): void {
    const { id } = roleNamed(this.#guild, name);
    this.#record.roleIds = this.#record.roleIds.filter((roleId) => roleId !== id);
  }

  /** Sets whether every response to them is ephemeral. */
  forcesEphemeral(isForced: boolean): void {
    this.#record.isForcedEphemeral = isForced;
  }

  /** Leaves the server; the bot is not told, because it lacks the intent for members. */
  leaves(): void {
    this.#guild.members.delete(this.id);
    this.#guild.formerMembers.set(this.name, this.#record.user);
    this.#stage.store.changed();
  }

  #command(
    name: string,
    channel: ChannelRecord,
    type: number = COMMAND_TYPE.chatInput,
  ): CommandRecord {
    return offeredCommand(this.#stage.store, {
      // Names in menus have spaces; the name of a slash command is followed by its subcommands.
      name: type === COMMAND_TYPE.chatInput ? (name.split(' ')[0] ?? '') : name,
      type,
      guild: this.#guild,
      member: this.#record,
      channel,
    });
  }

  #channel({ channel: name, isDirect }: Where): ChannelRecord {
    if (isDirect === true) return openDirectChannel(this.#stage.store, this.id);
    const channel = this.#guild.channels.find((one) => name === undefined || one.name === name);
    if (channel === undefined) throw new NotOffered(`There is no channel ${name ?? ''} here`);
    if (channel.type === CHANNEL_TYPE.category)
      throw new NotOffered(`Nothing can be written in the category ${channel.name}`);
    return this.#channelOf(channel.id);
  }

  /** Throws `NotOffered` for channels that this person does not see. */
  #channelOf(id: string): ChannelRecord {
    const channel = this.#stage.store.channels.get(id);
    const isTheirs =
      channel?.kind === 'direct'
        ? channel.recipientId === this.id
        : channel?.guildId === this.#guild.id && this.#guild.members.has(this.id);
    if (channel === undefined || !isTheirs)
      throw new NotOffered(`${this.name} does not see the channel ${id}`);
    return channel;
  }

  /** Throws `NotOffered` for messages that are deleted or not visible to them. */
  #shown({ id }: MessageReference): MessageRecord {
    const record = findMessage(this.#stage.store, id);
    if (record === undefined) throw new NotOffered('The message has been deleted');
    const isHidden = record.viewerId !== undefined && record.viewerId !== this.id;
    if (isHidden) throw new NotOffered('The message is for another member');
    this.#channelOf(record.channelId);
    return record;
  }

  #context(channel: ChannelRecord): FillContext {
    const { store, writer } = this.#stage;
    return {
      store,
      writer,
      channel,
      guild: channel.kind === 'direct' ? undefined : this.#guild,
      member: channel.kind === 'direct' ? undefined : this.#record,
      limitBytes: this.#limitBytes(channel),
    };
  }

  #author() {
    return { authorId: this.id, cdnHost: this.#stage.cdnHost() };
  }

  /** A member’s own subscription counts everywhere. */
  #limitBytes(channel: ChannelRecord): number {
    const { attachmentSizeLimitBytes } = this.#record;
    return Math.max(channelLimitBytes(this.#stage.store, channel), attachmentSizeLimitBytes);
  }

  #acts(act: Act): Reply {
    return new Reply(this.#stage, this.#sends(act));
  }

  #sends({ kind, channel, data, source, targetMessageId, openedBy }: Act): InteractionRecord {
    const { store, gateway, writer } = this.#stage;
    const interaction = newInteraction(store, {
      kind,
      channel,
      userId: this.id,
      limitBytes: this.#limitBytes(channel),
      sourceMessageId: source?.id,
      targetMessageId,
      openedBy,
    });
    store.addInteraction(interaction);
    openedBy?.submissions.push(interaction);
    const sender = { store, guild: this.#guild, member: this.#record };
    gateway.dispatchInteraction(interaction.guildId, {
      ...envelope(sender, interaction, channel),
      data,
      ...(source === undefined ? {} : { message: writer.message(source) }),
    });
    return interaction;
  }
}

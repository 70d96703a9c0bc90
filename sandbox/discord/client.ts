/** The view of one person’s Discord client: servers, channels, messages, commands, open forms. */
import { openDirectChannel } from './direct-messages.ts';
import type { Modal } from './modal/modal-schema.ts';
import { offeredCommands } from './people/command-offers.ts';
import { hasPermissions, memberPermissions } from './permissions.ts';
import type { World } from './reply.ts';
import type {
  ChannelRecord,
  CommandRecord,
  GuildRecord,
  InteractionRecord,
  Json,
  MessageRecord,
  StoredFile,
} from './store.ts';

/** The bot’s response to something the person did. */
export type InteractionState = 'waiting' | 'failed' | 'answered';

export interface ClientInteraction {
  readonly id: string;
  readonly kind: InteractionRecord['kind'];
  readonly channelId: string;
  readonly sourceMessageId: string | undefined;
  readonly createdAtMs: number;
  /** Failed: the bot did not respond within Discord’s 3 seconds. */
  readonly state: InteractionState;
  /** The form that the bot opened, until it was submitted and accepted. */
  readonly modal: Modal | undefined;
  /** For a submitted form: the interaction that had opened it. */
  readonly openedById: string | undefined;
}

export interface ClientMessage {
  readonly id: string;
  readonly authorId: string;
  readonly createdAtMs: number;
  readonly isForThemAlone: boolean;
  /** Changes with each edit. */
  readonly version: number;
  /** As Discord's API gives it. */
  readonly json: Json;
}

export class Client {
  readonly #world: World;
  readonly #personId: string;
  readonly #written = new Map<string, ClientMessage>();

  constructor(world: World, personId: string) {
    this.#world = world;
    this.#personId = personId;
  }

  /** Calls the listener after each change of anything; returns a function that ends it. */
  onChange(listener: () => void): () => void {
    return this.#world.store.onChange(listener);
  }

  /** The servers the person is in, with what they may manage. */
  servers(): { guild: GuildRecord; isModerator: boolean }[] {
    return [...this.#world.store.guilds.values()].flatMap((guild) => {
      const member = guild.members.get(this.#personId);
      if (member === undefined) return [];
      return [
        { guild, isModerator: hasPermissions(memberPermissions(guild, member), 'ManageGuild') },
      ];
    });
  }

  /** The direct messages with the bot; opened when they are not yet. */
  directChannel(): ChannelRecord {
    return openDirectChannel(this.#world.store, this.#personId);
  }

  /** The visible messages of a channel, oldest first; none of a channel that the person does not see. */
  messages(channelId: string): ClientMessage[] {
    if (!this.#sees(channelId)) return [];
    return this.#world.store
      .messagesIn(channelId)
      .filter(({ viewerId }) => viewerId === undefined || viewerId === this.#personId)
      .map((message) => this.#write(message));
  }

  /** The commands that the person's client lists in the channel. */
  commands(channelId: string): CommandRecord[] {
    const { store } = this.#world;
    const channel = store.channels.get(channelId);
    if (channel === undefined || !this.#sees(channelId)) return [];
    const own = this.servers().map(({ guild }) => guild);
    const guild = channel.kind === 'guild' ? store.guildOf(channel) : own[0];
    const member = guild?.members.get(this.#personId);
    if (guild === undefined || member === undefined) return [];
    return offeredCommands(store, { guild, member, channel });
  }

  /** The person’s actions since then, oldest first. */
  interactionsSince(sinceMs: number): ClientInteraction[] {
    return [...this.#world.store.interactions.values()]
      .filter(({ userId, createdAtMs }) => userId === this.#personId && createdAtMs >= sinceMs)
      .map((interaction) => this.#viewInteraction(interaction));
  }

  /** Returns a posted or uploaded file, or undefined when it is deleted. */
  file(id: string): StoredFile | undefined {
    return this.#world.store.files.get(id);
  }

  #viewInteraction(interaction: InteractionRecord): ClientInteraction {
    const { id, kind, channelId, sourceMessageId, createdAtMs, modal, submissions } = interaction;
    const isTaken = submissions.some(({ acknowledgedAtMs }) => acknowledgedAtMs !== undefined);
    return {
      id,
      kind,
      channelId,
      sourceMessageId,
      createdAtMs,
      state: this.#stateOf(interaction),
      modal: isTaken ? undefined : modal,
      openedById: interaction.openedBy?.id,
    };
  }

  #stateOf({ acknowledgedAtMs, createdAtMs }: InteractionRecord): InteractionState {
    const { store } = this.#world;
    if (acknowledgedAtMs !== undefined) return 'answered';
    const isLate = store.now() - createdAtMs > store.settings.acknowledgeWithinMs;
    return isLate ? 'failed' : 'waiting';
  }

  #sees(channelId: string): boolean {
    const channel = this.#world.store.channels.get(channelId);
    if (channel?.kind === 'direct') return channel.recipientId === this.#personId;
    return this.servers().some(({ guild }) => guild.id === channel?.guildId);
  }

  /** Serialized once per edit, so that the addresses of its files stay the same in between. */
  #write(message: MessageRecord): ClientMessage {
    const known = this.#written.get(message.id);
    if (known?.version === message.versions.length) return known;
    const written: ClientMessage = {
      id: message.id,
      authorId: message.authorId,
      createdAtMs: message.createdAtMs,
      isForThemAlone: message.viewerId !== undefined,
      version: message.versions.length,
      json: this.#world.writer.message(message),
    };
    this.#written.set(message.id, written);
    return written;
  }
}

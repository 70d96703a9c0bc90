/** Members: what a person at a Discord client can do, and what the client would not let them do. */
import { randomBytes } from 'node:crypto';

import {
  attachmentOption,
  commandData,
  type OptionValue,
  type SandboxFile,
} from './command-options.ts';
import type { Gateway } from './gateway.ts';
import { memberJson } from './guild-json.ts';
import { guildLimitBytes } from './limits.ts';
import type { MessageView } from './message-view.ts';
import { NotOffered } from './not-offered.ts';
import { botPermissionsIn, has, memberPermissions } from './permissions.ts';
import { Reply, type World } from './reply.ts';
import { addMessage, livingMessage } from './rest/deliver.ts';
import { isRecord } from './rest/refusals.ts';
import type {
  ChannelRecord,
  Choice,
  CommandRecord,
  GuildRecord,
  InteractionKind,
  InteractionRecord,
  Json,
  MemberRecord,
} from './store.ts';
import { waitFor } from './waiting.ts';

const INTERACTION_TYPE = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
const BUTTON = 2;
const GUILD_CONTEXT = 0;
/** Long and unguessable, as the real ones are. */
const TOKEN_BYTES = 48;

export interface Stage extends World {
  readonly gateway: Gateway;
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
   * Runs a slash command; subcommands are written out: `quota user`. Throws `NotOffered` for what
   * Discord would not let a member send: an unknown command or option, a value out of its limits.
   */
  runs(
    commandName: string,
    options: Record<string, OptionValue> = {},
    { channel }: { channel?: string | undefined } = {},
  ): Reply {
    const where = this.#channel(channel);
    const command = this.#command(commandName);
    const data = commandData(this.#stage, { command, commandName, options, channel: where });
    return this.#acts('command', where, { data });
  }

  /** What autocompletion offers while the member types `text` into one option. */
  types(
    commandName: string,
    focusedOption: string,
    text: string,
    otherOptions: Record<string, OptionValue> = {},
  ): Promise<Choice[]> {
    const where = this.#channel(undefined);
    const command = this.#command(commandName);
    const data = commandData(this.#stage, {
      command,
      commandName,
      options: { ...otherOptions, [focusedOption]: text },
      channel: where,
      focusedOption,
    });
    const interaction = this.#sends('autocomplete', where, { data });
    return waitFor(this.#stage, () => interaction.choices, {
      concerns: (topic) => topic === interaction.id,
      describe: () => `no choices came for ${commandName} ${focusedOption}`,
    });
  }

  /** Presses a button, named by its label or its custom id, of a message or of what a reply shows. */
  clicks(target: Reply | MessageView, labelOrCustomId: string): Reply {
    const candidates = target instanceof Reply ? target.visible : [target];
    const { message, customId } = this.#button(candidates, labelOrCustomId);
    const record = livingMessage(this.#stage.store, message.id);
    if (record === undefined) throw new NotOffered('The message has been deleted');
    const isHidden = record.viewerId !== undefined && record.viewerId !== this.id;
    if (isHidden) throw new NotOffered('The message is for somebody else');
    const channel = this.#channel(undefined, record.channelId);
    return this.#acts('component', channel, {
      message: this.#stage.writer.message(record),
      data: { custom_id: customId, component_type: BUTTON },
    });
  }

  /** Sends the form that a reply opened; values by the custom id of each field. */
  submits(reply: Reply, values: Record<string, string | readonly string[] | SandboxFile>): Reply {
    const { modal } = reply;
    if (modal === undefined) throw new NotOffered('No form is open');
    const channel = this.#channel(
      undefined,
      this.#stage.store.interactions.get(reply.interactionId)?.channelId,
    );
    const attachments: Record<string, Json> = {};
    const components = Array.isArray(modal['components']) ? modal['components'] : [];
    const data = {
      custom_id: modal['custom_id'],
      components: components.map((component: unknown) =>
        this.#filled(component, { values, attachments, channel }),
      ),
      resolved: { attachments },
    };
    const source = this.#stage.store.interactions.get(reply.interactionId)?.sourceMessageId;
    const record = livingMessage(this.#stage.store, source);
    return this.#acts('modal', channel, {
      data,
      ...(record === undefined ? {} : { message: this.#stage.writer.message(record) }),
    });
  }

  /** Writes an ordinary message, which the bot did not ask for and may not edit. */
  says(content: string, { channel }: { channel?: string | undefined } = {}): { id: string } {
    const where = this.#channel(channel);
    const { store } = this.#stage;
    return addMessage(store, {
      channel: where,
      authorId: this.id,
      state: {
        atMs: store.now(),
        flags: 0,
        content,
        embeds: [],
        components: [],
        files: [],
        pingedUserIds: [],
      },
    });
  }

  #channel(name: string | undefined, id?: string): ChannelRecord {
    const channel = this.#guild.channels.find((one) =>
      id === undefined ? name === undefined || one.name === name : one.id === id,
    );
    if (channel === undefined) throw new NotOffered(`No channel ${name ?? id ?? ''} here`);
    return channel;
  }

  #command(commandName: string): CommandRecord {
    const name = commandName.split(' ')[0] ?? '';
    const command = this.#stage.store.commands.find(
      (one) => one.name === name && (one.guild_id ?? this.#guild.id) === this.#guild.id,
    );
    if (command === undefined) throw new NotOffered(`No command /${name} is registered`);
    if (!this.#guild.hasBot) throw new NotOffered('The bot is not in this server');
    const needed = command['default_member_permissions'];
    const own = memberPermissions(this.#guild, this.#record);
    const isAllowed =
      typeof needed !== 'string' ||
      has(own, 'Administrator') ||
      (needed !== '0' && (own & BigInt(needed)) === BigInt(needed));
    if (!isAllowed) throw new NotOffered(`/${name} is not shown to ${this.name}`);
    return command;
  }

  #button(
    messages: readonly MessageView[],
    labelOrCustomId: string,
  ): { message: MessageView; customId: string } {
    for (const message of messages) {
      const button = message.buttons.find(
        ({ label, customId }) => label === labelOrCustomId || customId === labelOrCustomId,
      );
      if (button === undefined) continue;
      if (button.isDisabled) throw new NotOffered(`The button ${labelOrCustomId} is disabled`);
      if (button.customId === undefined) throw new NotOffered(`${labelOrCustomId} is a link`);
      return { message, customId: button.customId };
    }
    const labels = messages.flatMap(({ buttons }) => buttons.map(({ label }) => label));
    throw new NotOffered(`No button ${labelOrCustomId}, only: ${labels.join(', ') || 'none'}`);
  }

  #filled(
    component: unknown,
    form: {
      values: Record<string, string | readonly string[] | SandboxFile>;
      attachments: Record<string, Json>;
      channel: ChannelRecord;
    },
  ): Json {
    if (!isRecord(component)) return {};
    const { type, custom_id: customId } = component;
    const value = typeof customId === 'string' ? form.values[customId] : undefined;
    const inner = component['component'];
    const nested = component['components'];
    return {
      type,
      id: component['id'] ?? 1,
      ...(customId === undefined ? {} : { custom_id: customId }),
      ...(inner === undefined ? {} : { component: this.#filled(inner, form) }),
      ...(Array.isArray(nested)
        ? { components: nested.map((child: unknown) => this.#filled(child, form)) }
        : {}),
      ...this.#fieldValue(value, form),
    };
  }

  #fieldValue(
    value: string | readonly string[] | SandboxFile | undefined,
    { attachments, channel }: { attachments: Record<string, Json>; channel: ChannelRecord },
  ): Json {
    if (value === undefined) return {};
    if (typeof value === 'string') return { value };
    if (!('bytes' in value)) return { values: value };
    const attachment = attachmentOption(this.#stage, value, channel);
    attachments[attachment.id] = attachment.json;
    return { values: [attachment.id] };
  }

  #acts(kind: InteractionKind, channel: ChannelRecord, fields: Json): Reply {
    return new Reply(this.#stage, this.#sends(kind, channel, fields));
  }

  /** Discord developer docs, "Interaction Structure". */
  #sends(kind: InteractionKind, channel: ChannelRecord, fields: Json): InteractionRecord {
    const { store, gateway } = this.#stage;
    const source = isRecord(fields['message']) ? fields['message']['id'] : undefined;
    const limitBytes = Math.max(
      guildLimitBytes(store.settings, this.#guild),
      this.#record.attachmentSizeLimitBytes,
    );
    const interaction: InteractionRecord = {
      id: store.nextId(),
      token: randomBytes(TOKEN_BYTES).toString('base64url'),
      kind,
      createdAtMs: store.now(),
      guildId: this.#guild.id,
      channelId: channel.id,
      userId: this.id,
      attachmentSizeLimitBytes: limitBytes,
      sourceMessageId: typeof source === 'string' ? source : undefined,
      deliveryTries: 0,
    };
    store.addInteraction(interaction);
    gateway.dispatchInteraction(this.#guild.id, {
      ...this.#envelope(interaction, channel),
      ...fields,
    });
    return interaction;
  }

  #envelope(interaction: InteractionRecord, channel: ChannelRecord): Json {
    const { store } = this.#stage;
    const permissions = memberPermissions(this.#guild, this.#record).toString();
    return {
      id: interaction.id,
      application_id: store.settings.applicationId,
      type: INTERACTION_TYPE[interaction.kind],
      token: interaction.token,
      version: 1,
      guild_id: this.#guild.id,
      guild: { id: this.#guild.id, locale: 'en-US', features: [] },
      channel_id: channel.id,
      channel: {
        id: channel.id,
        type: 0,
        name: channel.name,
        guild_id: this.#guild.id,
        parent_id: null,
        permissions,
        flags: 0,
        nsfw: false,
        position: 0,
        topic: null,
        rate_limit_per_user: 0,
        last_message_id: null,
      },
      member: { ...memberJson(this.#record), permissions },
      app_permissions: botPermissionsIn(this.#guild, channel).toString(),
      locale: 'en-US',
      guild_locale: 'en-US',
      entitlements: [],
      authorizing_integration_owners: { 0: this.#guild.id },
      context: GUILD_CONTEXT,
      attachment_size_limit: interaction.attachmentSizeLimitBytes,
    };
  }
}

/** Records in the format of Discord’s API, as in REST responses and gateway events. */
import { proxyUrl, signedUrl } from './cdn.ts';
import { COMPONENT, type Component, type Media } from './component-schema.ts';
import {
  currentState,
  type ForwardedMessage,
  type InteractionRecord,
  type Json,
  type MessageRecord,
  type MessageState,
  type Store,
  type StoredFile,
  type UserRecord,
} from './store.ts';

export const FLAG = {
  suppressEmbeds: 1 << 2,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  hasSnapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const;

const MESSAGE_TYPE = { default: 0, reply: 19, chatInputCommand: 20, contextMenu: 23 } as const;
export const INTERACTION_TYPE = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
/** Discord developer docs, "Message Reference Types". */
const FORWARD_REFERENCE = 1;

function isV2(state: MessageState): boolean {
  return (state.flags & FLAG.componentsV2) !== 0;
}

export function isLoading(state: MessageState): boolean {
  return (state.flags & FLAG.loading) !== 0;
}

export function isEphemeral(state: MessageState): boolean {
  return (state.flags & FLAG.ephemeral) !== 0;
}

export function userJson(user: UserRecord): Json {
  return {
    id: user.id,
    username: user.username,
    global_name: null,
    avatar: null,
    discriminator: user.isBot ? '0001' : '0',
    public_flags: 0,
    flags: 0,
    bot: user.isBot,
    primary_guild: null,
    avatar_decoration_data: null,
  };
}

function attachmentJson(store: Store, cdnHost: string, file: StoredFile): Json {
  const url = signedUrl(store, cdnHost, file);
  return {
    id: file.id,
    filename: file.name,
    size: file.bytes.byteLength,
    url,
    proxy_url: url,
    ...(file.contentType === undefined ? {} : { content_type: file.contentType }),
    ...(file.width === undefined ? {} : { width: file.width, height: file.height }),
    ...(file.description === undefined ? {} : { description: file.description }),
    ...(file.isEphemeral ? { ephemeral: true } : {}),
  };
}

export interface JsonWriter {
  message(record: MessageRecord, state?: MessageState): Json;
  media(state: MessageState, media: Media): Json;
  attachment(file: StoredFile): Json;
}

/** Serializes messages with addresses signed at that moment. */
export function jsonWriter(store: Store, cdnHost: () => string): JsonWriter {
  function attachment(file: StoredFile): Json {
    return attachmentJson(store, cdnHost(), file);
  }

  function media(state: MessageState, item: Media): Json {
    const file = state.files.find((known) => known.id === item.fileId);
    if (file === undefined)
      return { id: store.nextId(), url: item.url, proxy_url: item.url, content_type: null };
    const url = signedUrl(store, cdnHost(), file);
    return {
      id: file.id,
      url,
      proxy_url: url,
      width: file.width ?? null,
      height: file.height ?? null,
      content_type: file.contentType ?? null,
      attachment_id: file.id,
    };
  }

  function component(state: MessageState, source: Component): Json {
    return {
      ...DEFAULTS[source.type],
      ...source,
      ...fileFields(source, state),
      ...(source.items === undefined
        ? {}
        : {
            items: source.items.map((item) => ({
              description: item.description ?? null,
              spoiler: item.spoiler ?? false,
              media: media(state, item.media),
            })),
          }),
      ...(source.media === undefined ? {} : { media: media(state, source.media) }),
      ...(source.file === undefined ? {} : { file: media(state, source.file) }),
      ...(source.components === undefined
        ? {}
        : { components: source.components.map((child) => component(state, child)) }),
      ...(source.accessory === undefined ? {} : { accessory: component(state, source.accessory) }),
    };
  }

  function content(state: MessageState): Json {
    return {
      content: state.content,
      embeds: state.embeds.map((embed) => embedJson(embed, state)),
      attachments: attachedFiles(state).map(attachment),
      components: state.components.map((source) => component(state, source)),
      mentions: mentionedUsers(store, state),
      mention_roles: [],
      flags: state.flags,
    };
  }

  /** An embed’s pictures: on the CDN, or elsewhere through Discord’s proxy. */
  function embedJson(embed: Json, state: MessageState): Json {
    const pictures = ['image', 'thumbnail'].flatMap((name) => {
      const picture = embed[name];
      const id = typeof picture === 'object' && picture && 'fileId' in picture && picture.fileId;
      const file = state.embedFiles.find((known) => known.id === id);
      return file === undefined ? [] : [[name, pictureJson(file)] as const];
    });
    return { type: 'rich', ...embed, ...Object.fromEntries(pictures) };
  }

  function pictureJson(file: StoredFile): Json {
    return {
      url: signedUrl(store, cdnHost(), file),
      proxy_url: proxyUrl(store, cdnHost(), file),
      ...(file.width === undefined ? {} : { width: file.width, height: file.height }),
      ...(file.contentType === undefined ? {} : { content_type: file.contentType }),
    };
  }

  /** Discord developer docs, "Message Snapshot Object": exactly these fields. */
  function snapshots({ messageId, channelId, guildId, state, ...forwarded }: ForwardedMessage) {
    return {
      message_reference: {
        type: FORWARD_REFERENCE,
        message_id: messageId,
        channel_id: channelId,
        ...(guildId === undefined ? {} : { guild_id: guildId }),
      },
      message_snapshots: [
        {
          message: {
            type: MESSAGE_TYPE.default,
            timestamp: new Date(forwarded.createdAtMs).toISOString(),
            edited_timestamp: null,
            ...content(state),
          },
        },
      ],
    };
  }

  function message(record: MessageRecord, state = currentState(record)): Json {
    return {
      ...envelope(store, record, state),
      ...content(state),
      ...(record.forwarded === undefined ? {} : snapshots(record.forwarded)),
    };
  }

  return { message, media, attachment };
}

/**
 * The files shown as attachments. With Components V2 there are none: a file moves to the component
 * that shows it, and a file that no component names is not shown (Discord developer docs,
 * "Uploading Files", and discord-api-docs pull request 8279).
 */
export function attachedFiles(state: MessageState): readonly StoredFile[] {
  return isV2(state) ? [] : state.files;
}

/** Discord’s defaults for what the bot omitted. */
const DEFAULTS: Readonly<Record<number, Json>> = {
  [COMPONENT.container]: { accent_color: null, spoiler: false },
  [COMPONENT.separator]: { divider: true, spacing: 1 },
  [COMPONENT.thumbnail]: { description: null, spoiler: false },
  [COMPONENT.file]: { spoiler: false },
};

function fileFields(source: Component, state: MessageState): Json {
  if (source.type !== COMPONENT.file) return {};
  const file = state.files.find((known) => known.id === source.file?.fileId);
  return { name: file?.name ?? null, size: file?.bytes.byteLength ?? null };
}

function envelope(store: Store, record: MessageRecord, state: MessageState): Json {
  const author = store.users.get(record.authorId) ?? store.bot;
  const interaction =
    record.interactionId === undefined ? undefined : store.interactions.get(record.interactionId);
  return {
    id: record.id,
    channel_id: record.channelId,
    type: messageType(record, interaction),
    author: userJson(author),
    timestamp: new Date(record.createdAtMs).toISOString(),
    edited_timestamp: record.versions.length > 1 ? new Date(state.atMs).toISOString() : null,
    mention_everyone: false,
    pinned: false,
    tts: false,
    ...(record.nonce === undefined ? {} : { nonce: record.nonce }),
    ...(interaction === undefined
      ? {}
      : {
          application_id: store.settings.applicationId,
          webhook_id: store.settings.applicationId,
          interaction_metadata: metadata(store, interaction),
        }),
  };
}

function messageType(record: MessageRecord, interaction: InteractionRecord | undefined): number {
  if (interaction === undefined) return MESSAGE_TYPE.default;
  if (record.isFollowUp) return MESSAGE_TYPE.reply;
  return interaction.targetMessageId === undefined
    ? MESSAGE_TYPE.chatInputCommand
    : MESSAGE_TYPE.contextMenu;
}

function mentionedUsers(store: Store, state: MessageState): Json[] {
  const ids = new Set([...state.content.matchAll(/<@!?(\d+)>/g)].map(([, id]) => id ?? ''));
  return [...ids].flatMap((id) => {
    const user = store.users.get(id);
    return user === undefined ? [] : [userJson(user)];
  });
}

/** Discord developer docs, "Message Interaction Metadata Object": one format for each type. */
function metadata(store: Store, interaction: InteractionRecord): Json {
  const user = store.users.get(interaction.userId);
  const { sourceMessageId, targetMessageId, openedBy } = interaction;
  return {
    id: interaction.id,
    type: INTERACTION_TYPE[interaction.kind],
    ...(user === undefined ? {} : { user: userJson(user) }),
    authorizing_integration_owners: integrationOwners(interaction),
    ...(interaction.kind === 'component' ? { interacted_message_id: sourceMessageId } : {}),
    ...(targetMessageId === undefined ? {} : { target_message_id: targetMessageId }),
    ...(openedBy === undefined
      ? {}
      : { triggering_interaction_metadata: metadata(store, openedBy) }),
  };
}

/**
 * Installed to the guild; `"0"` stands for the direct messages with the bot (Discord developer docs,
 * "Authorizing Integration Owners Object").
 */
export function integrationOwners({ guildId }: InteractionRecord): Json {
  return { 0: guildId ?? '0' };
}

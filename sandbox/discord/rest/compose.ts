/** Computes the next state of a message from a request’s body and files, by all of Discord’s rules. */
import { isBlocked } from '../automod.ts';
import { fileNamedBy, sanitizedFileName, storeFile } from '../cdn.ts';
import { mediaOf, walkComponents, type Component } from '../component-schema.ts';
import { componentFaults } from '../components.ts';
import { DEFAULT_FOR_BOT, DEFAULT_FOR_INTERACTIONS, pingedUserIds } from '../mentions.ts';
import { FLAG } from '../message-json.ts';
import { botPermissionsIn } from '../permissions.ts';
import {
  emptyState,
  type ChannelRecord,
  type MessageState,
  type Store,
  type StoredFile,
} from '../store.ts';
import type { UploadedFile } from './http.ts';
import { bodyFaults, legacyFieldFaults, type MessageBody, type Path } from './message-body.ts';
import { refusal, refuseFaults, type FieldFault } from './refusals.ts';

/** Discord developer docs, "Uploading Files" and error 30015. */
const MAX_ATTACHMENTS = 10;

/** How a request arrived, and what that implies. */
export interface Way {
  readonly store: Store;
  readonly cdnHost: string;
  readonly channel: ChannelRecord;
  readonly uploads: readonly UploadedFile[];
  /** Per file. */
  readonly limitBytes: number;
  readonly isByInteraction: boolean;
  /** The message’s position in the request’s body: `['data']` in an interaction’s callback. */
  readonly path: Path;
}

export interface Composition extends Way {
  readonly body: MessageBody;
  /** The flags the message will have. */
  readonly flags: number;
  /** The previous state; undefined for a new message. An edit pings nobody. */
  readonly before?: MessageState | undefined;
  /** The author’s permissions in the channel; the bot’s own when omitted. */
  readonly authorPermissions?: bigint | undefined;
}

/**
 * Returns the state after the request. Throws refusals 30015, 40005, 50006, 50035 and 200000; only
 * files that nobody can refer to are stored then.
 */
export function composeState(composition: Composition): MessageState {
  const { store, body, channel, flags, path } = composition;
  const before = composition.before ?? emptyState(0);
  if (composition.uploads.some((file) => file.bytes.byteLength > composition.limitBytes))
    throw refusal('too-large');
  const isV2 = (flags & FLAG.componentsV2) !== 0;
  const components = changed(before.components, body.components, []);
  refuseFaults([
    ...bodyFaults(body, path),
    ...(isV2 ? legacyFieldFaults(body, before, path) : []),
    ...componentFaults(components, { isV2, path: [...path, 'components'] }),
  ]);
  const survivors = survivingFiles(composition);
  if (survivors.files.length > MAX_ATTACHMENTS) throw refusal('too-many-attachments');
  const resolved = resolvedComponents(composition, components, survivors);
  const state: MessageState = {
    ...emptyState(store.now(), flags),
    content: changed(before.content, body.content, ''),
    embeds: body.embeds ?? before.embeds,
    embedFiles: before.embedFiles,
    components: resolved.components,
    files: [...survivors.files, ...resolved.adopted],
  };
  if (isEmpty(state, body, isV2)) throw refusal('empty-message');
  const authorPermissions = composition.authorPermissions ?? botPermissionsIn(store, channel);
  if (isBlocked(store, channel, { state, authorPermissions })) throw refusal('blocked-by-automod');
  return { ...state, pingedUserIds: pingedBy(composition, state, authorPermissions) };
}

/** An omitted field is unchanged; null empties it. */
function changed<T>(before: T, sent: T | null | undefined, empty: T): T {
  return sent === undefined ? before : (sent ?? empty);
}

function isEmpty(state: MessageState, body: MessageBody, isV2: boolean): boolean {
  if (isV2) return state.components.length === 0;
  return (
    state.content === '' &&
    state.embeds.length === 0 &&
    state.files.length === 0 &&
    state.components.length === 0 &&
    (body.sticker_ids ?? []).length === 0 &&
    (body.poll ?? null) === null
  );
}

interface Survivors {
  readonly files: StoredFile[];
  /**
   * The files that `attachment://name` may refer to. A file retained by its id alone, without its name,
   * cannot be referred to by components any more, as bots found out on the real platform.
   */
  readonly referable: StoredFile[];
}

/**
 * On an edit, `attachments` lists the files that stay, old and new; unlisted uploads are added, and
 * without the list everything stays (Discord developer docs, "Editing Message Attachments").
 */
function survivingFiles(composition: Composition): Survivors {
  const { body, uploads, before, path } = composition;
  const old = before?.files ?? [];
  const listed = body.attachments ?? undefined;
  const fresh = uploads.map((upload) => {
    const entry = listed?.find((item) => item.id === upload.index);
    return storedUpload(composition, upload, entry);
  });
  if (listed === undefined) return { files: [...old, ...fresh], referable: [...old, ...fresh] };
  const entries = listed.filter((entry) => !uploads.some((file) => file.index === entry.id));
  const unknown = entries.filter((entry) => !old.some((file) => file.id === entry.id));
  refuseFaults(
    unknown.map(() => ({
      path: [...path, 'attachments'],
      code: 'ATTACHMENT_NOT_FOUND',
      message: 'Attachment data not found',
    })),
  );
  const kept = old.filter((file) => entries.some((entry) => entry.id === file.id));
  const named = kept.filter((file) =>
    entries.some((entry) => entry.id === file.id && typeof entry.filename === 'string'),
  );
  return { files: [...kept, ...fresh], referable: [...named, ...fresh] };
}

function storedUpload(
  { store, channel, flags }: Composition,
  upload: UploadedFile,
  entry: { filename?: string | null | undefined; description?: string | null | undefined } = {},
): StoredFile {
  return storeFile(store, {
    name: entry.filename ?? upload.name,
    bytes: upload.bytes,
    channelId: channel.id,
    isEphemeral: (flags & FLAG.ephemeral) !== 0,
    description: entry.description ?? undefined,
    ...upload.claims,
  });
}

/**
 * Gives components an id each, and resolves their `attachment://` references. Components that the
 * edit did not send keep what they showed, as long as the file still exists.
 */
function resolvedComponents(
  composition: Composition,
  components: readonly Component[],
  { files, referable }: Survivors,
): { components: Component[]; adopted: StoredFile[] } {
  const { store, cdnHost, path } = composition;
  const copy = structuredClone([...components]);
  const faults: FieldFault[] = [];
  const adopted: StoredFile[] = [];
  const taken = new Set([...walkComponents(copy)].map(({ component }) => component.id));
  let nextId = 1;
  for (const { component, path: here } of walkComponents(copy, [...path, 'components'])) {
    if (component.id === undefined || component.id === 0) {
      while (taken.has(nextId)) nextId += 1;
      component.id = nextId;
      taken.add(nextId);
    }
    for (const { media, path: below } of mediaOf(component)) {
      const own = fileNamedBy(store, cdnHost, media.url);
      const file = own ?? fileMeant(media, files, referable);
      if (file !== undefined) media.fileId = file.id;
      else if (media.url.startsWith('attachment://'))
        faults.push({
          path: [...here, ...below],
          code: 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
          message: 'The referenced attachment could not be found in this message',
        });
      if (own !== undefined && !files.includes(own)) adopted.push(own);
    }
  }
  refuseFaults(faults);
  return { components: copy, adopted };
}

function fileMeant(
  media: { url: string; fileId?: string | undefined },
  files: readonly StoredFile[],
  referable: readonly StoredFile[],
): StoredFile | undefined {
  if (media.fileId !== undefined) return files.find((file) => file.id === media.fileId);
  if (!media.url.startsWith('attachment://')) return undefined;
  // References are cleaned like file names: discord-api-docs pull request 7986.
  const name = sanitizedFileName(decodeURI(media.url.slice('attachment://'.length)));
  return referable.findLast((file) => file.name === name);
}

/** Mentions in text displays ping like those in the content (Discord developer docs, "Text Display"). */
function pingedBy(
  composition: Composition,
  state: MessageState,
  authorPermissions: bigint,
): string[] {
  const { store, channel, body, before, isByInteraction } = composition;
  const isSilent = (state.flags & (FLAG.ephemeral | FLAG.suppressNotifications)) !== 0;
  if (before !== undefined || isSilent) return [];
  // The recipient of a direct message is notified, whatever it says.
  if (channel.kind === 'direct') return [channel.recipientId];
  const guild = store.guildOf(channel);
  const texts = [...walkComponents(state.components)].map(
    ({ component }) => component.content ?? '',
  );
  return pingedUserIds({
    text: [state.content, ...texts].join('\n'),
    allowed:
      body.allowed_mentions ?? (isByInteraction ? DEFAULT_FOR_INTERACTIONS : DEFAULT_FOR_BOT),
    guild,
    authorPermissions,
  });
}

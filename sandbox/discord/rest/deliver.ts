/** Applies composed states to messages: new ones, edits, deletions. */
import { FLAG } from '../message-json.ts';
import {
  emptyState,
  type ChannelRecord,
  type ForwardedMessage,
  type InteractionRecord,
  type MessageRecord,
  type MessageState,
  type Store,
  type StoredFile,
} from '../store.ts';

export interface NewMessage {
  readonly channel: ChannelRecord;
  readonly state: MessageState;
  readonly interaction?: InteractionRecord | undefined;
  readonly isFollowUp?: boolean;
  readonly authorId?: string;
  readonly nonce?: string | undefined;
  readonly forwarded?: ForwardedMessage | undefined;
}

export function addMessage(store: Store, message: NewMessage): MessageRecord {
  const { channel, state, interaction } = message;
  const isForOne = (state.flags & FLAG.ephemeral) !== 0;
  const record: MessageRecord = {
    id: store.nextId(),
    channelId: channel.id,
    guildId: channel.kind === 'direct' ? undefined : channel.guildId,
    authorId: message.authorId ?? store.bot.id,
    interactionId: interaction?.id,
    isFollowUp: message.isFollowUp ?? false,
    viewerId: isForOne ? interaction?.userId : undefined,
    createdAtMs: store.now(),
    nonce: message.nonce,
    forwarded: message.forwarded,
    versions: [state],
  };
  store.addMessage(record);
  store.changed(...topicsOf(record));
  return record;
}

export function editMessage(store: Store, message: MessageRecord, state: MessageState): void {
  message.versions.push(state);
  store.changed(...topicsOf(message));
}

/** Deletes its files too, except those that another message still shows. */
export function deleteMessage(store: Store, message: MessageRecord): void {
  message.deletedAtMs = store.now();
  const living = [...store.messages.values()].filter((one) => one.deletedAtMs === undefined);
  const kept = new Set(living.flatMap(filesOf));
  for (const file of filesOf(message)) if (!kept.has(file)) store.files.delete(file.id);
  store.changed(...topicsOf(message));
}

function filesOf({ versions, forwarded }: MessageRecord): StoredFile[] {
  return [...versions, ...(forwarded === undefined ? [] : [forwarded.state])].flatMap((state) => [
    ...state.files,
    ...state.embedFiles,
  ]);
}

function topicsOf({ id, channelId, interactionId }: MessageRecord): string[] {
  return [id, channelId, ...(interactionId === undefined ? [] : [interactionId])];
}

/** Returns the message, unless it never existed or was deleted. */
export function findMessage(store: Store, id: string | undefined): MessageRecord | undefined {
  const message = id === undefined ? undefined : store.messages.get(id);
  return message?.deletedAtMs === undefined ? message : undefined;
}

/** What a member sees while the bot is "thinking". */
export function loadingState(atMs: number, isEphemeral: boolean): MessageState {
  return emptyState(atMs, FLAG.loading | (isEphemeral ? FLAG.ephemeral : 0));
}

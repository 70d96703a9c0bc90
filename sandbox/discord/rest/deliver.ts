/** Putting composed states into messages: new ones, edits, deletions. */
import { FLAG } from '../message-json.ts';
import type {
  ChannelRecord,
  InteractionRecord,
  MessageRecord,
  MessageState,
  Store,
} from '../store.ts';

export interface NewMessage {
  readonly channel: ChannelRecord;
  readonly state: MessageState;
  readonly interaction?: InteractionRecord | undefined;
  readonly isFollowUp?: boolean;
  readonly authorId?: string;
  readonly nonce?: string | undefined;
}

export function addMessage(store: Store, message: NewMessage): MessageRecord {
  const { channel, state, interaction } = message;
  const isForOne = (state.flags & FLAG.ephemeral) !== 0;
  const record: MessageRecord = {
    id: store.nextId(),
    channelId: channel.id,
    guildId: channel.guildId,
    authorId: message.authorId ?? store.bot.id,
    interactionId: interaction?.id,
    isFollowUp: message.isFollowUp ?? false,
    viewerId: isForOne ? interaction?.userId : undefined,
    createdAtMs: store.now(),
    nonce: message.nonce,
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

export function deleteMessage(store: Store, message: MessageRecord): void {
  message.deletedAtMs = store.now();
  store.changed(...topicsOf(message));
}

function topicsOf({ id, channelId, interactionId }: MessageRecord): string[] {
  return [id, channelId, ...(interactionId === undefined ? [] : [interactionId])];
}

/** The message, unless it never was or has been deleted. */
export function livingMessage(store: Store, id: string | undefined): MessageRecord | undefined {
  const message = id === undefined ? undefined : store.messages.get(id);
  return message?.deletedAtMs === undefined ? message : undefined;
}

/** What a member sees while the bot is "thinking". */
export function loadingState(atMs: number, isEphemeral: boolean): MessageState {
  return {
    atMs,
    flags: FLAG.loading | (isEphemeral ? FLAG.ephemeral : 0),
    content: '',
    embeds: [],
    components: [],
    files: [],
    pingedUserIds: [],
  };
}

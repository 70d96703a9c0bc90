/** Messages by the bot's own token (Discord developer docs, "Message Resource"). */
import { HOUR, MINUTE } from '../../../src/clock.ts';
import { channelLimitBytes } from '../limits.ts';
import { isEphemeral } from '../message-json.ts';
import {
  botPermissionsIn,
  channelForBot,
  hasPermissions,
  type PermissionName,
} from '../permissions.ts';
import {
  CHANNEL_EDIT_BUCKET,
  CHANNEL_SEND_BUCKET,
  OLD_EDIT_BUCKET,
  type RateLimits,
} from '../rate-limits.ts';
import {
  currentState,
  type ChannelRecord,
  type Json,
  type MessageRecord,
  type Store,
} from '../store.ts';
import { composeState, type Way } from './compose.ts';
import { addMessage, deleteMessage, findMessage } from './deliver.ts';
import { editFrom } from './edit.ts';
import { json, NO_CONTENT, param, type ApiAnswer, type ApiRequest } from './http.ts';
import type { RestContext } from './interactions.ts';
import { CREATABLE_FLAGS, parseMessageBody, type MessageBody } from './message-body.ts';
import { refusal, refuseFaults } from './refusals.ts';
import type { Route } from './router.ts';

/** "The past few minutes": Discord developer docs, "Create Message", `enforce_nonce`. */
const NONCE_LIFE_MS = 5 * MINUTE;
const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;

export interface MessageContext extends RestContext {
  readonly limits: RateLimits;
}

export function messageRoutes(context: MessageContext): Route[] {
  const list = { template: '/channels/:channel/messages', auth: 'bot' } as const;
  const one = { template: '/channels/:channel/messages/:message', auth: 'bot' } as const;
  const openApiList = { openApiPath: '/channels/{channel_id}/messages' };
  const openApiOne = { openApiPath: '/channels/{channel_id}/messages/{message_id}' };
  return [
    {
      ...list,
      ...openApiList,
      method: 'POST',
      bucket: CHANNEL_SEND_BUCKET,
      handle: (request) => send(context, request),
    },
    { ...list, ...openApiList, method: 'GET', handle: (request) => history(context, request) },
    { ...one, ...openApiOne, method: 'GET', handle: (request) => read(context, request) },
    {
      ...one,
      ...openApiOne,
      method: 'PATCH',
      bucket: CHANNEL_EDIT_BUCKET,
      handle: (request) => edit(context, request),
    },
    { ...one, ...openApiOne, method: 'DELETE', handle: (request) => remove(context, request) },
  ];
}

function send(context: MessageContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const body = parseMessageBody(request.json);
  const needed: PermissionName[] = ['SendMessages'];
  if (request.files.length > 0) needed.push('AttachFiles');
  if ((body.embeds ?? []).length > 0) needed.push('EmbedLinks');
  const channel = channelForBot(store, param(request, 'channel'), needed);
  refuseClosedDoor(store, channel);
  refuseReference(context, channel, body);
  const nonce = body.nonce === undefined || body.nonce === null ? undefined : String(body.nonce);
  const twin = body.enforce_nonce === true ? sentWith(context, channel, nonce) : undefined;
  if (twin !== undefined) return json(context.writer.message(twin));
  const flags = (body.flags ?? 0) & CREATABLE_FLAGS;
  const state = composeState({ ...wayInto(channel, context, request), body, flags });
  return json(context.writer.message(addMessage(store, { channel, state, nonce })));
}

/**
 * Throws 50278 when the person shares no guild with the bot, 50007 when they accept no messages.
 * Opening the channel still works: only the message fails.
 */
function refuseClosedDoor(store: Store, channel: ChannelRecord): void {
  if (channel.kind !== 'direct') return;
  if (!store.sharesGuildWith(channel.recipientId)) throw refusal('no-shared-guild');
  const isOpen = store.users.get(channel.recipientId)?.acceptsDirectMessages === true;
  if (!isOpen) throw refusal('closed-direct-messages');
}

/** A reply needs the permission to read the history, and by default an existing message. */
function refuseReference(context: MessageContext, channel: ChannelRecord, body: MessageBody): void {
  const reference = body.message_reference ?? undefined;
  if (reference === undefined) return;
  const permissions = botPermissionsIn(context.store, channel);
  if (!hasPermissions(permissions, 'ReadMessageHistory')) throw refusal('no-read-history');
  const isKnown = findMessage(context.store, reference.message_id) !== undefined;
  if (!isKnown && reference.fail_if_not_exists !== false)
    refuseFaults([
      {
        path: ['message_reference'],
        code: 'REPLIES_UNKNOWN_MESSAGE',
        message: 'Unknown message',
      },
    ]);
}

function sentWith(
  { store }: MessageContext,
  channel: ChannelRecord,
  nonce: string | undefined,
): MessageRecord | undefined {
  if (nonce === undefined) return undefined;
  return store
    .messagesIn(channel.id)
    .find(
      (message) =>
        message.nonce === nonce &&
        message.authorId === store.bot.id &&
        store.now() - message.createdAtMs < NONCE_LIFE_MS,
    );
}

/** Throws 10008 for messages that are deleted, elsewhere, or ephemeral: no channel route shows those. */
function messageIn(
  { store }: MessageContext,
  channel: ChannelRecord,
  request: ApiRequest,
): MessageRecord {
  const message = findMessage(store, param(request, 'message'));
  if (message === undefined || message.channelId !== channel.id) throw refusal('unknown-message');
  if (isEphemeral(currentState(message))) throw refusal('unknown-message');
  return message;
}

function edit(context: MessageContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const needed: PermissionName[] = request.files.length > 0 ? ['AttachFiles'] : [];
  const channel = channelForBot(store, param(request, 'channel'), needed);
  const message = messageIn(context, channel, request);
  if (message.authorId !== store.bot.id) throw refusal('not-the-author');
  refuseOldEdit(context, message);
  editFrom(request.json, message, wayInto(channel, context, request));
  return json(context.writer.message(message));
}

function wayInto(channel: ChannelRecord, context: MessageContext, request: ApiRequest): Way {
  const { store } = context;
  return {
    store,
    cdnHost: context.cdnHost(),
    channel,
    uploads: request.files,
    limitBytes: channelLimitBytes(store, channel),
    isByInteraction: false,
    path: [],
  };
}

function refuseOldEdit({ store, limits }: MessageContext, message: MessageRecord): void {
  if (store.now() - message.createdAtMs < HOUR) return;
  const taken = limits.take(OLD_EDIT_BUCKET, { channel: message.channelId });
  if (!taken.isAllowed) throw refusal('old-message-edits', taken.retryAfterMs);
}

function remove(context: MessageContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const channel = channelForBot(store, param(request, 'channel'), []);
  const message = messageIn(context, channel, request);
  const isOwn = message.authorId === store.bot.id;
  if (!isOwn && channel.kind === 'direct') throw refusal('not-in-direct-messages');
  if (!isOwn && !hasPermissions(botPermissionsIn(store, channel), 'ManageMessages'))
    throw refusal('missing-permissions');
  deleteMessage(store, message);
  return NO_CONTENT;
}

function read(context: MessageContext, request: ApiRequest): ApiAnswer {
  const channel = channelForBot(context.store, param(request, 'channel'), ['ReadMessageHistory']);
  return json(readable(context, messageIn(context, channel, request)));
}

/** Newest first. Without READ_MESSAGE_HISTORY the list is empty (docs, "Get Channel Messages"). */
function history(context: MessageContext, request: ApiRequest): ApiAnswer {
  const { store } = context;
  const channel = channelForBot(store, param(request, 'channel'), []);
  if (!hasPermissions(botPermissionsIn(store, channel), 'ReadMessageHistory')) return json([]);
  const limit = Math.min(Number(request.query.get('limit') ?? DEFAULT_PAGE), MAX_PAGE);
  const shown = store
    .messagesIn(channel.id)
    .filter((message) => !isEphemeral(currentState(message)))
    .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  return json(page(shown, request.query, limit).map((message) => readable(context, message)));
}

function page(shown: MessageRecord[], query: URLSearchParams, limit: number): MessageRecord[] {
  const before = query.get('before');
  const after = query.get('after');
  const around = query.get('around');
  if (before !== null) return shown.filter(({ id }) => BigInt(id) < BigInt(before)).slice(0, limit);
  if (after !== null) return shown.filter(({ id }) => BigInt(id) > BigInt(after)).slice(-limit);
  if (around === null) return shown.slice(0, limit);
  const half = Math.floor(limit / 2);
  const newer = shown.filter(({ id }) => BigInt(id) > BigInt(around)).slice(-half);
  const older = shown.filter(({ id }) => BigInt(id) <= BigInt(around)).slice(0, half + 1);
  return [...newer, ...older];
}

/**
 * Other people’s content comes back empty, because the bot has no MESSAGE_CONTENT intent, except when
 * it is mentioned and in direct messages (Discord developer docs, "Message Content Intent").
 */
function readable({ store, writer }: MessageContext, message: MessageRecord): Json {
  const whole = writer.message(message);
  const isMentioned = new RegExp(`<@!?${store.bot.id}>`).test(currentState(message).content);
  const isDirect = message.guildId === undefined;
  if (message.authorId === store.bot.id || isMentioned || isDirect) return whole;
  const { message_snapshots: _, ...readableFields } = whole;
  return { ...readableFields, content: '', embeds: [], attachments: [], components: [] };
}

/**
 * Searches a channel, page by page, for a message that we may have sent with an unknown outcome. Considers
 * only messages whose author is the bot.
 */
import { DiscordAPIError, RESTJSONErrorCodes, Routes, SnowflakeUtil } from 'discord.js';
import { z } from 'zod';

import { SECOND, type Clock } from '../../clock.ts';
import { DiscordBusyError } from './rate-limits.ts';
import type { SendRequest } from './requests.ts';

/** Discord's maximum per request. */
const PAGE = 100;
/** Limits a search to 3000 messages, since each page is a request. */
const MOST_PAGES = 30;
/** Rate limits up to this long, as ordinary ones are, are waited out between pages. */
const SHORT_WAIT_MS = 6 * SECOND;

/** The fields that a search needs. */
export const seenMessageSchema = z.looseObject({
  id: z.string(),
  components: z
    .array(z.unknown())
    .nullish()
    .transform((components) => components ?? []),
});
export interface SeenMessage {
  readonly id: string;
  readonly components: readonly unknown[];
}

export interface MessageSearch {
  /** Unix milliseconds by Discord's clock. */
  readonly fromMs: number;
  /** Defaults to the newest message. */
  readonly toMs?: number;
  readonly isIt: (message: SeenMessage) => boolean;
}

/**
 * `unreadable`: the bot cannot read the channel. `too-many`: the time span has too many messages. In both
 * cases it is unknown whether the message exists.
 */
export type FoundMessage =
  | { readonly kind: 'found'; readonly message: SeenMessage }
  | { readonly kind: 'not-there' | 'unreadable' | 'too-many' };

/** A message without an author is not ours. */
const authorSchema = z.object({ id: z.string() }).nullish().catch(undefined);
const pageSchema = z.array(seenMessageSchema.extend({ author: authorSchema }));

interface Searching extends MessageSearch {
  readonly userId: string;
  readonly send: SendRequest;
  readonly clock: Clock;
}

/** @throws what `SendRequest` throws, except refusals to read */
export async function searchMessages(
  channelId: string,
  searching: Searching,
): Promise<FoundMessage> {
  try {
    return await search(channelId, searching);
  } catch (error) {
    if (isUnreadable(error)) return { kind: 'unreadable' };
    throw error;
  }
}

async function search(channelId: string, searching: Searching): Promise<FoundMessage> {
  const { fromMs, toMs, isIt, userId } = searching;
  let after = snowflakeAt(fromMs);
  const end = toMs === undefined ? undefined : BigInt(snowflakeAt(toMs));
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const messages = await messagesAfter(channelId, after, searching);
    const ours = messages.find((message) => message.author?.id === userId && isIt(message));
    if (ours !== undefined) return { kind: 'found', message: ours };
    if (page === 0 && messages.length === 0) return whetherReadable(channelId, searching);
    const newest = messages.map(({ id }) => BigInt(id)).reduce(larger, BigInt(after));
    const isPastEnd = end !== undefined && newest > end;
    if (messages.length < PAGE || isPastEnd) return { kind: 'not-there' };
    after = newest.toString();
  }
  return { kind: 'too-many' };
}

async function messagesAfter(channelId: string, after: string, { send, clock }: Searching) {
  const ask = async (): Promise<unknown> =>
    send({
      method: 'get',
      route: Routes.channelMessages(channelId),
      by: 'bot',
      bucket: `reading ${channelId}`,
      query: new URLSearchParams({ after, limit: String(PAGE) }),
    });
  try {
    return pageSchema.parse(await ask());
  } catch (error) {
    if (!(error instanceof DiscordBusyError) || error.retryAfterMs > SHORT_WAIT_MS) throw error;
    await clock.sleep(error.retryAfterMs);
    return pageSchema.parse(await ask());
  }
}

/**
 * Tells an empty channel from an unreadable one. Without READ_MESSAGE_HISTORY, Discord returns an empty list
 * instead of a refusal (Discord developer docs, Get Channel Messages). A request for a single message is
 * refused, though, while with the permission a nonexistent one gives "unknown message".
 */
async function whetherReadable(
  channelId: string,
  { send, fromMs }: Searching,
): Promise<FoundMessage> {
  try {
    await send({
      method: 'get',
      route: Routes.channelMessage(channelId, snowflakeAt(fromMs)),
      by: 'bot',
      bucket: `reading one of ${channelId}`,
    });
  } catch (error) {
    const isThere =
      error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMessage;
    if (!isThere) throw error;
  }
  return { kind: 'not-there' };
}

function isUnreadable(error: unknown): boolean {
  const codes: ReadonlySet<unknown> = new Set([
    RESTJSONErrorCodes.MissingAccess,
    RESTJSONErrorCodes.MissingPermissions,
    RESTJSONErrorCodes.UnknownChannel,
  ]);
  return error instanceof DiscordAPIError && codes.has(error.code);
}

/** Returns the lowest id that Discord could assign at this time (Discord developer docs, Snowflakes). */
function snowflakeAt(ms: number): string {
  const timestamp = Math.max(ms, Number(SnowflakeUtil.epoch));
  return SnowflakeUtil.generate({
    timestamp,
    increment: 0n,
    workerId: 0n,
    processId: 0n,
  }).toString();
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

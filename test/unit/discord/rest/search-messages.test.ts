import { DiscordAPIError, SnowflakeUtil } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import type { SendRequest } from '#src/discord/rest/requests.ts';
import { searchMessages, type MessageSearch } from '#src/discord/rest/search-messages.ts';

import { createFakeClock } from '../../../fakes/clock.ts';

const FROM_MS = Date.parse('2026-11-21T12:00:00Z');
const US = '1';
const CHANNEL = '7';

/** A channel with a message from others every second; the last of `count` messages is the bot’s. */
function chatter(count: number): { send: SendRequest; asked: () => number } {
  const messages = Array.from({ length: count }, (_message, index) => ({
    id: SnowflakeUtil.generate({ timestamp: FROM_MS + (index + 1) * SECOND }),
    author: { id: index === count - 1 ? US : '2' },
    components: [],
  }));
  let asked = 0;
  const send: SendRequest = async ({ query }) => {
    asked += 1;
    const after = BigInt(query?.get('after') ?? 0);
    const page = messages.filter(({ id }) => id > after).slice(0, Number(query?.get('limit')));
    return page.map((message) => ({ ...message, id: message.id.toString() })).toReversed();
  };
  return { send, asked: () => asked };
}

async function find(send: SendRequest, search: Partial<MessageSearch> = {}) {
  const clock = createFakeClock({ startMs: FROM_MS });
  const searching = { fromMs: FROM_MS, isIt: () => true, userId: US, send, clock, ...search };
  return searchMessages(CHANNEL, searching);
}

describe('a search', () => {
  test('a search without an end continues to the newest message', async () => {
    const { send, asked } = chatter(2999);

    expect(await find(send)).toHaveProperty('message.id');
    expect(asked()).toBe(30);
  });

  test('a search reports that there are more messages than it reads', async () => {
    const { send, asked } = chatter(3001);

    expect(await find(send)).toEqual({ kind: 'too-many' });
    expect(asked()).toBe(30);
  });

  test('a search stops at the end of its time span', async () => {
    const { send, asked } = chatter(3001);

    expect(await find(send, { toMs: FROM_MS + MINUTE })).toEqual({ kind: 'not-there' });
    expect(asked()).toBe(1);
  });

  test('a search distinguishes an unreadable channel from one with too many messages', async () => {
    const refusal = { code: 50_001, message: 'Missing Access' };
    const url = 'https://discord.example/api';
    const request = { files: undefined, body: undefined };
    const send: SendRequest = async () => {
      throw new DiscordAPIError(refusal, refusal.code, 403, 'GET', url, request);
    };

    expect(await find(send)).toEqual({ kind: 'unreadable' });
  });
});

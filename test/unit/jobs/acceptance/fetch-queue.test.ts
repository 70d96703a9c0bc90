import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { UserError } from '#src/errors.ts';
import { createFetchQueue, type FetchQueue } from '#src/jobs/acceptance/fetch-queue.ts';

import { createFakeClock } from '../../../fakes/clock.ts';

/** Requests that fetch until the test ends them. */
function orders(queue: FetchQueue) {
  const fetching = new Map<string, () => void>();
  const order = async (guildId: string, memberId: string, name = memberId): Promise<string> =>
    queue.run({ guildId, memberId, declaredBytes: 0 }, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      fetching.set(name, resolve);
      await promise;
      fetching.delete(name);
      return name;
    });
  return { order, fetching, end: (name: string) => fetching.get(name)?.() };
}

const settle = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the fetch queue', () => {
  test('a second request of a member waits for the first, and does not fail', async () => {
    const { order, fetching, end } = orders(createFetchQueue(createFakeClock()));
    const first = order('guild', 'alice', 'first');
    const second = order('guild', 'alice', 'second');
    await settle();
    expect([...fetching.keys()]).toEqual(['first']);

    end('first');
    expect(await first).toBe('first');
    await settle();
    expect([...fetching.keys()]).toEqual(['second']);
    end('second');
    expect(await second).toBe('second');
  });

  test('one server leaves slots to others, and all together are limited', async () => {
    const { order, fetching } = orders(createFetchQueue(createFakeClock()));
    const busy = Array.from({ length: 9 }, async (_, index) => order('busy', `busy${index}`));
    await settle();
    expect(fetching.size).toBe(4);
    const others = Array.from({ length: 5 }, async (_, index) => order(`g${index}`, `o${index}`));
    await settle();
    expect([...fetching.keys()].filter((name) => name.startsWith('o'))).toHaveLength(4);

    while (fetching.size > 0) {
      fetching.forEach((resolve) => resolve());
      await settle();
    }
    expect(await Promise.all([...busy, ...others])).toHaveLength(14);
  });

  test('a wait that times out ends with an explanation, and the slot goes to the next request', async () => {
    const clock = createFakeClock();
    const { order, fetching, end } = orders(createFetchQueue(clock));
    const first = order('guild', 'alice', 'first');
    const second = order('guild', 'alice', 'second');
    const refusal = second.catch((error: unknown) => error);
    await clock.advance(4 * MINUTE);
    expect(await refusal).toBeInstanceOf(UserError);
    await expect(second).rejects.toThrow('Too many files are being fetched right now');

    const third = order('guild', 'alice', 'third');
    end('first');
    await first;
    await settle();
    expect([...fetching.keys()]).toEqual(['third']);
    end('third');
    await third;
    expect(clock.sleeping).toBe(0);
  });

  test('a server that floods the bot with large files waits, and no other server does', async () => {
    const clock = createFakeClock();
    const queue = createFetchQueue(clock);
    const fetched: string[] = [];
    const order = async (guildId: string, index: number): Promise<void> =>
      queue.run({ guildId, memberId: `m${index}`, declaredBytes: 40_000_000 }, async () =>
        Promise.resolve(void fetched.push(guildId)),
      );
    const busy = Array.from({ length: 12 }, async (_, index) => order('busy', index));
    await settle();
    expect(fetched).toEqual(['busy', 'busy']);

    await order('quiet', 0);
    expect(fetched).toEqual(['busy', 'busy', 'quiet']);
    await clock.advance(MINUTE);
    await Promise.all(busy);
  });

  test('a failed request releases its slot', async () => {
    const queue = createFetchQueue(createFakeClock());
    const who = { guildId: 'guild', memberId: 'alice', declaredBytes: 0 };
    const failing = queue.run(who, async () => Promise.reject(new Error('unreadable')));

    await expect(failing).rejects.toThrow('unreadable');
    expect(await queue.run(who, async () => Promise.resolve('read'))).toBe('read');
  });
});

import { setImmediate } from 'node:timers/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FairSlots, inRounds } from '#src/fair-share.ts';

const first = (item: string): string => item[0] ?? '';

test('each key has its first before any has its second', () => {
  expect(inRounds(['a1', 'a2', 'a3', 'b1', 'c1', 'b2'], first)).toEqual([
    'a1',
    'b1',
    'c1',
    'a2',
    'b2',
    'a3',
  ]);
});

test('those who have some already come later', () => {
  expect(inRounds(['a1', 'a2', 'b1', 'b2'], first, new Map([['a', 1]]))).toEqual([
    'b1',
    'a1',
    'b2',
    'a2',
  ]);
});

test('nothing is lost, and each key keeps its order', () => {
  const items = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat()));
  const property = fc.property(items, (all) => {
    const rounds = inRounds(all, ([key]) => key);

    expect(rounds).toHaveLength(all.length);
    for (const key of ['a', 'b', 'c']) {
      const own = (some: typeof all) => some.filter((item) => item[0] === key);
      expect(own(rounds)).toEqual(own(all));
    }
  });
  fc.assert(property);
});

describe('slots', () => {
  /** Runs pieces of work named `<key><number>`, each until it is told to end. */
  function start(slots: FairSlots) {
    const begun: string[] = [];
    const ends = new Map<string, PromiseWithResolvers<void>>();
    const run = async (name: string): Promise<void> =>
      slots.run(first(name), async () => {
        begun.push(name);
        const end = Promise.withResolvers<void>();
        ends.set(name, end);
        await end.promise;
      });
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.resolve();
      await setImmediate();
    };
    return { begun, run, end, fail: (name: string) => ends.get(name)?.reject(new Error(name)) };
  }

  test('are given to so many at once, then to each key in turn', async () => {
    const { begun, run, end } = start(new FairSlots(2));
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map(async (name) => run(name));
    await setImmediate();
    expect(begun).toEqual(['a1', 'a2']);

    for (const name of ['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']) await end(name);

    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2']);
    await Promise.all(all);
  });

  test('are given back by work that fails', async () => {
    const { begun, run, end, fail } = start(new FairSlots(1));
    const failing = run('a1');
    const next = run('b1');
    await setImmediate();
    fail('a1');

    await expect(failing).rejects.toThrow('a1');
    expect(begun).toEqual(['a1', 'b1']);
    await end('b1');
    await next;
    await expect(new FairSlots(1).run('a', async () => 5)).resolves.toBe(5);
  });
});

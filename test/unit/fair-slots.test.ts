import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { FairSlots } from '#src/fair-slots.ts';

/** Takes as many slots as the holder may have. */
function fill(slots: FairSlots, holder: string): number {
  let taken = 0;
  while (slots.tryTake(holder)) taken += 1;
  return taken;
}

/** Work that lasts until the test ends it, in the order in which it started. */
function bench(slots: FairSlots) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    run(holder: string, name: string): Promise<void> {
      return slots.run(holder, async () => {
        started.push(name);
        const { promise, resolve } = Promise.withResolvers<void>();
        ends.set(name, resolve);
        await promise;
      });
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

describe('slots', () => {
  test('one holder that takes all it can never gets every slot', () => {
    const slots = new FairSlots(8);

    expect(['a', 'b', 'c', 'd', 'e'].map((holder) => fill(slots, holder))).toEqual([4, 2, 1, 1, 0]);
  });

  test('a single slot can go to any holder', () => {
    expect(fill(new FairSlots(1), 'a')).toBe(1);
  });

  test('a slot goes to the holder served least recently', () => {
    const slots = new FairSlots(1);
    const served: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const holder = slots.next(['a', 'b', 'c']) ?? '';
      slots.tryTake(holder);
      served.push(holder);
      slots.release(holder);
    }

    expect(served.join('')).toBe('abcabc');
  });

  test('a holder with as many slots as are free gets no more', () => {
    const slots = new FairSlots(4);
    fill(slots, 'a');

    expect(slots.next(['a'])).toBeUndefined();
    expect(slots.next(['a', 'b'])).toBe('b');
  });

  test('a newcomer always gets a slot, whatever was taken and released before', () => {
    const step = fc.record({ holder: fc.constantFrom('a', 'b', 'c'), isTaken: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 40 }), fc.array(step), (count, steps) => {
        const slots = new FairSlots(count);
        const held = new Map<string, number>();
        for (const { holder, isTaken } of steps) {
          const before = held.get(holder) ?? 0;
          if (isTaken && slots.tryTake(holder)) held.set(holder, before + 1);
          if (!isTaken && before > 0) {
            slots.release(holder);
            held.set(holder, before - 1);
          }
        }

        expect(slots.tryTake('newcomer')).toBe(true);
      }),
    );
  });
});

describe('work that runs in a slot', () => {
  test('another holder’s work starts at once when one holder has more work than slots', async () => {
    const { run, started } = bench(new FairSlots(4));
    for (let index = 0; index < 10; index += 1) void run('a', `a${index}`);
    void run('b', 'b0');
    await settle();

    expect(started).toEqual(['a0', 'a1', 'b0']);
  });

  test('waiting holders start in turn', async () => {
    const { run, started, end } = bench(new FairSlots(1));
    for (const name of ['a0', 'a1', 'a2', 'b0', 'c0']) void run(name.charAt(0), name);
    for (const name of ['a0', 'b0', 'c0', 'a1']) await end(name);

    expect(started).toEqual(['a0', 'b0', 'c0', 'a1', 'a2']);
  });

  test('failed work releases its slot', async () => {
    const slots = new FairSlots(1);

    await expect(slots.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(slots.tryTake('a')).toBe(true);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { inRounds } from '#src/fair-share.ts';

const first = (item: string): string => item[0] ?? '';

test('every key has its first item before any key has its second', () => {
  expect(inRounds(['a1', 'a2', 'a3', 'b1', 'c1', 'b2'], first)).toEqual([
    'a1',
    'b1',
    'c1',
    'a2',
    'b2',
    'a3',
  ]);
});

test('keys that already hold items come later', () => {
  expect(inRounds(['a1', 'a2', 'b1', 'b2'], first, new Map([['a', 1]]))).toEqual([
    'b1',
    'a1',
    'b2',
    'a2',
  ]);
});

test('no item is lost, and each key keeps its order', () => {
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

import { expect, test } from 'vitest';

import { HOUR } from '#src/clock.ts';
import { OncePerKind } from '#src/once-per-kind.ts';

import { createFakeClock } from '../builders/clock.ts';

test('a kind is due once in each interval, whatever else is due', async () => {
  const clock = createFakeClock();
  const kinds = new OncePerKind(clock, HOUR);

  expect([kinds.isDue('one'), kinds.isDue('one'), kinds.isDue('other')]).toEqual([
    true,
    false,
    true,
  ]);
  await clock.advance(HOUR / 2);
  expect([kinds.isDue('one'), kinds.isDue('third')]).toEqual([false, true]);
  await clock.advance(HOUR / 2);
  expect([kinds.isDue('one'), kinds.isDue('third')]).toEqual([true, false]);
});

test('more kinds than anybody reads are not due, and not kept', async () => {
  const clock = createFakeClock();
  const kinds = new OncePerKind(clock, HOUR);
  const due = Array.from({ length: 5000 }, (_, index) => kinds.isDue(`kind ${index}`));

  expect(due.filter(Boolean)).toHaveLength(1000);
  await clock.advance(HOUR);
  expect(kinds.isDue('kind 4999')).toBe(true);
});

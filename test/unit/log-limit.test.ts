import { expect, test } from 'vitest';

import { HOUR, MINUTE } from '#src/clock.ts';
import { createLogLimit } from '#src/log-limit.ts';

function limited() {
  const time = { ms: 1_000_000_000 };
  const clock = { now: () => time.ms, sleep: async () => Promise.resolve() };
  return { time, limit: createLogLimit(clock) };
}

test('a line is written once for each key, then at most hourly', () => {
  const { time, limit } = limited();

  expect([limit.isDue('a'), limit.isDue('a'), limit.isDue('b')]).toEqual([true, false, true]);
  time.ms += HOUR - 1;
  expect(limit.isDue('a')).toBe(false);
  time.ms += 1;
  expect([limit.isDue('a'), limit.isDue('a')]).toEqual([true, false]);
});

test('a clock that is set back silences nothing for hours', () => {
  const { time, limit } = limited();
  limit.isDue('a');

  time.ms -= 5 * HOUR;

  expect(limit.isDue('a')).toBe(true);
  time.ms += MINUTE;
  expect(limit.isDue('a')).toBe(false);
});

test('so many keys are kept, and no more', () => {
  const { limit } = limited();
  for (let key = 0; key <= 2_000; key += 1) limit.isDue(String(key));

  expect(limit.isDue('2000')).toBe(false);
  expect(limit.isDue('0')).toBe(true);
});

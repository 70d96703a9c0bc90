import { expect, test } from 'vitest';

import { HOUR, MINUTE } from '#src/clock.ts';
import { createLogLimit } from '#src/log-limit.ts';

function createLimit() {
  const time = { ms: 1_000_000_000 };
  const clock = { now: () => time.ms, sleep: async () => Promise.resolve() };
  return { time, limit: createLogLimit(clock) };
}

test('a log line is written once per key, then at most hourly', () => {
  const { time, limit } = createLimit();

  expect([limit.isDue('a'), limit.isDue('a'), limit.isDue('b')]).toEqual([true, false, true]);
  time.ms += HOUR - 1;
  expect(limit.isDue('a')).toBe(false);
  time.ms += 1;
  expect([limit.isDue('a'), limit.isDue('a')]).toEqual([true, false]);
});

test('setting the clock back does not silence a line for hours', () => {
  const { time, limit } = createLimit();
  limit.isDue('a');

  time.ms -= 5 * HOUR;

  expect(limit.isDue('a')).toBe(true);
  time.ms += MINUTE;
  expect(limit.isDue('a')).toBe(false);
});

test('each key has its own hour, whatever else is written', () => {
  const { time, limit } = createLimit();
  limit.isDue('a');
  time.ms += HOUR / 2;
  limit.isDue('b');
  time.ms += HOUR / 2;

  expect([limit.isDue('a'), limit.isDue('b')]).toEqual([true, false]);
});

test('keys beyond the log’s limit are written only an hour later', () => {
  const { time, limit } = createLimit();
  const due = Array.from({ length: 5_000 }, (_, key) => limit.isDue(String(key)));

  expect(due.filter(Boolean)).toHaveLength(2_000);
  time.ms += HOUR;
  expect(limit.isDue('4999')).toBe(true);
});

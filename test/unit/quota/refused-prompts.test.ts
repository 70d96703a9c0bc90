import { expect, test } from 'vitest';

import { DAY, HOUR } from '#src/clock.ts';
import { waitUntil } from '#src/quota/moderation/refused-prompts.ts';

test('four refusals are exempt', () => {
  expect(waitUntil([0, 1, 2, 3])).toBeUndefined();
});

test('the fifth refusal within 24 hours blocks for a day from then on', () => {
  expect(waitUntil([0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR])).toBe(4 * HOUR + DAY);
});

test('five refusals over a day or longer do not block', () => {
  expect(waitUntil([0, 1, 2, 3, DAY])).toBeUndefined();
  expect(waitUntil([0, 1, 2, 3, DAY - 1])).toBe(2 * DAY - 1);
});

test('videos already running when the block began can extend it', () => {
  expect(waitUntil([0, 1, 2, 3, 4, 10 * HOUR])).toBe(10 * HOUR + DAY);
});

test('a single refusal long after does not restore the block', () => {
  expect(waitUntil([0, 1, 2, 3, 4, 3 * DAY])).toBe(4 + DAY);
});

import { expect, test } from 'vitest';

import { isExactPosition, shownPosition } from '#src/jobs/queue/shown-position.ts';

test('small positions are exact, and large ones are rounded up', () => {
  expect([1, 9, 10, 11, 20, 21, 50, 51, 100, 101, 500, 501, 1_999].map(shownPosition)).toEqual([
    1, 9, 10, 20, 20, 30, 50, 100, 100, 150, 500, 1_000, 2_000,
  ]);
  expect([10, 20].map(isExactPosition)).toEqual([true, false]);
});

test('few displayed positions change when a long queue moves up by one', () => {
  const positions = Array.from({ length: 5_000 }, (_, index) => index + 2);

  const moved = positions.filter((at) => shownPosition(at) !== shownPosition(at - 1));

  expect(moved.length).toBeLessThanOrEqual(32);
});

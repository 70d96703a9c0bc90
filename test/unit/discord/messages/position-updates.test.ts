import { beforeEach, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { PositionUpdates } from '#src/discord/messages/position-updates.ts';

let nowMs: number;
let updates: PositionUpdates;

beforeEach(() => {
  nowMs = 10 * MINUTE;
  updates = new PositionUpdates({ now: () => nowMs });
});

const queueOf = (count: number): ReadonlyMap<string, number> =>
  new Map(Array.from({ length: count }, (_, index) => [`job${index + 1}`, index + 1]));
const drawDue = (): string[] => {
  const due = updates.due();
  for (const jobId of due) updates.drawn(jobId);
  return due;
};

test('only messages that show another position are updated, the nearest to its start first', () => {
  updates.set(
    new Map([
      ['last', 3],
      ['first', 1],
      ['same', 2],
    ]),
    new Map([
      ['last', 4],
      ['first', 2],
      ['same', 2],
      ['started', 1],
    ]),
  );

  expect(drawDue()).toEqual(['started', 'first', 'last']);
  expect(drawDue()).toEqual([]);
});

test('many positions are updated at 20 a second', () => {
  updates.set(queueOf(1_000), new Map());
  let drawn = drawDue().length;
  expect(drawn).toBe(20);
  expect(drawDue()).toEqual([]);

  for (let step = 0; step < 100; step += 1) {
    nowMs += SECOND / 10;
    drawn += drawDue().length;
  }

  expect(drawn).toBe(20 + 200);
});

test('a message that is drawn for another reason is not updated again', () => {
  updates.set(queueOf(3), new Map());
  updates.drawn('job1');
  updates.drawn('unknown');

  expect(drawDue()).toEqual(['job2', 'job3']);
});

test('a clock that is set back delays the updates by a second at most', () => {
  updates.set(queueOf(1_000), new Map());
  drawDue();
  nowMs -= 5 * MINUTE;

  expect(drawDue()).toHaveLength(20);
});

import { expect, test } from 'vitest';

import { ConnectionQueue } from '#src/storage/connection-queue.ts';

const TIMES = 20;

test('callers that waited for a later turn are part of the same turn', async () => {
  const events: string[] = [];
  const queue = new ConnectionQueue(() => events.push('turn end'));
  const use = async (name: string): Promise<void> => {
    await queue.acquire();
    events.push(name);
    queue.release();
  };
  for (let time = 0; time < TIMES; time += 1) {
    await queue.acquire();
    const waiting = [use('first'), use('second')];
    useUpTurn();
    queue.release();
    await Promise.all(waiting);
  }

  // On a slow machine, a turn can be over after one caller.
  const together = events.filter((name, at) => name === 'first' && events[at + 1] === 'second');
  expect(together.length).toBeGreaterThan(TIMES / 2);
});

function useUpTurn(): void {
  const untilMs = performance.now() + 10;
  while (performance.now() < untilMs);
}

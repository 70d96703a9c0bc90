import { expect, test } from 'vitest';

import { releaseStartMemory } from '#src/start-memory.ts';

const MEBIBYTE = 1024 * 1024;

/** Grows the heap by some 100 MiB, of which nothing is kept. */
function makeGarbage(): number {
  const garbage = Array.from({ length: 2_000_000 }, (_, index) => ({ index, next: index + 1 }));
  return garbage.length;
}

test('the memory of the start is given back', () => {
  makeGarbage();
  const before = process.memoryUsage().heapTotal;

  releaseStartMemory();

  expect(before - process.memoryUsage().heapTotal).toBeGreaterThan(50 * MEBIBYTE);
});

test('the bot’s own code cannot collect garbage afterwards', () => {
  releaseStartMemory();

  expect(Reflect.get(globalThis, 'gc')).toBeUndefined();
});

test('a large heap is left to V8, which would stop everything for long', () => {
  const kept = Array.from({ length: 6_000_000 }, (_, index) => ({ index, next: index + 1 }));
  const before = process.memoryUsage().heapTotal;

  releaseStartMemory();

  expect(process.memoryUsage().heapTotal).toBeGreaterThanOrEqual(before);
  expect(kept).toHaveLength(6_000_000);
});

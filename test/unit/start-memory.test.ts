import { spawnSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { releaseStartMemory } from '#src/start-memory.ts';

const MEBIBYTE = 1024 * 1024;
const MODULE = new URL('../../src/start-memory.ts', import.meta.url).href;

/**
 * Runs the code in a separate process, because what other tests left in the heap affects whether it is
 * collected at all.
 *
 * @returns the bytes by which the heap shrank
 */
function shrunkBy(prepare: string): number {
  const code = `
    import { releaseStartMemory } from ${JSON.stringify(MODULE)};
    const objects = (count) => Array.from({ length: count }, (_, index) => ({ index, next: index + 1 }));
    ${prepare}
    const before = process.memoryUsage().heapTotal;
    releaseStartMemory();
    console.log(before - process.memoryUsage().heapTotal);
    console.error(globalThis.kept?.length);
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  });
  return Number(stdout.trim() || Number.NaN);
}

test('the memory of the start is released', () => {
  // About 100 MiB, all of it garbage.
  expect(shrunkBy('objects(2_000_000);')).toBeGreaterThan(50 * MEBIBYTE);
});

test('the bot’s own code cannot collect garbage afterwards', () => {
  releaseStartMemory();

  expect(Reflect.get(globalThis, 'gc')).toBeUndefined();
});

test('a large heap is left to V8, because collecting it would pause everything for long', () => {
  expect(shrunkBy('globalThis.kept = objects(6_000_000);')).toBeLessThanOrEqual(0);
});

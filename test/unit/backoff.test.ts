import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { backoffMs, pauseLeftMs } from '#src/backoff.ts';
import { HOUR, SECOND } from '#src/clock.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');

describe('the rest of a pause', () => {
  test('the whole pause is left at its start, whatever its length', () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: HOUR, noNaN: true }), (waitMs) => {
        const leftMs = pauseLeftMs({ untilMs: NOW_MS + waitMs, waitMs }, NOW_MS);
        expect(leftMs).toBeCloseTo(waitMs, 2);
      }),
    );
  });

  test('nothing is left at the end of a pause, or after the clock was set back', () => {
    const pause = { untilMs: NOW_MS + SECOND, waitMs: SECOND };

    expect(pauseLeftMs(pause, NOW_MS + SECOND)).toBe(0);
    expect(pauseLeftMs(pause, NOW_MS - HOUR)).toBe(0);
  });
});

describe('an increasing backoff', () => {
  const policy = { firstMs: SECOND, maxMs: 60 * SECOND };

  test.each([
    [1, 0, 500],
    [1, 0.999, 1_000],
    [3, 0, 2_000],
    [40, 0, 30_000],
  ])('the backoff after %i failures with a random value of %d is %i ms', (attempt, random, ms) => {
    expect(Math.abs(backoffMs(policy, attempt, random) - ms)).toBeLessThanOrEqual(1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { planEncoding, type FitTarget } from '#src/media/ffmpeg/encode-plan.ts';

const MEBIBYTE = 1024 * 1024;

function aTarget(changed: Partial<FitTarget> = {}): FitTarget {
  return {
    maxBytes: 10 * MEBIBYTE,
    seconds: 10,
    width: 1920,
    height: 1080,
    hasAudio: true,
    ...changed,
  };
}

const anyTarget = fc.record({
  maxBytes: fc.integer({ min: 1, max: 500 * MEBIBYTE }),
  seconds: fc.double({ min: 0.1, max: 60, noNaN: true }),
  width: fc.integer({ min: 16, max: 4096 }),
  height: fc.integer({ min: 16, max: 4096 }),
  hasAudio: fc.boolean(),
});

describe('an encoding plan', () => {
  test('the plan keeps the size when there is space: 30 s at 1080p in the 10 MiB of any server', () => {
    expect(planEncoding(aTarget({ seconds: 30 }))).toMatchObject({ width: 1920, height: 1080 });
  });

  test.each([
    [2_000_000, 1920, 1080],
    [1_000_000, 1280, 720],
    [500_000, 854, 480],
  ])('the plan steps down when there is less space: %i bytes', (maxBytes, width, height) => {
    expect(planEncoding(aTarget({ maxBytes }))).toMatchObject({ width, height });
  });

  test('the plan keeps the proportions of upright and wide pictures', () => {
    const maxBytes = 1_000_000;

    expect(planEncoding(aTarget({ maxBytes, width: 1080, height: 1920 }))).toMatchObject({
      width: 720,
      height: 1280,
    });
    expect(planEncoding(aTarget({ maxBytes, width: 2206, height: 946 }))).toMatchObject({
      width: 1120,
      height: 480,
    });
  });

  test('the plan gives up when even the smallest picture would be ruined', () => {
    expect(planEncoding(aTarget({ maxBytes: 100_000 }))).toBe('cannot-fit');
  });

  test.each([{ seconds: 0 }, { seconds: Number.NaN }, { width: 0 }, { height: 0 }])(
    'the plan gives up when the file does not describe its video: %o',
    (unknown) => {
      expect(planEncoding(aTarget(unknown))).toBe('cannot-fit');
    },
  );

  test('the plan never promises more bits than there are, and never less than an acceptable picture', () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const plan = planEncoding(target);
        if (plan === 'cannot-fit') return;
        const { videoBitsPerSecond, audioBitsPerSecond, width, height } = plan;
        const bits = (videoBitsPerSecond + audioBitsPerSecond) * target.seconds;
        expect(bits).toBeLessThan(target.maxBytes * 8 * 0.98);
        expect(videoBitsPerSecond / (width * height * 24)).toBeGreaterThanOrEqual(0.025);
        expect(audioBitsPerSecond > 0).toBe(target.hasAudio);
        expect([width % 2, height % 2]).toEqual([0, 0]);
      }),
      { numRuns: 2000 },
    );
  });

  test('more space never leads to a smaller picture', () => {
    fc.assert(
      fc.property(anyTarget, fc.integer({ min: 1, max: MEBIBYTE }), (any, moreBytes) => {
        // Better sound may lower the picture by one step.
        const target = { ...any, hasAudio: false };
        const plan = planEncoding(target);
        if (plan === 'cannot-fit') return;
        const larger = planEncoding({ ...target, maxBytes: target.maxBytes + moreBytes });
        expect(larger === 'cannot-fit' ? 0 : larger.width).toBeGreaterThanOrEqual(plan.width);
      }),
    );
  });
});

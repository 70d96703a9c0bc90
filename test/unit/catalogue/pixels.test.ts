import { describe, expect, it, test } from 'vitest';

import { pixelSize, possibleSizes } from '#src/catalogue/pixels.ts';
import {
  FIXED_RATIOS,
  MODEL_IDS,
  RESOLUTIONS,
  type FixedRatio,
  type ModelId,
  type Resolution,
} from '#src/catalogue/request.ts';

const PUBLISHED = MODEL_IDS.flatMap((model) =>
  RESOLUTIONS.flatMap((resolution) =>
    FIXED_RATIOS.flatMap((ratio) => {
      const size = pixelSize(model, resolution, ratio);
      return size === undefined ? [] : [{ model, resolution, ratio, size }];
    }),
  ),
);

describe('pixel tables', () => {
  const cells: readonly [ModelId, Resolution, FixedRatio, string][] = [
    ['1.0-pro', '480p', '16:9', '864×480'],
    ['1.0-pro-fast', '720p', '3:4', '832×1120'],
    ['1.0-pro', '1080p', '21:9', '2176×928'],
    ['1.5-pro', '480p', '16:9', '864×496'],
    ['1.5-pro', '720p', '4:3', '1112×834'],
    ['1.5-pro', '1080p', '9:16', '1080×1920'],
    ['1.0-lite-t2v', '720p', '16:9', '1248×704'],
    ['1.0-lite-i2v', '480p', '4:3', '736×544'],
    ['2.0', '1080p', '21:9', '2206×946'],
    ['2.0-fast', '480p', '16:9', '864×496'],
    ['2.0-mini', '720p', '3:4', '834×1112'],
    ['2.5', '480p', '16:9', '854×480'],
    ['2.5', '720p', '16:9', '1280×720'],
    ['2.5', '1080p', '16:9', '1920×1080'],
  ];
  test.each(cells)('%s at %s %s is %s', (model, resolution, ratio, size) => {
    const { width, height } = pixelSize(model, resolution, ratio) ?? {};

    expect(`${width}×${height}`).toBe(size);
  });

  const turned: readonly [FixedRatio, FixedRatio][] = [
    ['16:9', '9:16'],
    ['4:3', '3:4'],
    ['1:1', '1:1'],
  ];
  test.each(turned)('%s is %s rotated, in every model whose sizes are published', (wide, tall) => {
    for (const model of MODEL_IDS.filter((id) => id !== '2.5')) {
      for (const resolution of RESOLUTIONS) {
        const { width, height } = pixelSize(model, resolution, wide) ?? {};
        expect(pixelSize(model, resolution, tall)).toEqual({ width: height, height: width });
      }
    }
  });

  it('every published size is within five per cent of its ratio', () => {
    for (const { ratio, size } of PUBLISHED) {
      const [across = 0, down = 1] = ratio.split(':').map(Number);
      expect(Math.abs(size.width / size.height / (across / down) - 1)).toBeLessThan(0.05);
    }
  });
});

describe('possible sizes', () => {
  it('a fixed ratio has one possible size', () => {
    expect(possibleSizes('1.5-pro', '720p', '16:9')).toEqual([{ width: 1280, height: 720 }]);
  });

  it('a resolution with no published size of its own can have every published size', () => {
    const sizes = possibleSizes('2.5', '720p', '4:3');

    const published = PUBLISHED.filter(({ resolution }) => resolution === '720p');
    expect(sizes).toEqual(expect.arrayContaining(published.map(({ size }) => size)));
  });

  it('an adaptive ratio can have every size of the resolution', () => {
    expect(possibleSizes('1.5-pro', '720p', 'adaptive')).toHaveLength(FIXED_RATIOS.length);
  });
});

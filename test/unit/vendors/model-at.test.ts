import { describe, expect, test } from 'vitest';

import { modelOf } from '#src/catalogue/models.ts';
import { MODEL_IDS } from '#src/catalogue/request.ts';
import { modelAt } from '#src/vendors/model-at.ts';

describe('a model as a vendor offers it', () => {
  test.each(MODEL_IDS.slice(0, 6))('%s is offered complete at BytePlus', (id) => {
    expect(modelAt('byteplus', id)).toEqual(modelOf(id));
  });

  test('a model that the vendor does not document is not offered', () => {
    expect(modelAt('kyyaipower', '2.0-mini')).toBeUndefined();
    expect(modelAt('nobody', '2.0')).toBeUndefined();
  });

  test('an offered model lacks what the vendor does not pass on', () => {
    expect(modelAt('kyyaipower', '2.0')).toMatchObject({
      resolutions: ['720p'],
      canMakeAudio: false,
      canChooseLength: false,
      canSetWatermark: false,
      canTakeSeed: false,
    });
    expect(modelAt('kyyaipower', '2.0')?.modes.references).toBeUndefined();
  });

  test('an offered model has the ratios that the vendor can name, one of them by default', () => {
    const { modes } = modelAt('aimlapi', '2.0') ?? {};

    expect(modes?.['first-frame']).toMatchObject({ defaultRatio: '16:9' });
    expect(modes?.['first-frame']?.ratios).not.toContain('adaptive');
    expect(modelAt('aimlapi', '1.0-pro')?.modes.text).toMatchObject({ ratios: ['16:9'] });
  });

  test('an offered model has the lengths that the vendor lists', () => {
    expect(modelAt('aimlapi', '1.0-pro')?.seconds).toEqual({ least: 5, most: 10, step: 5 });
    expect(modelAt('aimlapi', '1.5-pro')?.seconds).toEqual({ least: 4, most: 12, step: 1 });
  });

  test('an offered model accepts no more references than the vendor', () => {
    const { references } = modelAt('aimlapi', '2.5')?.modes ?? {};

    expect(references).toMatchObject({
      mostImages: 9,
      clips: {
        maxCount: 3,
        maxSecondsTogether: 30,
        maxSoundSecondsTogether: 15,
        videoPixels: { least: 409_600, most: 927_408 },
      },
    });
  });

  test('an offered model reads HEIC pictures when the vendor accepts them', () => {
    expect(modelAt('kyyaipower', '2.0')?.canReadHeif).toBe(false);
    expect(modelAt('kyyaipower', '1.5-pro')?.canReadHeif).toBe(true);
    expect(modelAt('aimlapi', '2.0')?.canReadHeif).toBe(true);
  });
});

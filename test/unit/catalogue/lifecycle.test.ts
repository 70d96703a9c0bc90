import { describe, expect, test } from 'vitest';

import { isRetiredUpstream, isValidAt } from '#src/catalogue/lifecycle.ts';
import { offersOf, validOffers } from '#src/catalogue/prices/prices.ts';
import { MODEL_IDS, type ModelId } from '#src/catalogue/request.ts';
import { VENDOR_NAMES, type VendorName } from '#src/catalogue/vendors.ts';

const DAY = 86_400_000;
const LITE = ['1.0-lite-t2v', '1.0-lite-i2v'] as const;
const LITE_ENDS_MS = Date.parse('2026-05-13T00:00:00Z');
const PRO_1_5_ENDS_MS = Date.parse('2026-11-11T00:00:00Z');

function offeredAt(vendor: VendorName, nowMs: number): readonly string[] {
  return Object.keys(validOffers(offersOf(vendor), nowMs));
}

describe('an offer', () => {
  test.each([
    ['before its start', { fromMs: 10, untilMs: 20 }, 9, false],
    ['at its start', { fromMs: 10, untilMs: 20 }, 10, true],
    ['just before its end', { fromMs: 10, untilMs: 20 }, 19, true],
    ['at its end', { fromMs: 10, untilMs: 20 }, 20, false],
    ['without an end', { fromMs: 10 }, Number.MAX_SAFE_INTEGER, true],
    ['without a start', { untilMs: 20 }, 0, true],
    ['without either', {}, 0, true],
  ] as const)('%s is valid or not', (_name, validity, nowMs, expected) => {
    expect(isValidAt(validity, nowMs)).toBe(expected);
  });

  test.each(['byteplus', 'volcengine', 'ark'] as const)(
    'of 1.5-pro at %s ends with 2026-11-10',
    (vendor) => {
      expect(offeredAt(vendor, PRO_1_5_ENDS_MS - 1)).toContain('1.5-pro');
      expect(offeredAt(vendor, PRO_1_5_ENDS_MS)).not.toContain('1.5-pro');
    },
  );

  test.each(LITE)('of %s at Volcengine ends with 2026-05-12', (model) => {
    expect(offeredAt('volcengine', LITE_ENDS_MS - 1)).toContain(model);
    expect(offeredAt('volcengine', LITE_ENDS_MS)).not.toContain(model);
  });

  test.each([
    ['azerion', ['1.5-pro', '1.0-lite-i2v']],
    ['kyyaipower', ['1.5-pro']],
    ['powertokens', ['1.5-pro']],
    ['pixazo', LITE],
    ['aimlapi', ['1.5-pro', ...LITE]],
  ] as const)('of a retired model at %s stays while its document lists it', (vendor, models) => {
    const later = offeredAt(vendor, PRO_1_5_ENDS_MS + 30 * DAY);

    expect(later.filter((model) => isRetired(model, PRO_1_5_ENDS_MS))).toEqual(models);
  });
});

describe('the order of models', () => {
  test('is that of preference, with those that ByteDance has retired at its end', () => {
    expect(MODEL_IDS).toEqual([
      '2.0-mini',
      '1.0-pro-fast',
      '1.0-pro',
      '2.0-fast',
      '2.0',
      '2.5',
      '1.5-pro',
      ...LITE,
    ]);
    const retired = MODEL_IDS.filter((model) => isRetiredUpstream(model, PRO_1_5_ENDS_MS));
    expect(retired).toEqual(MODEL_IDS.slice(-retired.length));
  });

  test.each(VENDOR_NAMES)('leaves %s something to offer after every retirement', (vendor) => {
    expect(offeredAt(vendor, PRO_1_5_ENDS_MS + DAY)).not.toEqual([]);
  });
});

function isRetired(model: string, nowMs: number): boolean {
  return MODEL_IDS.some((id: ModelId) => id === model && isRetiredUpstream(id, nowMs));
}

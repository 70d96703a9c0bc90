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
  ] as const)(
    'an offer is valid from its start until just before its end: %s',
    (_name, validity, nowMs, expected) => {
      expect(isValidAt(validity, nowMs)).toBe(expected);
    },
  );

  test.each(['byteplus', 'volcengine', 'ark'] as const)(
    'the offer of 1.5-pro at %s ends after 2026-11-10',
    (vendor) => {
      expect(offeredAt(vendor, PRO_1_5_ENDS_MS - 1)).toContain('1.5-pro');
      expect(offeredAt(vendor, PRO_1_5_ENDS_MS)).not.toContain('1.5-pro');
    },
  );

  test.each(LITE)('the offer of %s at Volcengine ends after 2026-05-12', (model) => {
    expect(offeredAt('volcengine', LITE_ENDS_MS - 1)).toContain(model);
    expect(offeredAt('volcengine', LITE_ENDS_MS)).not.toContain(model);
  });

  test.each([
    ['azerion', ['1.5-pro', '1.0-lite-i2v']],
    ['kyyaipower', ['1.5-pro']],
    ['powertokens', ['1.5-pro']],
    ['pixazo', LITE],
    ['aimlapi', ['1.5-pro', ...LITE]],
  ] as const)(
    '%s keeps offering a retired model while its documentation lists it',
    (vendor, models) => {
      const later = offeredAt(vendor, PRO_1_5_ENDS_MS + 30 * DAY);

      expect(later.filter((model) => isRetired(model, PRO_1_5_ENDS_MS))).toEqual(models);
    },
  );
});

describe('the order of models', () => {
  test('models are ordered by preference, with those retired by ByteDance last', () => {
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

  test.each(VENDOR_NAMES)('%s still has offers after every retirement', (vendor) => {
    expect(offeredAt(vendor, PRO_1_5_ENDS_MS + DAY)).not.toEqual([]);
  });
});

function isRetired(model: string, nowMs: number): boolean {
  return MODEL_IDS.some((id: ModelId) => id === model && isRetiredUpstream(id, nowMs));
}

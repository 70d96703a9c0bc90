import { expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { systemClock } from '#src/clock.ts';
import { createVendors } from '#src/vendors/registry.ts';

import { recordingLogger } from './misbehaving-server.ts';

const ACCOUNT = { apiKey: 'key', baseUrl: 'http://127.0.0.1:9/api/v3' };

test('each key has one adapter, in the order of preference, with the ids of its vendor', () => {
  const accounts = new Map<VendorName, typeof ACCOUNT>([
    ['powertokens', ACCOUNT],
    ['byteplus', ACCOUNT],
  ]);

  const vendors = createVendors(accounts, {
    logger: recordingLogger().logger,
    clock: systemClock,
    wireModelsOf: (name) => ({ '1.0-pro': `${name}-pro` }),
  });

  expect(vendors.map((vendor) => [vendor.name, vendor.wireModel('1.0-pro')])).toEqual([
    ['powertokens', 'powertokens-pro'],
    ['byteplus', 'byteplus-pro'],
  ]);
  expect(vendors[0]?.wireModel('1.5-pro')).toBeUndefined();
});

test('a model that the vendor does not offer is refused without a call', async () => {
  const [vendor] = createVendors(new Map([['ark', ACCOUNT]]), {
    logger: recordingLogger().logger,
    clock: systemClock,
    wireModelsOf: () => ({}),
  });

  const call = vendor?.start({
    request: {
      model: '1.5-pro',
      prompt: 'a crab',
      resolution: '480p',
      ratio: '16:9',
      length: { unit: 'seconds', seconds: 5 },
      seed: 1,
      hasWatermark: false,
      inputs: [],
    },
    inputs: [],
    safetyIdentifier: 'member',
    expiresAfterSeconds: 170_000,
  });

  await expect(call).rejects.toMatchObject({ kind: 'rejected', isDefinite: true });
});

import { expect, test } from 'vitest';

import { VendorError } from '#src/errors.ts';
import { countCalls, type VendorCall } from '#src/metrics/vendor-calls.ts';

import { createFakeClock } from '../../fakes/clock.ts';
import { aRequest } from '../../fakes/job.ts';
import { createFakeVendor } from '../../fakes/vendor.ts';

const SUBMISSION = {
  request: aRequest(),
  inputs: [],
  safetyIdentifier: 'hash',
  expiresAfterSeconds: 170_000,
};

function createCountedVendor(options: Partial<Parameters<typeof createFakeVendor>[0]> = {}) {
  const vendor = createFakeVendor({ clock: createFakeClock(), ...options });
  const calls: VendorCall[] = [];
  return { vendor, calls, seen: countCalls(vendor, (call) => calls.push(call)) };
}

function outcomes(calls: readonly VendorCall[]): string[] {
  return calls.map(({ vendor, operation, outcome }) => `${vendor} ${operation} ${outcome}`);
}

test('every call reaches the vendor, and is counted once with its outcome', async () => {
  const { vendor, calls, seen } = createCountedVendor();

  const handle = await seen.start(SUBMISSION);
  await seen.check(handle);
  await seen.checkMany?.check([handle]);
  await seen.findCreatedBetween?.({ fromMs: 0, toMs: 1 });
  await seen.cancel?.(handle);

  expect(vendor.calls.map(({ call }) => call)).toEqual([
    'start',
    'check',
    'checkMany',
    'find',
    'cancel',
  ]);
  expect(outcomes(calls)).toEqual([
    'byteplus start ok',
    'byteplus check ok',
    'byteplus check-many ok',
    'byteplus find ok',
    'byteplus cancel ok',
  ]);
});

test('a refusal is counted by its kind and rethrown unchanged', async () => {
  const { vendor, calls, seen } = createCountedVendor();
  const refusal = new VendorError({
    vendor: 'byteplus',
    kind: 'out-of-funds',
    operation: 'create',
    isDefinite: true,
  });
  vendor.creates.push(() => Promise.reject(refusal));

  await expect(seen.start(SUBMISSION)).rejects.toBe(refusal);
  expect(outcomes(calls)).toEqual(['byteplus start out-of-funds']);
});

test('an unexpected error counts as a fault, and the bot’s own abort as aborted', async () => {
  const { vendor, calls, seen } = createCountedVendor();
  const fails = () => Promise.reject(new TypeError('oops'));
  vendor.creates.push(fails, fails);

  await expect(seen.start(SUBMISSION)).rejects.toThrow('oops');
  await expect(seen.start(SUBMISSION, AbortSignal.abort())).rejects.toThrow('oops');
  expect(outcomes(calls)).toEqual(['byteplus start fault', 'byteplus start aborted']);
});

test('a counted vendor lacks the same optional functions as the vendor itself', () => {
  const { seen } = createCountedVendor({ canList: false, canCancel: false });

  expect(seen.checkMany).toBeUndefined();
  expect(seen.findCreatedBetween).toBeUndefined();
  expect(seen.cancel).toBeUndefined();
});

test('a counted vendor has the same name, rate limit and models as the vendor itself', () => {
  const { vendor, seen } = createCountedVendor();

  expect(seen.name).toBe(vendor.name);
  expect(seen.cadence).toBe(vendor.cadence);
  expect(seen.wireModel('1.0-pro')).toBe(vendor.wireModel('1.0-pro'));
  expect(seen.checkMany?.most).toBe(vendor.checkMany?.most);
});

/**
 * What every vendor adapter must do, whatever its dialect: one exported function that takes a vendor on
 * loopback and a way to create the adapter. A new dialect calls it from its own test file.
 */
import { describe, expect, test } from 'vitest';

import { useBench, type VendorSubject } from './bench.ts';
import { testCancelling } from './contract-cancelling.ts';
import { testCapabilities } from './contract-capabilities.ts';
import { testCreating } from './contract-creating.ts';
import { testFaults } from './contract-faults.ts';
import { testListing } from './contract-listing.ts';
import { testPolling } from './contract-polling.ts';
import { testRefusals } from './contract-refusals.ts';
import { testVariants } from './contract-variants.ts';

export function vendorContract(subject: VendorSubject): void {
  describe(`${subject.title ?? subject.name} keeps the vendor contract`, () => {
    const bench = useBench(subject);
    const { routes, cadence } = bench.capabilities;
    const canList = routes.list !== undefined;
    const canCancel = routes.cancel !== undefined;

    test('a vendor has exactly its expected routes', async () => {
      const { vendor } = await bench.stage();

      expect(vendor.name).toBe(subject.name);
      expect(vendor.cadence).toEqual(cadence);
      expect(vendor.cancel !== undefined).toBe(canCancel);
      expect(vendor.checkMany !== undefined).toBe(canList);
      expect(vendor.findCreatedBetween !== undefined).toBe(canList);
    });

    describe('capabilities', () => {
      testCapabilities(bench);
    });
    describe('creating tasks', () => {
      testCreating(bench);
    });
    describe('polling tasks', () => {
      testPolling(bench);
    });
    describe('refusals', () => {
      testRefusals(bench);
    });
    describe('variants', () => {
      testVariants(bench);
    });
    describe('faults', () => {
      testFaults(bench);
    });
    describe.runIf(canList)('listing', () => {
      testListing(bench);
    });
    describe.runIf(canCancel)('cancelling', () => {
      testCancelling(bench);
    });
  });
}

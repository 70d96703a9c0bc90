/**
 * What every vendor adapter must do, whatever its dialect: one exported function that takes a vendor on
 * loopback and a way to create the adapter. A new dialect calls it from its own test file.
 */
import { describe, expect, test } from 'vitest';

import { useBench, type VendorSubject } from './bench.ts';
import { cancelling } from './contract-cancelling.ts';
import { capabilities } from './contract-capabilities.ts';
import { making } from './contract-creating.ts';
import { faults } from './contract-faults.ts';
import { listing } from './contract-listing.ts';
import { looking } from './contract-polling.ts';
import { refusals } from './contract-refusals.ts';
import { variants } from './contract-variants.ts';

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
      capabilities(bench);
    });
    describe('creating tasks', () => {
      making(bench);
    });
    describe('polling tasks', () => {
      looking(bench);
    });
    describe('refusals', () => {
      refusals(bench);
    });
    describe('variants', () => {
      variants(bench);
    });
    describe('faults', () => {
      faults(bench);
    });
    describe.runIf(canList)('listing', () => {
      listing(bench);
    });
    describe.runIf(canCancel)('cancelling', () => {
      cancelling(bench);
    });
  });
}

/**
 * What every vendor adapter must do, whatever its dialect: one exported function, given a vendor on
 * loopback and a way to make the adapter. A new dialect calls it from its own test file.
 */
import { describe, expect, test } from 'vitest';

import { useBench, type VendorSubject } from './bench.ts';
import { cancelling } from './contract-cancelling.ts';
import { faults } from './contract-faults.ts';
import { listing } from './contract-listing.ts';
import { looking } from './contract-looking.ts';
import { making } from './contract-making.ts';
import { refusals } from './contract-refusals.ts';

export function vendorContract(subject: VendorSubject): void {
  describe(`${subject.name} keeps the vendor contract`, () => {
    const bench = useBench(subject);

    test('It has the abilities it is said to have, and no others', async () => {
      const { vendor } = await bench.stage();

      expect(vendor.name).toBe(subject.name);
      expect(vendor.cancel !== undefined).toBe(subject.abilities.canCancel);
      expect(vendor.checkMany !== undefined).toBe(subject.abilities.canList);
      expect(vendor.findCreatedBetween !== undefined).toBe(subject.abilities.canList);
    });

    const { canList, canCancel } = subject.abilities;
    describe('making', () => {
      making(bench);
    });
    describe('looking', () => {
      looking(bench);
    });
    describe('refusals', () => {
      refusals(bench);
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

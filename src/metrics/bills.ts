/** Counts bills above their hold. */
import { Counter, type Registry } from 'prom-client';

import { billAboveHold } from '../jobs/record/bill.ts';
import type { JobListener } from '../jobs/record/transition.ts';

export function countBills(registry: Registry): JobListener {
  const bills = new Counter({
    name: 'seedance_vendor_bills_above_hold_total',
    help: 'Finished tasks for which a vendor claims more than was held; an implausible claim is booked at the hold.',
    labelNames: ['vendor', 'model', 'claim'],
    registers: [registry],
  });
  return (after, before) => {
    const bill = billAboveHold(after, before);
    if (bill === undefined) return;
    const { vendor, model, claimedCredits } = bill;
    bills.inc({ vendor, model, claim: claimedCredits === undefined ? 'booked' : 'implausible' });
  };
}

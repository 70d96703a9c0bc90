import { Registry } from 'prom-client';
import { expect, test } from 'vitest';

import { countBills } from '#src/metrics/bills.ts';

import { aJob } from '../../fakes/job.ts';

test('bills above their hold are counted by vendor, model and plausibility', async () => {
  const registry = new Registry();
  const count = countBills(registry);
  const running = aJob({ state: 'running', holdCredits: 30 });
  const succeeded = aJob({ state: 'succeeded', holdCredits: 30 });

  count({ ...succeeded, billedCredits: 31 }, running);
  count({ ...succeeded, billedCredits: 30, claimedCredits: 9000 }, running);
  count({ ...succeeded, billedCredits: 30 }, running);
  count({ ...succeeded, billedCredits: 31 }, succeeded);

  const text = await registry.metrics();
  const name = 'seedance_vendor_bills_above_hold_total{vendor="byteplus",model="1.0-pro",claim=';
  expect(text).toContain(`${name}"booked"} 1`);
  expect(text).toContain(`${name}"implausible"} 1`);
});

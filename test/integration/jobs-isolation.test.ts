/** A vendor that hangs, or a server with much work, delays no other. */
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { VendorName } from '#src/catalogue/vendors.ts';
import { SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { JobsSetup, type Process } from '../fakes/jobs-setup.ts';
import { hangs } from '../fakes/vendor.ts';

const MANY = 60;

let setup: JobsSetup;
let process: Process;

beforeEach(async () => {
  const renderMs = 10 * SECOND;
  setup = await JobsSetup.open({
    vendors: [
      { name: 'byteplus', renderMs },
      { name: 'powertokens', renderMs },
    ],
  });
  process = setup.start();
});
afterEach(async () => {
  process.kill();
  await setup.close();
});

async function order(onlyVendor: VendorName, guildId: string, memberId: string): Promise<Job> {
  return process.jobs.accept({ ...setup.anOrder({ place: { guildId, memberId } }), onlyVendor });
}

/** As many requests as needed, each from another member. */
async function orderMany(onlyVendor: VendorName, guildId: string): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let count = 0; count < MANY; count += 1) {
    jobs.push(await order(onlyVendor, guildId, `member${count}`));
  }
  return jobs;
}

async function stateOf({ id }: Job): Promise<string> {
  return (await setup.find(id)).state;
}

async function isStored({ id }: Job): Promise<boolean> {
  return (await setup.find(id)).video !== undefined;
}

test('a vendor whose create calls hang delays no create call at another', async () => {
  const [hanging] = setup.vendors;
  for (let count = 0; count < MANY; count += 1) {
    hanging?.creates.push(hangs);
  }
  const stuck = await orderMany('byteplus', 'guild');
  await setup.clock.advance(SECOND);
  const other = await order('powertokens', 'guild', 'zoe');
  await setup.clock.advance(SECOND);

  expect(await stateOf(other)).toBe('queued');
  const states = await Promise.all(stuck.map(stateOf));
  expect(states.filter((state) => state === 'submitting')).toHaveLength(8);
});

test('a vendor whose downloads hang delays no download from another', async () => {
  setup.outside.hangs = (url) => url.includes('byteplus');
  // From many servers, so that none of them uses up its share.
  for (let count = 0; count < MANY; count += 1) {
    await order('byteplus', `guild${count % 10}`, `member${count}`);
  }
  await setup.clock.advance(30 * SECOND);
  const other = await order('powertokens', 'guild0', 'zoe');
  await setup.clock.advance(30 * SECOND);

  expect(await isStored(other)).toBe(true);
});

test('a server with many videos delays no download of another server', async () => {
  const many = await orderMany('byteplus', 'many');
  setup.outside.hangs = (url) => Number(/task-(\d+)/.exec(url)?.[1]) <= many.length;
  await setup.clock.advance(30 * SECOND);
  const other = await order('byteplus', 'one', 'zoe');
  await setup.clock.advance(30 * SECOND);

  expect(await isStored(other)).toBe(true);
});

/** The hold never exceeds the confirmed price. */
import { afterEach, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { text } from '#src/text/text.ts';

import { JobsSetup } from '../fakes/jobs-setup.ts';

const CREDITS = 26;

let setup: JobsSetup;
afterEach(() => setup.close());

test('a job with a confirmed price holds that price', async () => {
  setup = await JobsSetup.open();
  const { jobs } = setup.create();

  const job = await jobs.accept({ ...setup.anOrder(), agreedCredits: CREDITS });

  expect(job.holdCredits).toBe(CREDITS);
});

test('a job that no vendor makes for the confirmed price is refused without a hold', async () => {
  setup = await JobsSetup.open();
  const { jobs } = setup.create();

  await expect(jobs.accept({ ...setup.anOrder(), agreedCredits: CREDITS - 1 })).rejects.toEqual(
    new UserError(text('orders:risenSinceAsked')),
  );
  expect(await setup.credits()).toEqual({ held: 0, used: 0 });
});

/** The hold never exceeds the confirmed price. */
import { afterEach, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { text } from '#src/text/text.ts';

import { JobsRoom } from '../fakes/jobs-setup.ts';

const CREDITS = 26;

let room: JobsRoom;
afterEach(() => room.close());

test('a job with a confirmed price holds that price', async () => {
  room = await JobsRoom.open();
  const { jobs } = room.create();

  const job = await jobs.accept({ ...room.anOrder(), agreedCredits: CREDITS });

  expect(job.holdCredits).toBe(CREDITS);
});

test('a job that no vendor makes for the confirmed price is refused without a hold', async () => {
  room = await JobsRoom.open();
  const { jobs } = room.create();

  await expect(jobs.accept({ ...room.anOrder(), agreedCredits: CREDITS - 1 })).rejects.toEqual(
    new UserError(text('orders:risenSinceAsked')),
  );
  expect(await room.credits()).toEqual({ held: 0, used: 0 });
});

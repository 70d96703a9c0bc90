/** Who has said yes to a price is held for that much, and never for more. */
import { afterEach, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { text } from '#src/text/text.ts';

import { JobsRoom } from '../fakes/jobs-setup.ts';

const CREDITS = 26;

let room: JobsRoom;
afterEach(() => room.close());

test('an order at the price agreed on is held at that', async () => {
  room = await JobsRoom.open();
  const { jobs } = room.create();

  const job = await jobs.accept({ ...room.anOrder(), agreedCredits: CREDITS });

  expect(job.holdCredits).toBe(CREDITS);
});

test('an order that nobody makes for the price agreed on is refused, and nothing is held', async () => {
  room = await JobsRoom.open();
  const { jobs } = room.create();

  await expect(jobs.accept({ ...room.anOrder(), agreedCredits: CREDITS - 1 })).rejects.toEqual(
    new UserError(text('orders:risenSinceAsked')),
  );
  expect(await room.credits()).toEqual({ held: 0, used: 0 });
});

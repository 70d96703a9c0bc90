import { afterEach, beforeEach, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/job.ts';

import { JobsRoom } from '../builders/jobs-room.ts';
import { losesAnswer, takes } from '../builders/vendor.ts';

const COUNT = 20;

let room: JobsRoom;
let accepted: Job[];
beforeEach(async () => {
  room = await JobsRoom.open();
  const { jobs } = room.create();
  accepted = [];
  for (let count = 0; count < COUNT; count += 1) accepted.push(await jobs.accept(room.anOrder()));
});
afterEach(async () => room.close());

/** How many create calls there were, how many jobs have a task, and how many different ones. */
async function tally(): Promise<{ creates: number; owners: number; tasks: number }> {
  const taskIds = (await room.allJobs()).flatMap(({ submissions }) => submissions[0]?.taskId ?? []);
  const creates = room.vendor.count('start');
  return { creates, owners: taskIds.length, tasks: new Set(taskIds).size };
}
const ONE_EACH = { creates: COUNT, owners: COUNT, tasks: COUNT };

test('two processes on one database make one create call for each job', async () => {
  room.start();
  room.start();

  await room.untilStored(...accepted);

  expect(await tally()).toEqual(ONE_EACH);
});

test('also when the create calls take their time, which the other takes for lost', async () => {
  room.vendor.creates.push(...accepted.map(() => takes(3 * SECOND, room.clock)));
  room.start();
  room.start();

  await room.untilStored(...accepted);

  expect(room.vendor.count('find')).toBeLessThan(COUNT / 2);
  expect(await tally()).toEqual(ONE_EACH);
});

test('also when answers are lost and both search', async () => {
  room.vendor.creates.push(losesAnswer, losesAnswer, losesAnswer);
  room.start();
  room.start();

  await room.untilStored(...accepted);

  expect(await tally()).toEqual(ONE_EACH);
});

test('when one of them is killed the other goes on', async () => {
  const first = room.start();
  room.start();
  await room.until('running', ...accepted);

  first.kill();
  await room.untilStored(...accepted);

  expect(await tally()).toEqual(ONE_EACH);
});

test('of two that change a job at once one does, the other is told', async () => {
  const first = room.create();
  const second = room.create();
  const [job] = accepted;
  if (job === undefined) throw new Error('there is one');

  const outcomes = await Promise.all(
    [first, second].map(async ({ jobs }) => jobs.transition(job, { type: 'cancelled' })),
  );

  expect(outcomes.map((after) => after?.state)).toEqual(['cancelled', undefined]);
  expect((await room.find(job.id)).version).toBe(job.version + 1);
  await room.clock.advance(MINUTE);
  expect(await room.credits()).toEqual({ held: (COUNT - 1) * 26, used: 0 });
});

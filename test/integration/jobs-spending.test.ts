/** A button press counts once: at the same time or later, in one process or in two. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import type { Order } from '#src/jobs/acceptance/accept-job.ts';
import {
  AlreadySpent,
  forgetSpendings,
  type Spending,
  type SpendingKind,
} from '#src/jobs/acceptance/spending.ts';
import type { Job, JobState } from '#src/jobs/record/job.ts';
import type { JobEvent } from '#src/jobs/record/state-machine.ts';

import { databaseKinds } from '../databases/database.ts';
import { aSubmission } from '../fakes/job.ts';
import { JobsSetup, type Process } from '../fakes/jobs-setup.ts';

const TAKEN: readonly JobEvent[] = [
  { type: 'submission-started', submission: aSubmission() },
  { type: 'submitted', taskId: 'task1', expectedAtMs: undefined },
];
const RUNNING: readonly JobEvent[] = [...TAKEN, { type: 'vendor-running' }];
const SUCCEEDED: readonly JobEvent[] = [
  ...RUNNING,
  { type: 'vendor-succeeded', result: { videoUrl: 'https://v.example/1.mp4' }, billedCredits: 1 },
];

/** The events that lead a job to each state. */
const LIVES: ReadonlyArray<{ state: JobState; events: readonly JobEvent[] }> = [
  { state: 'accepted', events: [] },
  { state: 'submitting', events: TAKEN.slice(0, 1) },
  { state: 'queued', events: TAKEN },
  { state: 'running', events: RUNNING },
  { state: 'succeeded', events: SUCCEEDED },
  {
    state: 'delivered',
    events: [...SUCCEEDED, { type: 'delivered', as: 'video', messageId: '1' }],
  },
  { state: 'failed', events: [{ type: 'gave-up', failure: { reason: 'vendor-unavailable' } }] },
  { state: 'cancelled', events: [{ type: 'cancelled' }] },
  { state: 'expired', events: [...TAKEN, { type: 'vendor-expired' }] },
];

function isFailed(state: JobState): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'expired';
}

const ALICE = 'alice';
const FINAL: Spending = { kind: 'final', subject: 'draft1' };

describe.each(databaseKinds())('a button press on %s', (kind) => {
  let setup: JobsSetup;
  beforeEach(async () => {
    setup = await JobsSetup.open({ kind });
  });
  afterEach(async () => setup.close());

  const order = (spending: Spending, memberId = ALICE): Order => ({
    ...setup.anOrder({ place: { memberId } }),
    spendings: [spending],
  });

  async function walk(process: Process, { id }: Job, events: readonly JobEvent[]): Promise<void> {
    for (const event of events) {
      // oxlint-disable-next-line no-await-in-loop -- events come one after the other
      const job = await setup.store.find(id);
      // oxlint-disable-next-line no-await-in-loop -- the same
      if (job !== undefined) await process.jobs.transition(job, event);
    }
  }

  async function heldJobs(): Promise<number> {
    return (await setup.quota.openHolds(setup.database)).length;
  }

  test.each<SpendingKind>(['confirmation', 'final', 'retry', 'again'])(
    'a press of kind %s accepts one job, however often two processes receive it at once',
    async (of) => {
      const processes = [setup.create(), setup.create()];
      const presses = Array.from({ length: 5 }, () => processes).flat();

      const outcomes = await Promise.allSettled(
        presses.map(async ({ jobs }) => jobs.accept(order({ kind: of, subject: 'one' }))),
      );

      const [job, ...more] = await setup.allJobs();
      expect(more).toEqual([]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const refusals = outcomes.flatMap((outcome): unknown[] =>
        outcome.status === 'rejected' ? [outcome.reason] : [],
      );
      for (const refusal of refusals) {
        expect(refusal).toBeInstanceOf(AlreadySpent);
        expect(refusal).toMatchObject({ job: { id: job?.id } });
      }
      expect(await heldJobs()).toBe(2);
    },
  );

  test('a refused press is not used up', async () => {
    const { jobs } = setup.create();
    const tooLittle = { ...order(FINAL), agreedCredits: 1 };
    await expect(jobs.accept(tooLittle)).rejects.toThrow('price has risen');

    expect(await jobs.findSpent(FINAL, ALICE)).toBeUndefined();
    await expect(jobs.accept(order(FINAL))).resolves.toBeDefined();
  });

  test('presses are distinguished by kind, subject and member', async () => {
    const { jobs } = setup.create();
    await jobs.accept(order(FINAL));

    await jobs.accept(order({ ...FINAL, subject: 'draft2' }));
    await jobs.accept(order({ ...FINAL, kind: 'retry' }));
    await jobs.accept(order(FINAL, 'bob'));

    expect(await setup.allJobs()).toHaveLength(4);
  });

  test.each(LIVES.filter(({ state }) => !isFailed(state)))(
    'a press on Make final does nothing while its final is $state',
    async ({ events }) => {
      const process = setup.create();
      const { jobs } = process;
      const first = await jobs.accept(order(FINAL));
      await walk(process, first, events);

      await expect(jobs.accept(order(FINAL))).rejects.toThrow(AlreadySpent);
      expect((await jobs.findSpent(FINAL, ALICE))?.id).toBe(first.id);
    },
  );

  test.each(LIVES.filter(({ state }) => isFailed(state)))(
    'a press on Make final makes another once the final is $state',
    async ({ events }) => {
      const process = setup.create();
      const { jobs } = process;
      await walk(process, await jobs.accept(order(FINAL)), events);
      expect(await jobs.findSpent(FINAL, ALICE)).toBeUndefined();

      const second = await jobs.accept(order(FINAL));

      await expect(jobs.accept(order(FINAL))).rejects.toMatchObject({ job: { id: second.id } });
      expect(await setup.allJobs()).toHaveLength(2);
    },
  );

  test.each<SpendingKind>(['confirmation', 'retry'])(
    'a press on %s stays used up, even after a failure',
    async (of) => {
      const process = setup.create();
      const { jobs } = process;
      const first = await jobs.accept(order({ kind: of, subject: 'one' }));
      await walk(process, first, [{ type: 'cancelled' }]);
      await setup.clock.advance(MINUTE);

      await expect(jobs.accept(order({ kind: of, subject: 'one' }))).rejects.toThrow(AlreadySpent);
    },
  );

  test('a press on Again counts once within 5 s, and then as a new one', async () => {
    const again: Spending = { kind: 'again', subject: 'card' };
    const { jobs } = setup.create();
    await jobs.accept(order(again));
    await setup.clock.advance(4_999);
    await expect(jobs.accept(order(again))).rejects.toThrow(AlreadySpent);

    await setup.clock.advance(1);
    await jobs.accept(order(again));
    await setup.clock.advance(4 * SECOND);
    await expect(jobs.accept(order(again))).rejects.toThrow(AlreadySpent);

    expect(await setup.allJobs()).toHaveLength(2);
  });

  test('presses are forgotten together with their buttons', async () => {
    const { jobs } = setup.create();
    await jobs.accept(order(FINAL));
    await setup.clock.advance(MINUTE);
    await jobs.accept(order({ ...FINAL, subject: 'draft2' }));

    await forgetSpendings(setup.database, setup.clock.now() - SECOND);

    expect(await jobs.findSpent(FINAL, ALICE)).toBeUndefined();
    expect(await jobs.findSpent({ ...FINAL, subject: 'draft2' }, ALICE)).toBeDefined();
  });

  test('a repeated press without enough credits is answered as repeated, not as too expensive', async () => {
    await setup.close();
    setup = await JobsSetup.open({ kind, limits: { defaultGuildCredits: 30 } });
    const { jobs } = setup.create();
    await jobs.accept(order(FINAL));

    await expect(jobs.accept(order(FINAL))).rejects.toThrow(AlreadySpent);
  });
});

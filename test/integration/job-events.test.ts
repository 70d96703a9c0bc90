import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { databaseKinds } from '../databases/database.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';
import { aRefusal } from '../fakes/vendor.ts';

describe.each(databaseKinds())('the history of a job on %s', (kind) => {
  let setup: JobsSetup;
  beforeEach(async () => {
    setup = await JobsSetup.open({ kind, vendors: [{ queuedMs: 2 * MINUTE }] });
  });
  afterEach(async () => setup.close());

  async function eventsOf(job: Pick<Job, 'id'>) {
    return setup.database
      .selectFrom('job_events')
      .selectAll()
      .where('job_id', '=', job.id)
      .orderBy('version')
      .orderBy('at')
      .orderBy('event_key')
      .execute();
  }

  const words = (events: Awaited<ReturnType<typeof eventsOf>>): string[] =>
    events.map(({ kind: name, from_state: from, to_state: to }) =>
      to === null ? name : `${name}: ${from ?? 'nothing'} → ${to}`,
    );

  test('the history has a row for each transition, and one for the first sight of a queued task', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder({ request: { prompt: 'a secret whale' } }));
    await setup.untilStored(job);
    await jobs.transition(await setup.find(job.id), {
      type: 'delivered',
      as: 'video',
      messageId: 'shown',
    });

    const events = await eventsOf(job);
    expect(words(events)).toEqual([
      'accepted: nothing → accepted',
      'submission-started: accepted → submitting',
      'submitted: submitting → queued',
      'vendor-queued',
      'vendor-running: queued → running',
      'vendor-succeeded: running → succeeded',
      'video-stored',
      'delivered: succeeded → delivered',
    ]);
    expect(events.at(-1)).toMatchObject({ vendor: 'byteplus', task_id: expect.any(String) });
    expect(JSON.stringify(events)).not.toMatch(/secret whale|https?:/);
  });

  test('the history has the amounts and measurements of each step, for support', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.untilStored(job);
    const { video } = await setup.find(job.id);
    await jobs.transition(await setup.find(job.id), { type: 'delivery-marked', marker: '200' });
    const last = { type: 'delivered', as: 'video', messageId: 'shown' } as const;
    const { holdCredits, billedCredits, costCredits, submissions } =
      (await jobs.transition(await setup.find(job.id), last)) ?? job;
    const [submission] = submissions;
    const details = new Map(
      (await eventsOf(job)).map(({ kind: name, detail }) => [
        name,
        detail === null ? undefined : JSON.parse(detail),
      ]),
    );

    expect(details.get('accepted')).toEqual({ holdCredits, model: job.request.model });
    expect(details.get('submission-started')).toEqual({
      holdCredits,
      price: submission?.price,
      expiresAfterSeconds: submission?.expiresAfterSeconds,
    });
    expect(details.get('vendor-succeeded')).toEqual({
      holdCredits,
      costCredits,
      billedCredits,
      tokens: 100_000,
      seconds: 5,
    });
    expect(billedCredits).toBe(25);
    const { bytes, width, height, seconds } = video ?? { bytes: undefined };
    expect(details.get('video-stored')).toEqual({ bytes, width, height, seconds });
    expect(details.get('delivery-marked')).toEqual({ channelId: '200' });
    expect(details.get('delivered')).toEqual({ as: 'video', messageId: 'shown', costCredits });
    expect(details.get('vendor-running')).toBeUndefined();
  });

  test('the history names the vendor and the reason of a refusal', async () => {
    setup.vendor.failures.set('start', aRefusal('moderated'));
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    const refused = (await eventsOf(job)).find(({ kind: name }) => name === 'submission-refused');
    expect(JSON.parse(refused?.detail ?? '')).toMatchObject({
      refusedAs: 'moderated',
      reason: 'moderated-input',
    });
  });

  test('the history has the cancel request before the transition that it caused', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    await jobs.cancel(await setup.find(job.id));

    const kinds = (await eventsOf(job)).map(({ kind: name }) => name);
    expect(kinds.indexOf('cancel-requested')).toBeGreaterThan(kinds.indexOf('submitted'));
    expect(kinds.at(-1)).toBe('vendor-cancelled');
  });

  test('status calls without news add no rows, in any number of processes', async () => {
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until('queued', job);
    await setup.clock.advance(MINUTE);
    first.kill();
    const second = setup.start();
    await setup.clock.advance(MINUTE / 2);
    await second.jobs.stop();

    const kinds = (await eventsOf(job)).map(({ kind: name }) => name);
    expect(kinds.filter((name) => name === 'vendor-queued')).toHaveLength(1);
  });

  test('a transition lost to another process leaves no row', async () => {
    const { jobs } = setup.create();
    const job = await jobs.accept(setup.anOrder());
    await jobs.transition(job, { type: 'cancelled' });

    expect(await jobs.transition(job, { type: 'server-left' })).toBeUndefined();

    expect(words(await eventsOf(job))).toEqual([
      'accepted: nothing → accepted',
      'cancelled: accepted → cancelled',
    ]);
  });
});

import { stat } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { UnexpectedContentError } from '#src/media/download/downloads.ts';

import { readAll } from '../fakes/bytes.ts';
import { pngImage } from '../fakes/images.ts';
import { JobsSetup } from '../fakes/jobs-setup.ts';

const HOLD = 26;
const COST = 25;

let setup: JobsSetup;
beforeEach(async () => {
  setup = await JobsSetup.open();
});
afterEach(async () => setup.close());

describe('a job from its request to the finished video', () => {
  test('a job passes through every state once, each announced with the one before', async () => {
    const { jobs } = setup.create();
    const seen: string[] = [];
    jobs.onChange((after, before) => {
      seen.push(`${before?.state ?? 'nothing'} → ${after.state}`);
      expect(after.version).toBe((before?.version ?? 0) + 1);
    });
    jobs.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.untilStored(job);

    expect(seen).toEqual([
      'nothing → accepted',
      'accepted → submitting',
      'submitting → queued',
      'queued → running',
      'running → succeeded',
      'succeeded → succeeded',
    ]);
    expect(setup.vendor.count('start')).toBe(1);
  });

  test('a job holds its price at once, is billed by the vendor, and is paid on delivery', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    expect(job.holdCredits).toBe(HOLD);
    expect(await setup.credits()).toEqual({ held: HOLD, used: 0 });

    await setup.until('running', job);
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);

    await setup.untilStored(job);
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'billed', credits: COST }]);
    expect(await setup.credits()).toEqual({ held: HOLD, used: 0 });

    await jobs.transition(await setup.find(job.id), {
      type: 'delivered',
      as: 'video',
      messageId: 'new',
    });
    expect(await setup.credits()).toEqual({ held: 0, used: COST });
  });

  test('the vendor receives exactly what was requested, without a name from Discord', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder({ request: { prompt: 'a whale', seed: 7 } }));
    await setup.until('queued', job);

    const { submission } = setup.vendor.onlyTask();

    expect(submission.request).toEqual(job.request);
    const { expiresAfterSeconds } = (await setup.find(job.id)).submissions[0] ?? {};
    expect(submission.expiresAfterSeconds).toBe(expiresAfterSeconds);
    expect(submission.safetyIdentifier).not.toContain('alice');
  });

  test('the pictures are stored and sent byte for byte', async () => {
    const picture = pngImage();
    setup.outside.pictures.set('https://cdn.example/1.png', picture);
    const { jobs } = setup.start();
    const url = 'https://cdn.example/1.png';
    const attachments = [
      { role: 'first_frame', url, fileName: '1.png', declaredBytes: 9 },
    ] as const;
    const request = { inputs: ['first_frame' as const] };
    const job = await jobs.accept(setup.anOrder({ attachments, request }));
    await setup.until('queued', job);

    const [input] = setup.vendor.onlyTask().submission.inputs;

    expect(job.inputs).toMatchObject([{ role: 'first_frame', mimeType: 'image/png', width: 640 }]);
    const sent = input && (await readAll(await input.open()));
    expect(sent?.equals(picture)).toBe(true);
  });

  test('the video is stored on the disk together with its facts', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    await setup.untilStored(job);

    const { video } = await setup.find(job.id);

    expect(video).toMatchObject({ file: expect.stringContaining(job.id), bytes: 1000 });
    expect(video?.width).toBeGreaterThan(0);
    expect((await stat(setup.files.path(video?.file ?? ''))).size).toBeGreaterThan(1000);
  });

  test('the due time is known once three similar jobs are done', async () => {
    const { jobs } = setup.start();
    const earlier = [];
    for (let count = 0; count < 3; count += 1) earlier.push(await jobs.accept(setup.anOrder()));
    await setup.untilStored(...earlier);

    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);

    const { expectedAtMs = 0, stateSinceMs } = await setup.find(job.id);
    expect(expectedAtMs - stateSinceMs).toBeGreaterThanOrEqual(65 * SECOND);
    expect(expectedAtMs - stateSinceMs).toBeLessThanOrEqual(70 * SECOND);
  });
});

describe('a refused request', () => {
  const expectNothing = async (): Promise<void> => {
    expect(await setup.allJobs()).toEqual([]);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.files.list()).toEqual([]);
    expect(setup.vendor.calls).toEqual([]);
  };

  test('a request refused for its picture leaves nothing behind', async () => {
    setup.outside.pictures.set('https://cdn.example/good.png', pngImage());
    setup.outside.pictures.set('https://cdn.example/bad.png', Buffer.from('this is text'));
    const attachments = (['first_frame', 'last_frame'] as const).map((role, at) => {
      const url = `https://cdn.example/${at === 0 ? 'good' : 'bad'}.png`;
      return { role, url, fileName: 'x.png', declaredBytes: 9 };
    });
    const { jobs } = setup.start();

    await expect(jobs.accept(setup.anOrder({ attachments }))).rejects.toMatchObject({
      kind: 'user',
    });

    await setup.clock.advance(10 * SECOND);
    await expectNothing();
  });

  test('a request refused for its price leaves nothing behind', async () => {
    await setup.close();
    setup = await JobsSetup.open({ limits: { defaultGuildCredits: HOLD - 1 } });
    setup.outside.pictures.set('https://cdn.example/1.png', pngImage());
    const { jobs } = setup.start();
    const url = 'https://cdn.example/1.png';
    const attachments = [
      { role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 },
    ] as const;

    await expect(jobs.accept(setup.anOrder({ attachments }))).rejects.toMatchObject({
      kind: 'quota-exceeded',
    });

    await setup.clock.advance(10 * SECOND);
    await expectNothing();
  });

  test('a request for a model that nobody offers is refused with a list of those available', async () => {
    const { jobs } = setup.create([]);

    await expect(jobs.accept(setup.anOrder())).rejects.toThrow(/1\.0-pro is not available here/);
  });

  test('an interaction that already has a job gets no second hold', async () => {
    const { jobs } = setup.start();
    const order = setup.anOrder();

    const outcomes = await Promise.allSettled([jobs.accept(order), jobs.accept(order)]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await setup.allJobs()).toHaveLength(1);
    expect(await setup.credits()).toEqual({ held: HOLD, used: 0 });
    await setup.clock.advance(10 * SECOND);
    expect(setup.vendor.count('start')).toBe(1);
  });
});

describe('jobs after a restart', () => {
  test.each(['queued', 'running'] as const)('a %s job continues after a restart', async (state) => {
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until(state, job);
    await first.jobs.stop();

    setup.start();
    await setup.untilStored(job);

    expect(setup.vendor.count('start')).toBe(1);
  });

  test('accepted jobs are submitted after a restart, oldest first', async () => {
    const idle = setup.create();
    const accepted: Job[] = [];
    for (let count = 0; count < 5; count += 1) {
      accepted.push(await idle.jobs.accept(setup.anOrder({ request: { seed: count } })));
      await setup.clock.advance(SECOND);
    }
    expect(setup.vendor.calls).toEqual([]);

    setup.start();
    await setup.until('queued', ...accepted);

    const seeds = [...setup.vendor.tasks.values()].map(({ submission }) => submission.request.seed);
    expect(seeds).toEqual([0, 1, 2, 3, 4]);
  });

  test('a finished video that was not copied yet is copied after a restart', async () => {
    const first = setup.create();
    first.jobs.onChange((job) => {
      if (job.state === 'succeeded') first.kill();
    });
    first.jobs.start();
    const job = await first.jobs.accept(setup.anOrder());
    await setup.until('succeeded', job);
    await setup.clock.advance(MINUTE);
    expect(setup.outside.downloads).toEqual([]);

    setup.start();
    await setup.untilStored(job);

    expect(setup.outside.downloads).toHaveLength(1);
  });
});

describe('a finished video', () => {
  test('a video that cannot be fetched is retried, far less often than its link allows', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    setup.outside.downloadFailures.push(...Array.from({ length: 500 }, () => new Error('cut')));
    await setup.until('succeeded', job);

    await setup.clock.advance(120 * MINUTE);
    const tries = setup.outside.downloads.length;
    setup.outside.downloadFailures.length = 0;
    await setup.untilStored(job);

    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(30);
  });

  test('a video whose link expired is lost: the member is refunded, and the vendor ledger keeps the bill', async () => {
    const first = setup.start();
    const job = await first.jobs.accept(setup.anOrder());
    setup.outside.downloadFailures.push(new Error('cut'));
    await setup.until('succeeded', job);
    await first.jobs.stop();
    await setup.clock.advance(DAY + MINUTE);

    setup.start();
    await setup.until('expired', job);

    expect((await setup.find(job.id)).failure).toEqual({ reason: 'video-lost' });
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect(await setup.book(job)).toEqual([{ vendor: 'byteplus', state: 'billed', credits: COST }]);
  });

  test('a video that is a file of another kind is given up after five minutes', async () => {
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());
    const isPicture = () => new UnexpectedContentError('image/png');
    setup.outside.downloadFailures.push(...Array.from({ length: 500 }, isPicture));
    await setup.until('expired', job);

    expect(setup.outside.downloads.length).toBeGreaterThan(5);
    expect(setup.outside.downloads.length).toBeLessThan(15);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });
});

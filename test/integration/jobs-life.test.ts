import { stat } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { UnexpectedContentError } from '#src/media/download/downloads.ts';

import { readAll } from '../fakes/bytes.ts';
import { pngImage } from '../fakes/images.ts';
import { JobsRoom } from '../fakes/jobs-setup.ts';

const HOLD = 26;
const COST = 25;

let room: JobsRoom;
beforeEach(async () => {
  room = await JobsRoom.open();
});
afterEach(async () => room.close());

describe('a job from its request to the finished video', () => {
  test('a job passes through every state once, each announced with the one before', async () => {
    const { jobs } = room.create();
    const seen: string[] = [];
    jobs.onChange((after, before) => {
      seen.push(`${before?.state ?? 'nothing'} → ${after.state}`);
      expect(after.version).toBe((before?.version ?? 0) + 1);
    });
    jobs.start();

    const job = await jobs.accept(room.anOrder());
    await room.untilStored(job);

    expect(seen).toEqual([
      'nothing → accepted',
      'accepted → submitting',
      'submitting → queued',
      'queued → running',
      'running → succeeded',
      'succeeded → succeeded',
    ]);
    expect(room.vendor.count('start')).toBe(1);
  });

  test('a job holds its price at once, is billed by the vendor, and is paid on delivery', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    expect(job.holdCredits).toBe(HOLD);
    expect(await room.credits()).toEqual({ held: HOLD, used: 0 });

    await room.until('running', job);
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'open', credits: HOLD }]);

    await room.untilStored(job);
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'billed', credits: COST }]);
    expect(await room.credits()).toEqual({ held: HOLD, used: 0 });

    await jobs.transition(await room.find(job.id), {
      type: 'delivered',
      as: 'video',
      messageId: 'new',
    });
    expect(await room.credits()).toEqual({ held: 0, used: COST });
  });

  test('the vendor receives exactly what was requested, without a name from Discord', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder({ request: { prompt: 'a whale', seed: 7 } }));
    await room.until('queued', job);

    const { submission } = room.vendor.onlyTask();

    expect(submission.request).toEqual(job.request);
    const { expiresAfterSeconds } = (await room.find(job.id)).submissions[0] ?? {};
    expect(submission.expiresAfterSeconds).toBe(expiresAfterSeconds);
    expect(submission.safetyIdentifier).not.toContain('alice');
  });

  test('the pictures are stored and sent byte for byte', async () => {
    const picture = pngImage();
    room.outside.pictures.set('https://cdn.example/1.png', picture);
    const { jobs } = room.start();
    const url = 'https://cdn.example/1.png';
    const attachments = [
      { role: 'first_frame', url, fileName: '1.png', declaredBytes: 9 },
    ] as const;
    const request = { inputs: ['first_frame' as const] };
    const job = await jobs.accept(room.anOrder({ attachments, request }));
    await room.until('queued', job);

    const [input] = room.vendor.onlyTask().submission.inputs;

    expect(job.inputs).toMatchObject([{ role: 'first_frame', mimeType: 'image/png', width: 640 }]);
    const sent = input && (await readAll(await input.open()));
    expect(sent?.equals(picture)).toBe(true);
  });

  test('the video is stored on the disk together with its facts', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    await room.untilStored(job);

    const { video } = await room.find(job.id);

    expect(video).toMatchObject({ file: expect.stringContaining(job.id), bytes: 1000 });
    expect(video?.width).toBeGreaterThan(0);
    expect((await stat(room.files.path(video?.file ?? ''))).size).toBeGreaterThan(1000);
  });

  test('the due time is known once three similar jobs are done', async () => {
    const { jobs } = room.start();
    const earlier = [];
    for (let count = 0; count < 3; count += 1) earlier.push(await jobs.accept(room.anOrder()));
    await room.untilStored(...earlier);

    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);

    const { expectedAtMs = 0, stateSinceMs } = await room.find(job.id);
    expect(expectedAtMs - stateSinceMs).toBeGreaterThanOrEqual(65 * SECOND);
    expect(expectedAtMs - stateSinceMs).toBeLessThanOrEqual(70 * SECOND);
  });
});

describe('a refused request', () => {
  const expectNothing = async (): Promise<void> => {
    expect(await room.allJobs()).toEqual([]);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
    expect(await room.files.list()).toEqual([]);
    expect(room.vendor.calls).toEqual([]);
  };

  test('a request refused for its picture leaves nothing behind', async () => {
    room.outside.pictures.set('https://cdn.example/good.png', pngImage());
    room.outside.pictures.set('https://cdn.example/bad.png', Buffer.from('this is text'));
    const attachments = (['first_frame', 'last_frame'] as const).map((role, at) => {
      const url = `https://cdn.example/${at === 0 ? 'good' : 'bad'}.png`;
      return { role, url, fileName: 'x.png', declaredBytes: 9 };
    });
    const { jobs } = room.start();

    await expect(jobs.accept(room.anOrder({ attachments }))).rejects.toMatchObject({
      kind: 'user',
    });

    await room.clock.advance(10 * SECOND);
    await expectNothing();
  });

  test('a request refused for its price leaves nothing behind', async () => {
    await room.close();
    room = await JobsRoom.open({ limits: { defaultGuildCredits: HOLD - 1 } });
    room.outside.pictures.set('https://cdn.example/1.png', pngImage());
    const { jobs } = room.start();
    const url = 'https://cdn.example/1.png';
    const attachments = [
      { role: 'first_frame', url, fileName: 'x.png', declaredBytes: 9 },
    ] as const;

    await expect(jobs.accept(room.anOrder({ attachments }))).rejects.toMatchObject({
      kind: 'quota-exceeded',
    });

    await room.clock.advance(10 * SECOND);
    await expectNothing();
  });

  test('a request for a model that nobody offers is refused with a list of those available', async () => {
    const { jobs } = room.create([]);

    await expect(jobs.accept(room.anOrder())).rejects.toThrow(/1\.0-pro is not available here/);
  });

  test('an interaction that already has a job gets no second hold', async () => {
    const { jobs } = room.start();
    const order = room.anOrder();

    const outcomes = await Promise.allSettled([jobs.accept(order), jobs.accept(order)]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await room.allJobs()).toHaveLength(1);
    expect(await room.credits()).toEqual({ held: HOLD, used: 0 });
    await room.clock.advance(10 * SECOND);
    expect(room.vendor.count('start')).toBe(1);
  });
});

describe('after a restart', () => {
  test.each(['queued', 'running'] as const)('a %s job continues after a restart', async (state) => {
    const first = room.start();
    const job = await first.jobs.accept(room.anOrder());
    await room.until(state, job);
    await first.jobs.stop();

    room.start();
    await room.untilStored(job);

    expect(room.vendor.count('start')).toBe(1);
  });

  test('accepted jobs are submitted after a restart, oldest first', async () => {
    const idle = room.create();
    const accepted: Job[] = [];
    for (let count = 0; count < 5; count += 1) {
      accepted.push(await idle.jobs.accept(room.anOrder({ request: { seed: count } })));
      await room.clock.advance(SECOND);
    }
    expect(room.vendor.calls).toEqual([]);

    room.start();
    await room.until('queued', ...accepted);

    const seeds = [...room.vendor.tasks.values()].map(({ submission }) => submission.request.seed);
    expect(seeds).toEqual([0, 1, 2, 3, 4]);
  });

  test('a finished video that was not copied yet is copied after a restart', async () => {
    const first = room.create();
    first.jobs.onChange((job) => {
      if (job.state === 'succeeded') first.kill();
    });
    first.jobs.start();
    const job = await first.jobs.accept(room.anOrder());
    await room.until('succeeded', job);
    await room.clock.advance(MINUTE);
    expect(room.outside.downloads).toEqual([]);

    room.start();
    await room.untilStored(job);

    expect(room.outside.downloads).toHaveLength(1);
  });
});

describe('a finished video', () => {
  test('a video that cannot be fetched is retried, far less often than its link allows', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    room.outside.downloadFailures.push(...Array.from({ length: 500 }, () => new Error('cut')));
    await room.until('succeeded', job);

    await room.clock.advance(120 * MINUTE);
    const tries = room.outside.downloads.length;
    room.outside.downloadFailures.length = 0;
    await room.untilStored(job);

    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(30);
  });

  test('a video whose link expired is lost: the member is refunded, and the vendor ledger keeps the bill', async () => {
    const first = room.start();
    const job = await first.jobs.accept(room.anOrder());
    room.outside.downloadFailures.push(new Error('cut'));
    await room.until('succeeded', job);
    await first.jobs.stop();
    await room.clock.advance(DAY + MINUTE);

    room.start();
    await room.until('expired', job);

    expect((await room.find(job.id)).failure).toEqual({ reason: 'video-lost' });
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
    expect(await room.book(job)).toEqual([{ vendor: 'byteplus', state: 'billed', credits: COST }]);
  });

  test('a video that is a file of another kind is given up after five minutes', async () => {
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());
    const isPicture = () => new UnexpectedContentError('image/png');
    room.outside.downloadFailures.push(...Array.from({ length: 500 }, isPicture));
    await room.until('expired', job);

    expect(room.outside.downloads.length).toBeGreaterThan(5);
    expect(room.outside.downloads.length).toBeLessThan(15);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });
});

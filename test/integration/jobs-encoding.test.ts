/** The stage that re-encodes videos: servers alternate, each video is encoded once, and each ends. */
import { writeFile } from 'node:fs/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';
import { createEncoder } from '#src/discord/messages/encoder.ts';
import type { JobWorker } from '#src/jobs/job-worker.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';
import type { VideoFitter } from '#src/media/ffmpeg/fit-video.ts';
import { FfmpegError } from '#src/media/ffmpeg/run-ffmpeg.ts';
import { DiskFullError } from '#src/media/files/disk.ts';

import { databaseKinds } from '../databases/database.ts';
import { JobsSetup, type Process } from '../fakes/jobs-setup.ts';
import { killableClock } from '../fakes/killable-process.ts';

const LIMIT = 1000;
const ENCODING_MS = 10 * SECOND;

describe.each(databaseKinds())('videos that wait to be re-encoded: %s', (kind) => {
  let setup: JobsSetup;
  /** The stored names of the videos that were begun, in order. */
  let begun: string[];
  let failure: Error | undefined;
  let isInstalled: boolean;
  let encoders: JobWorker[];

  beforeEach(async () => {
    setup = await JobsSetup.open({ kind });
    begun = [];
    failure = undefined;
    isInstalled = true;
    encoders = [];
  });
  afterEach(async () => {
    await Promise.all(encoders.map(async (encoder) => encoder.stop()));
    await setup.close();
  });

  /** Takes ten seconds per video, and writes a file of half the permitted size. */
  function fitter(death?: AbortSignal): Pick<VideoFitter, 'fit' | 'concurrency' | 'isAvailable'> {
    const clock = death === undefined ? setup.clock : killableClock(setup.clock, death);
    return {
      concurrency: 1,
      isAvailable: async () => isInstalled,
      async fit(input, output, { maxBytes, signal }) {
        begun.push(nameIn(input));
        await clock.sleep(ENCODING_MS, signal);
        signal?.throwIfAborted();
        if (failure !== undefined) throw failure;
        await put(nameIn(output), new Uint8Array(maxBytes / 2));
        return { bytes: maxBytes / 2, width: 2, height: 2 };
      },
    };
  }

  async function put(name: string, bytes: Uint8Array): Promise<void> {
    await setup.files.withDraft('videos', async (path) => {
      await writeFile(path, bytes);
      await setup.files.putInPlace(path, name);
    });
  }

  function nameIn(path: string): string {
    return path.slice(setup.folder.length + 1);
  }

  function startEncoder({ jobs, leases }: Process, death?: AbortSignal): JobWorker {
    const encoder = createEncoder({
      store: setup.store,
      leases,
      files: setup.files,
      fitter: fitter(death),
      transition: jobs.transition,
      clock: death === undefined ? setup.clock : killableClock(setup.clock, death),
      logger: createLogger('silent'),
    });
    if (death === undefined) encoders.push(encoder);
    encoder.start();
    return encoder;
  }

  /** A job whose delivery has requested an encoding. */
  async function waiting({ jobs }: Process, guildId = 'guild'): Promise<Job> {
    const accepted = await jobs.accept(setup.anOrder({ place: { guildId } }));
    const file = `videos/${accepted.id}.mp4`;
    await put(file, new Uint8Array(LIMIT + 1));
    const nowMs = setup.clock.now();
    const job: Job = {
      ...accepted,
      version: 2,
      state: 'succeeded',
      stateSinceMs: nowMs,
      result: { videoUrl: 'https://videos.example/1.mp4', succeededAtMs: nowMs },
      video: { file, bytes: LIMIT + 1, width: 1280, height: 720, seconds: 5 },
    };
    await setup.database
      .transaction()
      .execute(async (transaction) => setup.store.replace(transaction, accepted, job));
    await setup.clock.advance(1);
    const wanted = { kind: 'whole', maxBytes: LIMIT } as const;
    const asking = await jobs.transition(job, { type: 'encoding-wanted', wanted });
    if (asking === undefined) throw new Error('nobody else has moved it');
    return asking;
  }

  test('a video waiting for encoding is not delivered yet, and its state is shown', async () => {
    const job = await waiting(setup.create());

    expect(await setup.store.toDeliver(5)).toEqual([]);
    expect((await setup.store.behind(5)).map(({ id }) => id)).toEqual([job.id]);
  });

  test('videos are encoded, and delivered afterwards', async () => {
    const process = setup.create();
    const { id } = await waiting(process);
    startEncoder(process);
    await setup.clock.advance(ENCODING_MS + MINUTE);

    const [job] = await setup.store.toDeliver(5);
    expect(job?.encodings).toMatchObject([
      {
        kind: 'whole',
        maxBytes: LIMIT,
        made: { file: `videos/${id}-at-most-1000.mp4`, bytes: 500 },
      },
    ]);
    expect(job?.wantedEncoding).toBeUndefined();
    expect(await setup.store.toEncode(5)).toEqual([]);
    expect(begun).toHaveLength(1);
  });

  test('servers alternate, oldest video first in each', async () => {
    const process = setup.create();
    const guilds = ['a', 'a', 'a', 'a', 'b', 'b', 'c'];
    const jobs: Job[] = [];
    for (const guildId of guilds) jobs.push(await waiting(process, guildId));
    startEncoder(process);
    await setup.clock.advance(guilds.length * (ENCODING_MS + SECOND));

    const order = begun.map((file) => jobs.findIndex(({ video }) => video?.file === file));
    expect(order).toEqual([0, 4, 6, 1, 5, 2, 3]);
  });

  test('a server that comes later waits for one video of the others at most', async () => {
    const process = setup.create();
    for (let count = 0; count < 10; count += 1) await waiting(process, 'a');
    startEncoder(process);
    await setup.clock.advance(3 * ENCODING_MS + SECOND);
    const before = begun.length;
    const late = await waiting(process, 'b');

    await setup.clock.advanceUntil(() => begun.includes(late.video?.file ?? ''));

    expect(begun.length - before).toBe(1);
  });

  test('two processes encode each video once', async () => {
    const processes = [setup.create(), setup.create()] as const;
    const jobs = [await waiting(processes[0]), await waiting(processes[0])];
    for (const process of processes) startEncoder(process);
    await setup.clock.advance(5 * ENCODING_MS);

    expect(new Set(begun)).toEqual(new Set(jobs.map(({ video }) => video?.file)));
    expect(begun).toHaveLength(2);
  });

  test('the next process encodes a video when one is killed during the encoding', async () => {
    const process = setup.create();
    const death = new AbortController();
    const { id } = await waiting(process);
    startEncoder(process, death.signal);
    await setup.clock.advance(SECOND);
    process.kill();
    death.abort();

    startEncoder(setup.create());
    await setup.clock.advance(ENCODING_MS + MINUTE);

    expect(begun).toHaveLength(2);
    expect((await setup.find(id)).encodings).toHaveLength(1);
  });

  test('a video encoded by an earlier process that died unrecorded is not encoded again', async () => {
    const process = setup.create();
    const { id } = await waiting(process);
    await put(`videos/${id}-at-most-1000.mp4`, new Uint8Array(7));
    startEncoder(process);
    await setup.clock.advance(MINUTE);

    expect(begun).toEqual([]);
    expect((await setup.find(id)).encodings).toMatchObject([{ made: { bytes: 7 } }]);
  });

  test('waiting videos are kept for the next start when the bot stops', async () => {
    const process = setup.create();
    const { id } = await waiting(process);
    const encoder = startEncoder(process);
    await setup.clock.advance(SECOND);
    await encoder.stop();

    const job = await setup.find(id);
    expect(job.wantedEncoding).toBeDefined();
    expect(job.encodings).toBeUndefined();
  });

  test.each([
    ['ffmpeg fails', new FfmpegError('failed', 'no')],
    ['ffmpeg takes too long', new FfmpegError('timeout', 'late')],
    ['the disk is full', new DiskFullError('/data')],
    ['the disk is broken', Object.assign(new Error('EIO'), { code: 'EIO' })],
  ])('a video is delivered as a link when %s', async (_, error) => {
    const process = setup.create();
    const { id } = await waiting(process);
    failure = error;
    startEncoder(process);
    await setup.clock.advance(ENCODING_MS + MINUTE);

    const job = await setup.find(id);
    expect(job.wantedEncoding).toBeUndefined();
    expect(job.encodings).toEqual([
      { kind: 'whole', maxBytes: LIMIT, endedAtMs: expect.any(Number) },
    ]);
    expect(begun).toHaveLength(1);
  });

  test('videos are left to a process that has ffmpeg, but not for long', async () => {
    isInstalled = false;
    failure = new FfmpegError('missing', 'it cannot be started');
    const process = setup.create();
    const { id } = await waiting(process);
    startEncoder(process);
    await setup.clock.advance(MINUTE);
    expect(begun).toEqual([]);

    await setup.clock.advance(5 * MINUTE);

    expect((await setup.find(id)).encodings).toHaveLength(1);
  });

  test('a video whose file is gone is fetched once more', async () => {
    const process = setup.create();
    const { id, video } = await waiting(process);
    await setup.files.remove(video?.file ?? '');
    startEncoder(process);
    await setup.clock.advance(MINUTE);

    expect((await setup.store.withoutVideo()).map((job) => job.id)).toEqual([id]);
    expect(begun).toEqual([]);
  });
});

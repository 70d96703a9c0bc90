import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE } from '#src/clock.ts';
import { chooseEncoding, neededKind } from '#src/discord/messages/choose-encoding.ts';
import { linkDiesAtMs } from '#src/jobs/collector.ts';
import type { Job, JobEncoding, JobVideo } from '#src/jobs/record/job.ts';

import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';

const MEBIBYTE = 1024 * 1024;
const VIDEO: JobVideo = {
  file: 'videos/job1.mp4',
  bytes: 60 * MEBIBYTE,
  width: 1280,
  height: 720,
  seconds: 5,
};
const LIMIT = 10 * MEBIBYTE;
const NOW_MS = JOB_BORN_MS + 2 * MINUTE;
const WHOLE = { kind: 'whole', maxBytes: LIMIT } as const;

const made = (bytes: number, maxBytes = bytes): JobEncoding => ({
  kind: 'whole',
  maxBytes,
  endedAtMs: NOW_MS,
  made: { file: `videos/job1-at-most-${maxBytes}.mp4`, bytes },
});
const failed = (maxBytes: number, endedAtMs = NOW_MS): JobEncoding => ({
  kind: 'whole',
  maxBytes,
  endedAtMs,
});
const jobWith = (encodings: JobEncoding[], overrides: Partial<Job> = {}): Job =>
  aJob({ state: 'succeeded', video: VIDEO, encodings, ...overrides });

describe('a video', () => {
  test.each([
    ['that fits and is played', { bytes: LIMIT }, undefined],
    ['a byte too large', { bytes: LIMIT + 1 }, 'whole'],
    ['that is not played', { bytes: 1, needsReencoding: true }, 'whole'],
    ['with sound that is not played', { bytes: 1, needsOtherSound: true }, 'sound'],
    ['too large and with such sound', { bytes: LIMIT + 1, needsOtherSound: true }, 'whole'],
  ] as const)('%s needs: %o → %s', (_, facts, kind) => {
    expect(neededKind({ ...VIDEO, ...facts }, LIMIT)).toBe(kind);
  });
});

describe('an encoding', () => {
  test('that nobody has made is wanted', () => {
    expect(chooseEncoding(jobWith([]), WHOLE, NOW_MS)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });

  test('that fits is taken, the largest of several', () => {
    const best = made(LIMIT - 5);

    expect(chooseEncoding(jobWith([made(50), best, made(LIMIT + 1)]), WHOLE, NOW_MS)).toMatchObject(
      { kind: 'made', encoding: best },
    );
  });

  test('made for a larger limit is taken where it fits all the same', () => {
    const small = made(LIMIT - 5, 50 * MEBIBYTE);

    expect(chooseEncoding(jobWith([small]), WHOLE, NOW_MS)).toMatchObject({
      kind: 'made',
      encoding: small,
    });
  });

  test('too large for a smaller limit is made again', () => {
    const job = jobWith([made(50 * MEBIBYTE)]);

    expect(chooseEncoding(job, WHOLE, NOW_MS)).toEqual({ kind: 'encoding-needed', wanted: WHOLE });
  });

  test('is not made without end while limits change', () => {
    const many = [1, 2, 3, 4, 5, 6].map((count) => made(LIMIT + count));

    expect(chooseEncoding(jobWith(many), WHOLE, NOW_MS)).toEqual({ kind: 'none' });
  });

  test('that failed gives way to the link while that lives', () => {
    expect(chooseEncoding(jobWith([failed(LIMIT)]), WHOLE, NOW_MS + HOUR)).toEqual({
      kind: 'none',
    });
  });

  test('that failed for another limit is tried for this one', () => {
    const job = jobWith([failed(50 * MEBIBYTE)]);

    expect(chooseEncoding(job, WHOLE, NOW_MS)).toEqual({ kind: 'encoding-needed', wanted: WHOLE });
  });

  test('that failed is tried again, with a pause, once there is no link either', () => {
    const deadMs = linkDiesAtMs(jobWith([]));
    const job = jobWith([failed(LIMIT, deadMs)]);

    expect(chooseEncoding(job, WHOLE, deadMs + MINUTE)).toEqual({ kind: 'none' });
    expect(chooseEncoding(job, WHOLE, deadMs + 10 * MINUTE)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });

  test.each([
    ['of which nothing good would be left', { seconds: 30_000 }],
    ['whose size nobody knows', { width: undefined }],
    ['whose length nobody knows', { seconds: undefined }],
  ] as const)('of a video %s is never asked for', (_, facts) => {
    const { width, height, seconds, ...rest } = { ...VIDEO, ...facts };
    const video: JobVideo = {
      ...rest,
      height,
      ...(width === undefined ? {} : { width }),
      ...(seconds === undefined ? {} : { seconds }),
    };

    expect(chooseEncoding(jobWith([], { video }), WHOLE, NOW_MS)).toEqual({ kind: 'none' });
  });

  test('of sound alone does not stand in for one of the whole video', () => {
    const sound: JobEncoding = { ...made(5), kind: 'sound' };

    expect(chooseEncoding(jobWith([sound]), WHOLE, NOW_MS)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });
});

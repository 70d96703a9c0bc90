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

describe('the encoding that a video needs', () => {
  test.each([
    ['that fits and plays', { bytes: LIMIT }, undefined],
    ['a byte too large', { bytes: LIMIT + 1 }, 'whole'],
    ['that does not play', { bytes: 1, needsReencoding: true }, 'whole'],
    ['with sound that does not play', { bytes: 1, needsOtherSound: true }, 'sound'],
    ['too large and with such sound', { bytes: LIMIT + 1, needsOtherSound: true }, 'whole'],
  ] as const)('a video %s has its encoding chosen: %o → %s', (_, facts, kind) => {
    expect(neededKind({ ...VIDEO, ...facts }, LIMIT)).toBe(kind);
  });
});

describe('an encoding', () => {
  test('a missing encoding is requested', () => {
    expect(chooseEncoding(jobWith([]), WHOLE, NOW_MS)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });

  test('the largest of several fitting encodings is used', () => {
    const best = made(LIMIT - 5);

    expect(chooseEncoding(jobWith([made(50), best, made(LIMIT + 1)]), WHOLE, NOW_MS)).toMatchObject(
      { kind: 'made', encoding: best },
    );
  });

  test('an encoding made for a larger limit is used when it fits anyway', () => {
    const small = made(LIMIT - 5, 50 * MEBIBYTE);

    expect(chooseEncoding(jobWith([small]), WHOLE, NOW_MS)).toMatchObject({
      kind: 'made',
      encoding: small,
    });
  });

  test('an encoding too large for a smaller limit is made again', () => {
    const job = jobWith([made(50 * MEBIBYTE)]);

    expect(chooseEncoding(job, WHOLE, NOW_MS)).toEqual({ kind: 'encoding-needed', wanted: WHOLE });
  });

  test('changing limits do not repeat encodings for ever', () => {
    const many = [1, 2, 3, 4, 5, 6].map((count) => made(LIMIT + count));

    expect(chooseEncoding(jobWith(many), WHOLE, NOW_MS)).toEqual({ kind: 'none' });
  });

  test('a failed encoding is replaced by the link while the link lives', () => {
    expect(chooseEncoding(jobWith([failed(LIMIT)]), WHOLE, NOW_MS + HOUR)).toEqual({
      kind: 'none',
    });
  });

  test('an encoding that failed for another limit is tried for this one', () => {
    const job = jobWith([failed(50 * MEBIBYTE)]);

    expect(chooseEncoding(job, WHOLE, NOW_MS)).toEqual({ kind: 'encoding-needed', wanted: WHOLE });
  });

  test('a failed encoding is retried, with a pause, once there is no link either', () => {
    const deadMs = linkDiesAtMs(jobWith([]));
    const job = jobWith([failed(LIMIT, deadMs)]);

    expect(chooseEncoding(job, WHOLE, deadMs + MINUTE)).toEqual({ kind: 'none' });
    expect(chooseEncoding(job, WHOLE, deadMs + 10 * MINUTE)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });

  test.each([
    ['that would be ruined', { seconds: 30_000 }],
    ['of unknown size', { width: undefined }],
    ['of unknown length', { seconds: undefined }],
  ] as const)('no encoding is requested for a video %s', (_, facts) => {
    const { width, height, seconds, ...rest } = { ...VIDEO, ...facts };
    const video: JobVideo = {
      ...rest,
      height,
      ...(width === undefined ? {} : { width }),
      ...(seconds === undefined ? {} : { seconds }),
    };

    expect(chooseEncoding(jobWith([], { video }), WHOLE, NOW_MS)).toEqual({ kind: 'none' });
  });

  test('an encoding of the sound alone does not replace one of the whole video', () => {
    const sound: JobEncoding = { ...made(5), kind: 'sound' };

    expect(chooseEncoding(jobWith([sound]), WHOLE, NOW_MS)).toEqual({
      kind: 'encoding-needed',
      wanted: WHOLE,
    });
  });
});

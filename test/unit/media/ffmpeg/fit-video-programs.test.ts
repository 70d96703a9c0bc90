import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { UntrustedContentError } from '#src/errors.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { isProcess, putVideo, until } from './fake-ffmpeg.ts';
import { HANG, GIVE_VIDEO, VIDEO, roomWith, failureOf, type Room } from './fitting-room.ts';

describe('a failed encoding', () => {
  test.each([
    ['a program that does not exist', 'missing', ''],
    ['a program that ends with an error', 'failed', 'echo half > "$out"; exit 1'],
    ['a program that the system kills', 'failed', 'echo half > "$out"; kill -9 $$'],
    ['a program that makes no video', 'failed', 'echo sorry > "$out"'],
    ['a program that makes only part of the video', 'failed', 'cp "$folder/short.mp4" "$out"'],
  ] as const)('the failure of %s leaves nothing behind', async (_, failure, body) => {
    const missing = { ffmpegPath: '/nowhere/ffmpeg' };
    await using room = await roomWith(body, failure === 'missing' ? missing : {});
    await putVideo(room.folder, 'short.mp4', { seconds: 3 });

    expect(await failureOf(room.fit())).toBe(failure);

    expect(await room.results()).toEqual([]);
  });

  test('the failure quotes the last output of ffmpeg, cut, without file names', async () => {
    const long = 'x'.repeat(500);
    await using room = await roomWith(
      `echo first >&2; echo "/data/videos/secret.mp4: Invalid data ${long}" >&2; exit 3`,
    );

    const error: unknown = await room.fit().catch((caught: unknown) => caught);

    expect(String(error)).toContain('ended with 3, … Invalid data xxx');
    expect(String(error)).not.toMatch(/first|secret/);
    expect(String(error).length).toBeLessThan(250);
    expect(room.logged.join()).not.toContain('Invalid data');
  });

  test('the failure of one video does not stop the next', async () => {
    await using room = await roomWith(
      `if [ -e "$folder/again" ]; then ${GIVE_VIDEO}; else touch "$folder/again"; exit 1; fi`,
    );

    const [first, second] = await Promise.allSettled([room.fit(), room.fit()]);

    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });

  test.each([
    ['videos/job.mp4', '/tmp/out.mp4'],
    ['/tmp/in.mp4', '-out.mp4'],
    ['https://example.com/in.mp4', '/tmp/out.mp4'],
  ])('a path that is not absolute is refused: %s to %s', async (inputPath, outputPath) => {
    await using room = await roomWith(GIVE_VIDEO);

    await expect(room.fitter.fit(inputPath, outputPath, VIDEO)).rejects.toThrow(
      UntrustedContentError,
    );
  });
});

describe('a program that hangs', () => {
  test('a program that runs out of time is killed', async () => {
    const clock = createFakeClock();
    await using room = await roomWith(HANG, { clock, timeoutMs: MINUTE });
    const failure = failureOf(room.fit());
    await until(async () => (await room.ffmpeg.pids()).length === 1);
    const [pid = 0] = await room.ffmpeg.pids();

    await clock.advance(MINUTE - 1);
    expect(isProcess(pid)).toBe(true);
    await clock.advance(1);

    expect(await failure).toBe('timeout');
    expect(isProcess(pid)).toBe(false);
    expect(await room.results()).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  test('a program whose result is no longer wanted is killed', async () => {
    await using room = await roomWith(HANG);
    const controller = new AbortController();
    const fit = room.fit({ signal: controller.signal });
    await until(async () => (await room.ffmpeg.pids()).length === 1);
    const [pid = 0] = await room.ffmpeg.pids();

    controller.abort(new Error('the bot stops'));

    await expect(fit).rejects.toThrow('the bot stops');
    expect(isProcess(pid)).toBe(false);
    expect(await room.results()).toEqual([]);
  });

  test('a program that hangs does not use up the time of waiting videos', async () => {
    const clock = createFakeClock();
    await using room = await roomWith(HANG, { clock, timeoutMs: MINUTE });
    const failures = [failureOf(room.fit()), failureOf(room.fit())];
    await until(async () => (await room.ffmpeg.pids()).length === 1);
    await clock.advance(MINUTE);
    await until(async () => (await room.ffmpeg.pids()).length === 2);

    await clock.advance(MINUTE - 1);
    const [, second = 0] = await room.ffmpeg.pids();
    expect(isProcess(second)).toBe(true);
    await clock.advance(1);

    expect(await Promise.all(failures)).toEqual(['timeout', 'timeout']);
  });
});

describe('concurrent videos', () => {
  /** Records when it starts and ends, with time between for others to start. */
  const NOTE_COURSE = `echo start >> "$folder/course"; sleep 0.1; ${GIVE_VIDEO}; echo end >> "$folder/course"`;

  async function courseOf(room: Room): Promise<string> {
    const course = await readFile(join(room.folder, 'course'), 'utf8');
    return course.trim().replaceAll('\n', ' ');
  }

  test('videos are encoded one after the other', async () => {
    await using room = await roomWith(NOTE_COURSE);

    await Promise.all([room.fit(), room.fit(), room.fit()]);

    expect(await courseOf(room)).toBe('start end start end start end');
  });

  test('as many videos as configured are encoded at a time', async () => {
    const waitForBoth = 'while [ $(grep -c . "$folder/pids") -lt 2 ]; do sleep 0.01; done';
    await using room = await roomWith(`${waitForBoth}; ${GIVE_VIDEO}`, { concurrency: 2 });

    const fitted = await Promise.all([room.fit(), room.fit()]);

    expect(fitted).toHaveLength(2);
  });

  test('the other videos continue when a waiting one is aborted', async () => {
    await using room = await roomWith(NOTE_COURSE);
    const controller = new AbortController();
    const fits = [room.fit(), room.fit({ signal: controller.signal }), room.fit()];

    controller.abort(new Error('not wanted'));

    const outcomes = await Promise.allSettled(fits);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await courseOf(room)).toBe('start end start end');
  });

  test('a video aborted beforehand is never started', async () => {
    await using room = await roomWith(NOTE_COURSE);

    await expect(room.fit({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );

    expect(await room.ffmpeg.calls()).toEqual([]);
  });
});

describe('ffmpeg availability', () => {
  const LIST = 'echo " V....D libx264  H.264"; echo " A....D aac  AAC"';

  test('ffmpeg with the encoders is available, which is checked once', async () => {
    await using room = await roomWith(LIST);

    expect(await room.fitter.isAvailable()).toBe(true);
    expect(await room.fitter.isAvailable()).toBe(true);

    expect(await room.ffmpeg.calls()).toHaveLength(1);
  });

  test.each([
    ['without H.264', 'echo " A....D aac  AAC"'],
    ['that fails', 'exit 1'],
  ])('ffmpeg %s is not available', async (_, body) => {
    await using room = await roomWith(body);

    expect(await room.fitter.isAvailable()).toBe(false);
  });

  test('ffmpeg that is not installed is not available', async () => {
    await using room = await roomWith('', { ffmpegPath: '/nowhere/ffmpeg' });

    expect(await room.fitter.isAvailable()).toBe(false);
  });

  test('ffmpeg that does not answer is not available', async () => {
    const clock = createFakeClock();
    await using room = await roomWith('exec sleep 1000', { clock });
    const available = room.fitter.isAvailable();
    await until(async () => (await room.ffmpeg.pids()).length === 1);

    await clock.advance(MINUTE);

    expect(await available).toBe(false);
  });
});

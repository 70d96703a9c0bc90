import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { UntrustedContentError } from '#src/errors.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { isProcess, putVideo, until } from './fake-ffmpeg.ts';
import {
  HANG,
  GIVE_VIDEO,
  VIDEO,
  fitterWith,
  failureOf,
  type FittingSetup,
} from './fitting-setup.ts';

describe('a failed encoding', () => {
  test.each([
    ['a program that does not exist', 'missing', ''],
    ['a program that ends with an error', 'failed', 'echo half > "$out"; exit 1'],
    ['a program that the system kills', 'failed', 'echo half > "$out"; kill -9 $$'],
    ['a program that makes no video', 'failed', 'echo sorry > "$out"'],
    ['a program that makes only part of the video', 'failed', 'cp "$folder/short.mp4" "$out"'],
  ] as const)('the failure of %s leaves nothing behind', async (_, failure, body) => {
    const missing = { ffmpegPath: '/nowhere/ffmpeg' };
    await using setup = await fitterWith(body, failure === 'missing' ? missing : {});
    await putVideo(setup.folder, 'short.mp4', { seconds: 3 });

    expect(await failureOf(setup.fit())).toBe(failure);

    expect(await setup.results()).toEqual([]);
  });

  test('the failure quotes the last output of ffmpeg, cut, without file names', async () => {
    const long = 'x'.repeat(500);
    await using setup = await fitterWith(
      `echo first >&2; echo "/data/videos/secret.mp4: Invalid data ${long}" >&2; exit 3`,
    );

    const error: unknown = await setup.fit().catch((caught: unknown) => caught);

    expect(String(error)).toContain('ended with 3, … Invalid data xxx');
    expect(String(error)).not.toMatch(/first|secret/);
    expect(String(error).length).toBeLessThan(250);
    expect(setup.logged.join()).not.toContain('Invalid data');
  });

  test('the failure of one video does not stop the next', async () => {
    await using setup = await fitterWith(
      `if [ -e "$folder/again" ]; then ${GIVE_VIDEO}; else touch "$folder/again"; exit 1; fi`,
    );

    const [first, second] = await Promise.allSettled([setup.fit(), setup.fit()]);

    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });

  test.each([
    ['videos/job.mp4', '/tmp/out.mp4'],
    ['/tmp/in.mp4', '-out.mp4'],
    ['https://example.com/in.mp4', '/tmp/out.mp4'],
  ])('a path that is not absolute is refused: %s to %s', async (inputPath, outputPath) => {
    await using setup = await fitterWith(GIVE_VIDEO);

    await expect(setup.fitter.fit(inputPath, outputPath, VIDEO)).rejects.toThrow(
      UntrustedContentError,
    );
  });
});

describe('a program that hangs', () => {
  test('a program that runs out of time is killed', async () => {
    const clock = createFakeClock();
    await using setup = await fitterWith(HANG, { clock, timeoutMs: MINUTE });
    const failure = failureOf(setup.fit());
    await until(async () => (await setup.ffmpeg.pids()).length === 1);
    const [pid = 0] = await setup.ffmpeg.pids();

    await clock.advance(MINUTE - 1);
    expect(isProcess(pid)).toBe(true);
    await clock.advance(1);

    expect(await failure).toBe('timeout');
    expect(isProcess(pid)).toBe(false);
    expect(await setup.results()).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  test('a program whose result is no longer wanted is killed', async () => {
    await using setup = await fitterWith(HANG);
    const controller = new AbortController();
    const fit = setup.fit({ signal: controller.signal });
    await until(async () => (await setup.ffmpeg.pids()).length === 1);
    const [pid = 0] = await setup.ffmpeg.pids();

    controller.abort(new Error('the bot stops'));

    await expect(fit).rejects.toThrow('the bot stops');
    expect(isProcess(pid)).toBe(false);
    expect(await setup.results()).toEqual([]);
  });

  test('a program that hangs does not use up the time of waiting videos', async () => {
    const clock = createFakeClock();
    await using setup = await fitterWith(HANG, { clock, timeoutMs: MINUTE });
    const failures = [failureOf(setup.fit()), failureOf(setup.fit())];
    await until(async () => (await setup.ffmpeg.pids()).length === 1);
    await clock.advance(MINUTE);
    await until(async () => (await setup.ffmpeg.pids()).length === 2);

    await clock.advance(MINUTE - 1);
    const [, second = 0] = await setup.ffmpeg.pids();
    expect(isProcess(second)).toBe(true);
    await clock.advance(1);

    expect(await Promise.all(failures)).toEqual(['timeout', 'timeout']);
  });
});

describe('concurrent videos', () => {
  /** Records when it starts and ends, with time between for others to start. */
  const NOTE_COURSE = `echo start >> "$folder/course"; sleep 0.1; ${GIVE_VIDEO}; echo end >> "$folder/course"`;

  async function courseOf(setup: FittingSetup): Promise<string> {
    const course = await readFile(join(setup.folder, 'course'), 'utf8');
    return course.trim().replaceAll('\n', ' ');
  }

  test('videos are encoded one after the other', async () => {
    await using setup = await fitterWith(NOTE_COURSE);

    await Promise.all([setup.fit(), setup.fit(), setup.fit()]);

    expect(await courseOf(setup)).toBe('start end start end start end');
  });

  test('as many videos as configured are encoded at a time', async () => {
    const waitForBoth = 'while [ $(grep -c . "$folder/pids") -lt 2 ]; do sleep 0.01; done';
    await using setup = await fitterWith(`${waitForBoth}; ${GIVE_VIDEO}`, { concurrency: 2 });

    const fitted = await Promise.all([setup.fit(), setup.fit()]);

    expect(fitted).toHaveLength(2);
  });

  test('the other videos continue when a waiting one is aborted', async () => {
    await using setup = await fitterWith(NOTE_COURSE);
    const controller = new AbortController();
    const fits = [setup.fit(), setup.fit({ signal: controller.signal }), setup.fit()];

    controller.abort(new Error('not wanted'));

    const outcomes = await Promise.allSettled(fits);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await courseOf(setup)).toBe('start end start end');
  });

  test('a video aborted beforehand is never started', async () => {
    await using setup = await fitterWith(NOTE_COURSE);

    await expect(setup.fit({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );

    expect(await setup.ffmpeg.calls()).toEqual([]);
  });
});

describe('ffmpeg availability', () => {
  const LIST = 'echo " V....D libx264  H.264"; echo " A....D aac  AAC"';

  test('ffmpeg with the encoders is available, which is checked once', async () => {
    await using setup = await fitterWith(LIST);

    expect(await setup.fitter.isAvailable()).toBe(true);
    expect(await setup.fitter.isAvailable()).toBe(true);

    expect(await setup.ffmpeg.calls()).toHaveLength(1);
  });

  test.each([
    ['without H.264', 'echo " A....D aac  AAC"'],
    ['that fails', 'exit 1'],
  ])('ffmpeg %s is not available', async (_, body) => {
    await using setup = await fitterWith(body);

    expect(await setup.fitter.isAvailable()).toBe(false);
  });

  test('ffmpeg that is not installed is not available', async () => {
    await using setup = await fitterWith('', { ffmpegPath: '/nowhere/ffmpeg' });

    expect(await setup.fitter.isAvailable()).toBe(false);
  });

  test('ffmpeg that does not answer is not available', async () => {
    const clock = createFakeClock();
    await using setup = await fitterWith('exec sleep 1000', { clock });
    const available = setup.fitter.isAvailable();
    await until(async () => (await setup.ffmpeg.pids()).length === 1);

    await clock.advance(MINUTE);

    expect(await available).toBe(false);
  });
});

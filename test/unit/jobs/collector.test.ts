/** A vendor's answer is not trusted: whatever its links lead to, nothing private is asked and the job has an end. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE } from '#src/clock.ts';
import { createCollector } from '#src/jobs/collector.ts';
import type { JobEvent } from '#src/jobs/record/machine.ts';
import { createLogger } from '#src/logger.ts';
import { createFileStore } from '#src/media/files/file-store.ts';

import { createFakeClock } from '../../builders/clock.ts';
import { aJob, JOB_BORN_MS } from '../../builders/job.ts';
import { temporaryFolder } from '../../builders/temporary-folder.ts';
import { mp4File } from '../../builders/videos.ts';
import { fetchingWith, startServer } from '../media/outside/outside-server.ts';

/** @param triesAtMs when the step is taken, from when the job succeeded */
async function collects(
  result: { videoUrl: string; lastFrameUrl?: string },
  videos: string[],
  triesAtMs: readonly number[] = [0],
) {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'data'));
  const clock = createFakeClock({ startMs: JOB_BORN_MS });
  const files = await createFileStore(join(folder.path, 'data'), clock);
  await using outside = fetchingWith({ videos });
  const events: JobEvent[] = [];
  const job = aJob({ state: 'succeeded', result: { ...result, succeededAtMs: JOB_BORN_MS } });
  const collect = createCollector({
    files,
    clock,
    fetchOutside: outside,
    logger: createLogger('silent'),
    transition: async (_job, event) => {
      if (typeof event !== 'function') events.push(event);
      return job;
    },
  });
  const failures: unknown[] = [];
  for (const atMs of triesAtMs) {
    await clock.advance(JOB_BORN_MS + atMs - clock.now());
    await collect(job, new AbortController().signal).catch((error) => failures.push(error));
  }
  return { events, failures, stored: await readdir(join(folder.path, 'data', 'videos')) };
}

describe('the link of a finished video', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/video.mp4',
    'https://user:password@videos.example/video.mp4',
    'https://videos.example:8443/video.mp4',
    'file:///etc/passwd',
    'data:video/mp4;base64,AAAA',
    'not a link',
    '',
  ])('to %j ends the job without a video', async (videoUrl) => {
    const { events, stored } = await collects({ videoUrl }, []);

    expect(events).toEqual([{ type: 'video-lost' }]);
    expect(stored).toEqual([]);
  });
});

describe('a page instead of a video', () => {
  const MINUTES = [0, 1, 2, 3, 4, 5].map((minutes) => minutes * MINUTE);

  test('is not believed before it has been seen for five minutes', async () => {
    await using server = await startServer((_request, response) => response.end('<html>no</html>'));
    const { events, failures, stored } = await collects(
      { videoUrl: server.url('/a.mp4') },
      [server.host],
      MINUTES.slice(0, 5),
    );

    expect(events).toEqual([]);
    expect(failures).toHaveLength(5);
    expect(stored).toEqual([]);
  });

  test('ends the job when it has', async () => {
    await using server = await startServer((_request, response) => response.end('<html>no</html>'));
    const { events, stored } = await collects(
      { videoUrl: server.url('/a.mp4') },
      [server.host],
      MINUTES,
    );

    expect(events).toEqual([{ type: 'video-lost' }]);
    expect(stored).toEqual([]);
  });

  test('is not believed at its first sight, however long after', async () => {
    await using server = await startServer((_request, response) => response.end('<html>no</html>'));
    const late = [HOUR, HOUR + MINUTE, HOUR + 6 * MINUTE];
    const { events } = await collects({ videoUrl: server.url('/a.mp4') }, [server.host], late);

    expect(events).toEqual([]);
  });

  test('may be followed by the video', async () => {
    const video = mp4File();
    const answers = [Buffer.from('<html>busy</html>'), video];
    await using server = await startServer((_request, response) => response.end(answers.shift()));
    const { events } = await collects(
      { videoUrl: server.url('/a.mp4') },
      [server.host],
      MINUTES.slice(0, 2),
    );

    expect(events).toMatchObject([{ type: 'video-stored', video: { bytes: video.length } }]);
  });
});

test('a last frame that leads inside is left out, and the video is kept', async () => {
  const video = mp4File();
  await using server = await startServer((_request, response) => response.end(video));
  const { events, stored } = await collects(
    { videoUrl: server.url('/a.mp4'), lastFrameUrl: 'https://169.254.169.254/frame.png' },
    [server.host],
  );

  expect(events).toMatchObject([{ type: 'video-stored', video: { bytes: video.length } }]);
  expect(events).not.toMatchObject([{ video: { lastFrameFile: expect.anything() } }]);
  expect(stored).toEqual(['job1.mp4']);
});

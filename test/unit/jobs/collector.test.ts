/** A vendor's answer is not trusted: whatever its links lead to, nothing private is asked and the job has an end. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { collectVideo } from '#src/jobs/collector.ts';
import type { JobEvent } from '#src/jobs/record/machine.ts';
import { createLogger } from '#src/logger.ts';
import { createFileStore } from '#src/media/file-store.ts';

import { createFakeClock } from '../../builders/clock.ts';
import { aJob, JOB_BORN_MS } from '../../builders/job.ts';
import { mp4File } from '../../builders/videos.ts';
import { fetchingWith, startServer } from '../media/outside-server.ts';
import { temporaryFolder } from '../media/temporary-folder.ts';

async function collects(result: { videoUrl: string; lastFrameUrl?: string }, videos: string[]) {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'data'));
  const clock = createFakeClock({ startMs: JOB_BORN_MS });
  const files = await createFileStore(join(folder.path, 'data'), clock);
  await using outside = fetchingWith({ videos });
  const events: JobEvent[] = [];
  const job = aJob({ state: 'succeeded', result: { ...result, succeededAtMs: JOB_BORN_MS } });
  await collectVideo(job, new AbortController().signal, {
    files,
    clock,
    fetchOutside: outside,
    logger: createLogger('silent'),
    transition: async (_job, event) => {
      if (typeof event !== 'function') events.push(event);
      return job;
    },
  });
  return { events, stored: await readdir(join(folder.path, 'data', 'videos')) };
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

  test('to a page instead of a video ends it as well', async () => {
    await using server = await startServer((_request, response) => response.end('<html>no</html>'));
    const { events, stored } = await collects({ videoUrl: server.url('/a.mp4') }, [server.host]);

    expect(events).toEqual([{ type: 'video-lost' }]);
    expect(stored).toEqual([]);
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

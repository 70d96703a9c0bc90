/** A vendor’s response is not trusted: whatever its links lead to, no private address is called and the job ends. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { createCollector } from '#src/jobs/collector.ts';
import type { JobEvent } from '#src/jobs/record/state-machine.ts';
import { createLogger } from '#src/logger.ts';
import { createFileStore } from '#src/media/files/file-store.ts';
import { createStoredFiles } from '#src/media/files/stored-files.ts';

import { openTestDatabase } from '../../databases/database.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { pngImage } from '../../fakes/images.ts';
import { aJob, JOB_BORN_MS } from '../../fakes/job.ts';
import { startTlsFront } from '../../fakes/proxy.ts';
import { temporaryFolder } from '../../fakes/temporary-folder.ts';
import { mp4File } from '../../fakes/videos.ts';
import { createFetcher, startServer } from '../media/download/remote-server.ts';

/** @param triesAtMs when the step runs, in milliseconds after the job succeeded */
async function collect(
  result: { videoUrl: string; lastFrameUrl?: string },
  videos: string[],
  triesAtMs: readonly number[] = [0],
) {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'data'));
  const clock = createFakeClock({ startMs: JOB_BORN_MS });
  const files = await createFileStore(join(folder.path, 'data'), clock);
  await using opened = await openTestDatabase('sqlite');
  const storedFiles = createStoredFiles({
    database: opened.database,
    files,
    guildBytes: 1_000_000_000,
    clock,
    logger: createLogger('silent'),
  });
  await using outside = createFetcher({ videos });
  const events: JobEvent[] = [];
  const lines: Record<string, unknown>[] = [];
  const job = aJob({ state: 'succeeded', result: { ...result, succeededAtMs: JOB_BORN_MS } });
  const step = createCollector({
    storedFiles,
    clock,
    safeFetch: outside,
    logger: createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }),
    finalsOf: () => undefined,
    transition: async (_job, event) => {
      if (typeof event !== 'function') events.push(event);
      return job;
    },
  });
  const failures: unknown[] = [];
  for (const atMs of triesAtMs) {
    await clock.advance(JOB_BORN_MS + atMs - clock.now());
    await step(job, new AbortController().signal).catch((error) => failures.push(error));
  }
  return { events, failures, lines, stored: await readdir(join(folder.path, 'data', 'videos')) };
}

describe('the link of a finished video', () => {
  test.each([
    'https://user:password@videos.example/video.mp4',
    'file:///etc/passwd',
    'data:video/mp4;base64,AAAA',
    'not a link',
    '',
  ])('a link to %j ends the job at once, because no setting ever allows it', async (videoUrl) => {
    const { events, stored } = await collect({ videoUrl }, []);

    expect(events).toEqual([{ type: 'video-lost' }]);
    expect(stored).toEqual([]);
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['https://168.63.129.16/video.mp4', '168.63.129.16'],
    ['https://localhost/', 'localhost'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://[::ffff:10.0.0.1]/video.mp4', '[::ffff:a00:1]'],
    ['https://[64:ff9b::808:808]/video.mp4', '[64:ff9b::808:808]'],
    ['https://198.18.0.7/video.mp4', '198.18.0.7'],
    ['http://videos.example/video.mp4', 'videos.example'],
    ['https://videos.example:8443/video.mp4', 'videos.example:8443'],
  ])(
    'a link to %s is never opened, is retried, and is logged with the setting that would allow it',
    async (videoUrl, host) => {
      const minutes = [0, 1, 2, 3, 6, 60, 600].map((each) => each * MINUTE);
      const { events, failures, lines, stored } = await collect({ videoUrl }, [], minutes);

      expect(events).toEqual(minutes.slice(2).map(() => ({ type: 'fetch-delayed' })));
      expect(failures).toMatchObject(minutes.map(() => ({ kind: 'try-again-in' })));
      expect(stored).toEqual([]);
      const told = lines.filter(({ setting }) => setting === `VIDEO_HOSTS=${host}`);
      expect(told).toMatchObject([0, 60, 600].map(() => ({ level: 50, host })));
    },
  );

  test('a refused link is retried for five minutes at most', async () => {
    const minutes = Array.from({ length: 30 }, (_, index) => index * 5 * MINUTE);
    const { failures } = await collect({ videoUrl: 'https://10.0.0.1/v.mp4' }, [], minutes);

    for (const failure of failures) {
      expect(failure).toHaveProperty(
        'waitMs',
        expect.toSatisfy((ms) => ms <= 5 * MINUTE),
      );
    }
  });

  test('an expired link ends the job', async () => {
    const { events } = await collect({ videoUrl: 'https://10.0.0.1/v.mp4' }, [], [25 * HOUR]);

    expect(events).toEqual([{ type: 'video-lost' }]);
  });
});

describe('an unreachable host', () => {
  test('an unreachable host uses up no downloads of the link, and is logged without the link’s signature', async () => {
    const server = await startServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const videoUrl = server.url('/v.mp4?signature=secret');
    const { events, failures, lines } = await collect({ videoUrl }, [server.host], [0, 2 * MINUTE]);

    expect(failures).toMatchObject([{ kind: 'try-again-in' }, { kind: 'try-again-in' }]);
    expect(events).toEqual([{ type: 'fetch-delayed' }]);
    expect(lines.filter(({ host }) => host === server.host)).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test.each([400, 401, 403, 404, 410, 451, 500, 503])(
    'a host that answers %i is retried while the link lives',
    async (status) => {
      await using server = await startServer((_request, response) =>
        response.writeHead(status).end('<Error/>'),
      );
      const hours = [0, 1, 5, 20].map((each) => each * HOUR);
      const { events } = await collect(
        { videoUrl: server.url('/v.mp4') },
        [server.host],
        [...hours, 25 * HOUR],
      );

      expect(events).toEqual([
        ...hours.slice(1).map(() => ({ type: 'fetch-delayed' })),
        { type: 'video-lost' },
      ]);
    },
  );

  test('a host with an untrusted certificate is retried', async () => {
    await using server = await startServer((_request, response) => response.end(mp4File()));
    await using front = await startTlsFront(Number(new URL(server.url('/')).port));
    const host = `127.0.0.1:${front.port}`;
    const { events, failures, lines } = await collect({ videoUrl: `https://${host}/v.mp4` }, [
      host,
    ]);

    expect(events).toEqual([]);
    expect(failures).toMatchObject([{ kind: 'try-again-in' }]);
    expect(JSON.stringify(lines.filter((line) => line['host'] === host))).toContain('certificate');
  });

  test.each([
    ['https://10.0.0.1/v.mp4', '10.0.0.1'],
    ['http://videos.example/v.mp4', 'videos.example'],
    ['https://intranet/v.mp4', 'intranet'],
  ])('a redirect to %s is logged with the host that it leads to', async (location, host) => {
    await using server = await startServer((_request, response) =>
      response.writeHead(302, { location }).end(),
    );
    const { events, lines } = await collect({ videoUrl: server.url('/v.mp4') }, [server.host]);

    expect(events).toEqual([]);
    expect(lines).toContainEqual(expect.objectContaining({ setting: `VIDEO_HOSTS=${host}` }));
  });

  test('a redirect without a target is retried', async () => {
    await using server = await startServer((_request, response) =>
      response.writeHead(302, { location: 'ftp://videos.example/v.mp4' }).end(),
    );
    const { events, failures } = await collect({ videoUrl: server.url('/v.mp4') }, [server.host]);

    expect(events).toEqual([]);
    expect(failures).toHaveLength(1);
  });
});

test('a link is opened fewer than 100 times, however often its video is cut', async () => {
  const video = mp4File({ mediaBytes: 5000 });
  let opened = 0;
  await using server = await startServer((_request, response) => {
    opened += 1;
    response.end(video.subarray(0, 3000));
  });
  // The shortest pauses of the step loop; see DOWNLOAD_AGAIN in jobs.ts.
  const times = [0];
  for (let tries = 1; (times.at(-1) ?? 0) < 24 * HOUR; tries += 1) {
    times.push((times.at(-1) ?? 0) + Math.min(SECOND * 2 ** (tries - 1), HOUR) * 0.75);
  }
  const { events } = await collect({ videoUrl: server.url('/v.mp4') }, [server.host], times);

  expect(events.at(-1)).toEqual({ type: 'video-lost' });
  expect(opened).toBeGreaterThan(50);
  expect(opened).toBeLessThan(100);
});

describe('a page instead of a video', () => {
  test.each(['<html>no</html>', '{"error":"busy"}', '<?xml version="1.0"?><Error/>', ''])(
    'a page in place of a video is not final while the link lives: %j',
    async (page) => {
      await using server = await startServer((_request, response) => response.end(page));
      const hours = Array.from({ length: 12 }, (_, index) => index * 2 * HOUR);
      const { events, stored } = await collect(
        { videoUrl: server.url('/a.mp4') },
        [server.host],
        [...hours, 25 * HOUR],
      );

      expect(events.map(({ type }) => type)).toEqual([
        ...hours.slice(1).map(() => 'fetch-delayed'),
        'video-lost',
      ]);
      expect(stored).toEqual([]);
    },
  );

  test('the video is delivered when it replaces a page', async () => {
    const video = mp4File();
    const answers = [Buffer.from('<html>busy</html>'), video];
    await using server = await startServer((_request, response) => response.end(answers.shift()));
    const { events } = await collect(
      { videoUrl: server.url('/a.mp4') },
      [server.host],
      [0, SECOND],
    );

    expect(events).toMatchObject([{ type: 'video-stored', video: { bytes: video.length } }]);
  });
});

function soundAlone(): Buffer {
  const video = mp4File({ hasAudio: true }).toString('latin1');
  return Buffer.from(video.replaceAll('vide', 'text'), 'latin1');
}

describe('a file of another kind in place of a video', () => {
  const MINUTES = [0, 1, 2, 3, 4, 5].map((minutes) => minutes * MINUTE);
  const endOf = (events: readonly JobEvent[]) =>
    events.map(({ type }) => type).filter((type) => type !== 'fetch-delayed');

  test.each([
    ['a picture', pngImage()],
    ['sound alone', soundAlone()],
  ])(
    'a file of another kind ends the job after five minutes, and then reads: %s',
    async (_, file) => {
      await using server = await startServer((_request, response) => response.end(file));
      const at = async (times: readonly number[]) =>
        collect({ videoUrl: server.url('/a.mp4') }, [server.host], times);
      const early = await at(MINUTES.slice(0, 5));
      const late = await at(MINUTES);

      expect(endOf(early.events)).toEqual([]);
      expect(early.failures).toHaveLength(5);
      expect(endOf(late.events)).toEqual(['video-lost']);
    },
  );

  test('the first sight of another kind of file never ends the job, however late it is', async () => {
    await using server = await startServer((_request, response) => response.end(pngImage()));
    const late = [HOUR, HOUR + MINUTE, HOUR + 6 * MINUTE];
    const { events } = await collect({ videoUrl: server.url('/a.mp4') }, [server.host], late);

    expect(endOf(events)).toEqual([]);
  });
});

test('a last frame with a private address is left out, and the video is kept', async () => {
  const video = mp4File();
  await using server = await startServer((_request, response) => response.end(video));
  const { events, stored } = await collect(
    { videoUrl: server.url('/a.mp4'), lastFrameUrl: 'https://169.254.169.254/frame.png' },
    [server.host],
  );

  expect(events).toMatchObject([{ type: 'video-stored', video: { bytes: video.length } }]);
  expect(events).not.toMatchObject([{ video: { lastFrameFile: expect.anything() } }]);
  expect(stored).toEqual([expect.stringMatching(/^job1-.*\.mp4$/)]);
});

import { existsSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { DiskFullError } from '#src/media/files/disk.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { mp4File } from '../../../fakes/videos.ts';
import { VIDEO, REQUEST, cutResponses, sendFrom, download } from './cut-downloads.ts';
import { clockThatWaitsFor, createFetcher, startServer, type Answer } from './remote-server.ts';

describe('a download to disk', () => {
  test('a download leaves the whole file under its name, and nothing else', async () => {
    const { outcome, bytes, files } = await download(cutResponses({ cuts: [] }));

    expect(outcome).toEqual({ byteLength: VIDEO.length, contentType: 'video/mp4' });
    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(files).toEqual(['video.mp4']);
  });

  test('a download resumes where it was cut, as often as it is allowed to', async () => {
    const { outcome, bytes, ranges, conditions } = await download(
      cutResponses({ cuts: [50_000, 60_000, 70_000] }),
    );

    expect(outcome).toMatchObject({ byteLength: VIDEO.length });
    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=50000-', 'bytes=110000-', 'bytes=180000-']);
    expect(conditions).toEqual([undefined, '"one"', '"one"', '"one"']);
  });

  test('a download fails after its last attempt and leaves nothing', async () => {
    const { outcome, files, ranges } = await download(
      cutResponses({ cuts: Array<number>(9).fill(5_000) }),
    );

    expect(outcome).toMatchObject({ kind: 'download', failure: 'connection' });
    expect(files).toEqual([]);
    expect(ranges).toHaveLength(4);
  });

  test('a download starts over when the store does not support ranges', async () => {
    const { bytes } = await download(cutResponses({ cuts: [50_000], isRangeKnown: false }));

    expect(bytes?.equals(VIDEO)).toBe(true);
  });

  test('a download never mixes two files: a changed one is fetched from its start', async () => {
    const other = mp4File({ mediaBytes: 40_000, width: 640 });
    const changed: Answer = (_request, response) => {
      sendFrom({ response, file: other, from: 0, headers: { etag: '"two"' } });
    };
    const { bytes, ranges } = await download(
      cutResponses({ cuts: [90_000], instead: { 1: changed } }),
    );

    expect(bytes?.equals(other)).toBe(true);
    expect(ranges).toHaveLength(2);
  });

  const sameLength = Buffer.from(VIDEO).fill('other', 50_000);
  const longer = Buffer.concat([sameLength, sameLength]);
  test.each([
    ['starts elsewhere', { file: VIDEO, from: 50_000 }, { etag: '"one"' }],
    ['has another validator', { file: sameLength, from: 60_000 }, { etag: '"two"' }],
    ['has another length', { file: longer, from: 60_000 }, {}],
  ])('a download starts over when a part %s, whatever was requested', async (_, part, headers) => {
    const careless: Answer = (_request, response) => sendFrom({ response, ...part, headers });
    const first = 'etag' in headers ? { etag: '"one"' } : {};
    const { bytes, ranges } = await download(
      cutResponses({ cuts: [60_000], headers: first, instead: { 1: careless } }),
    );

    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=60000-', undefined]);
  });

  test('a download requests the rest when a part is shorter than requested', async () => {
    const sparing: Answer = (_request, response) => {
      const range = { 'content-range': `bytes 60000-79999/${VIDEO.length}` };
      response.writeHead(206, { etag: '"one"', 'content-length': '20000', ...range });
      response.end(VIDEO.subarray(60_000, 80_000));
    };
    const { bytes, ranges } = await download(
      cutResponses({ cuts: [60_000], instead: { 1: sparing } }),
    );

    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=60000-', 'bytes=80000-']);
  });

  test('a download accepts a part that does not repeat the date it had to match', async () => {
    const terse: Answer = (_request, response) => {
      sendFrom({ response, file: VIDEO, from: 60_000, headers: {} });
    };
    const headers = { 'last-modified': 'Sat, 21 Nov 2026 00:00:00 GMT' };
    const { bytes, conditions } = await download(
      cutResponses({ cuts: [60_000], headers, instead: { 1: terse } }),
    );

    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(conditions).toEqual([undefined, 'Sat, 21 Nov 2026 00:00:00 GMT']);
  });

  test('a download starts over when its range is beyond the end of the file', async () => {
    const beyond: Answer = (_request, response) => response.writeHead(416).end();
    const { bytes, ranges } = await download(
      cutResponses({ cuts: [60_000], instead: { 1: beyond } }),
    );

    expect(bytes?.equals(VIDEO)).toBe(true);
    expect(ranges[2]).toBeUndefined();
  });

  test('a download retries after 503 but not after 404', async () => {
    const busy: Answer = (_request, response) => response.writeHead(503).end();
    const gone: Answer = (_request, response) => response.writeHead(404).end();

    const first = await download(cutResponses({ cuts: [], instead: { 0: busy } }));
    const second = await download(cutResponses({ cuts: [], instead: { 0: gone } }));

    expect(first.bytes?.equals(VIDEO)).toBe(true);
    expect(second.outcome).toMatchObject({ kind: 'download', status: 404 });
    expect(second.ranges).toHaveLength(1);
  });

  test('one total time limits all attempts of a download', async () => {
    const clock = clockThatWaitsFor(MINUTE);
    await using folder = await temporaryFolder();
    await using server = await startServer((_request, response) => {
      clock.expire();
      response.destroy();
    });
    await using outside = createFetcher({ videos: [server.host], clock });

    const path = join(folder.path, 'video.mp4');
    await expect(outside.downloadToFile(server.url('/a'), path, REQUEST)).rejects.toMatchObject({
      kind: 'download',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a download stops when the caller aborts between two attempts', async () => {
    const stopping = new AbortController();
    const reason = new Error('shutting down');
    const { outcome, ranges, files } = await download(
      cutResponses({
        cuts: [],
        instead: {
          0: (_request, response) => {
            response.on('close', () => stopping.abort(reason));
            response.writeHead(503).end();
          },
          1: (_request, response) => response.write('never'),
        },
      }),
      { signal: stopping.signal },
    );

    expect(outcome).toBe(reason);
    expect(ranges.length).toBeLessThanOrEqual(2);
    expect(files).toEqual([]);
  });
});

test.runIf(existsSync('/dev/full'))('a full disk is reported as such', async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer((_request, response) => response.end(VIDEO));
  await using outside = createFetcher({ videos: [server.host] });
  const path = join(folder.path, 'video.mp4');
  await symlink('/dev/full', `${path}.part`);

  const downloaded = outside.downloadToFile(server.url('/a'), path, { ...REQUEST });

  await expect(downloaded).rejects.toThrow(DiskFullError);
  await expect(downloaded).rejects.toThrow(`The disk is full: ${path}.part could not be written`);
  expect(await readdir(folder.path)).toEqual([]);
});

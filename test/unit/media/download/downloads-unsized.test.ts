/** A server that does not state the length of a video, and ends it early. */
import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { download } from './cut-downloads.ts';
import type { Answer } from './remote-server.ts';

const CLIP = await readFile(new URL('../../../../sandbox/vendor/clip.mp4', import.meta.url));

interface Unsized {
  /** How much of the file each response contains; a missing entry means all of it. */
  readonly lengths: readonly number[];
  /** `close`: the end of the connection ends the body (HTTP/1.0). */
  readonly framing: 'chunked' | 'close';
  readonly etag?: string;
  readonly knowsRanges?: boolean;
}

function unsized({ lengths, framing, etag, knowsRanges = false }: Unsized): Answer {
  let count = -1;
  return (request, response) => {
    count += 1;
    const headers = etag === undefined ? {} : { etag };
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (knowsRanges && from > 0) {
      const range = `bytes ${from}-${CLIP.length - 1}/${CLIP.length}`;
      response.writeHead(206, { ...headers, 'content-range': range });
      return void response.end(CLIP.subarray(from));
    }
    const body = CLIP.subarray(0, lengths[count] ?? CLIP.length);
    if (framing === 'chunked') {
      response.writeHead(200, { ...headers, 'transfer-encoding': 'chunked' });
      return void response.end(body);
    }
    response.useChunkedEncodingByDefault = false;
    response.removeHeader('content-length');
    response.writeHead(200, { ...headers, connection: 'close' });
    response.write(body);
    response.end();
  };
}

describe.each(['chunked', 'close'] as const)('a body without a length, framed by %s', (framing) => {
  test('a body that stops early is fetched again, wherever it stops', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(CLIP.length - 1), async (length) => {
        const { bytes, ranges } = await download(() => unsized({ lengths: [length], framing }));

        expect(bytes?.equals(CLIP)).toBe(true);
        expect(ranges).toEqual([undefined, undefined]);
      }),
      { numRuns: 40, examples: [[0], [7], [11], [32], [1925], [1933], [CLIP.length - 1]] },
    );
  });

  test('a body that always stops early is never accepted as complete', async () => {
    const { outcome, files, ranges } = await download(() =>
      unsized({ lengths: Array<number>(9).fill(CLIP.length - 1), framing }),
    );

    expect(outcome).toMatchObject({ kind: 'download', failure: 'incomplete', mayPass: true });
    expect(files).toEqual([]);
    expect(ranges).toHaveLength(4);
  });

  test('a body is resumed where the server can tell its files apart', async () => {
    const { bytes, ranges } = await download(() =>
      unsized({ lengths: [9000], framing, etag: '"one"', knowsRanges: true }),
    );

    expect(bytes?.equals(CLIP)).toBe(true);
    expect(ranges).toEqual([undefined, 'bytes=9000-']);
  });

  test('a complete body is accepted at once', async () => {
    const { bytes, ranges } = await download(() => unsized({ lengths: [], framing }));

    expect(bytes?.equals(CLIP)).toBe(true);
    expect(ranges).toHaveLength(1);
  });
});

test('a file that its store holds only half of is fetched again from its start', async () => {
  const half = CLIP.subarray(0, 15_000);
  let count = 0;
  const growing: Answer = (_request, response) => {
    count += 1;
    response.end(count === 1 ? half : CLIP);
  };
  const { bytes, ranges } = await download(() => growing);

  expect(bytes?.equals(CLIP)).toBe(true);
  expect(ranges).toEqual([undefined, undefined]);
});

import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { UntrustedContentError } from '#src/errors.ts';
import { DownloadError } from '#src/media/download/download-error.ts';

import {
  fetchBytes,
  clockThatWaitsFor,
  createFetcher,
  startServer,
  type Answer,
} from './remote-server.ts';

const REQUEST = { kind: 'result', maxBytes: 1000, timeoutMs: MINUTE } as const;

const saysHello: Answer = (_request, response) => {
  response.setHeader('content-type', 'text/plain').end('hello');
};
async function chunksOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks;
}

describe('a fetch', () => {
  test('a fetch returns the body and the facts in its headers', async () => {
    await using server = await startServer(saysHello);
    await using outside = createFetcher({ videos: [server.host] });

    const response = await outside.safeFetch(server.url('/a'), REQUEST);

    expect(response).toMatchObject({ status: 200, contentType: 'text/plain', byteLength: 5 });
    expect(Buffer.concat(await chunksOf(response.body)).toString()).toBe('hello');
  });

  test('a fetch sends no key, cookie or referrer, and requests no compression', async () => {
    await using server = await startServer((request, response) => {
      response.setHeader('set-cookie', 'session=1');
      if (request.url === '/first') response.writeHead(302, { location: '/second' }).end();
      else response.end('hello');
    });
    await using outside = createFetcher({ videos: [server.host] });

    await fetchBytes(outside, server.url('/first#fragment'), REQUEST);
    await fetchBytes(outside, server.url('/third'), REQUEST);

    expect(server.requests.map((request) => request.url)).toEqual(['/first', '/second', '/third']);
    for (const { headers, method } of server.requests) {
      const { host, connection, ...rest } = headers;
      expect(method).toBe('GET');
      expect([host, connection]).toEqual([server.host, 'keep-alive']);
      expect(rest).toEqual({ accept: '*/*', 'accept-encoding': 'identity' });
    }
  });

  test('a fetch of an attachment goes only to listed hosts, whatever videos may do', async () => {
    await using server = await startServer(saysHello);
    await using outside = createFetcher({ videos: [server.host] });

    await expect(
      fetchBytes(outside, server.url('/a'), { ...REQUEST, kind: 'attachment' }),
    ).rejects.toThrow('its host is not one that attachments come from');
    expect(server.requests).toEqual([]);
  });

  test('the list for attachments does not allow a fetch of a result', async () => {
    await using server = await startServer(saysHello);
    await using outside = createFetcher({ attachments: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toThrow('is not https');
    await expect(
      fetchBytes(outside, server.url('/a'), { ...REQUEST, kind: 'attachment' }),
    ).resolves.toHaveLength(5);
  });

  test('a fetch of something that is not a URL is refused', async () => {
    await using outside = createFetcher({});

    await expect(fetchBytes(outside, 'not a url', REQUEST)).rejects.toThrow(UntrustedContentError);
  });
});

describe('the size limit', () => {
  test('a stated size above the limit is refused before the body is read', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1001' }).write('x');
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(outside.safeFetch(server.url('/a?key=1'), REQUEST)).rejects.toThrow(
      new UntrustedContentError(
        `${server.url('/a')} is not fetched: it is larger than the 1000 bytes allowed`,
      ),
    );
  });

  test('an endless body is cut at the limit', async () => {
    await using server = await startServer((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(100)));
      };
      response.on('drain', pour);
      pour();
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toThrow('larger than');
  });

  test('a body exactly at the limit is allowed', async () => {
    await using server = await startServer((_request, response) =>
      response.end(Buffer.alloc(1000)),
    );
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).resolves.toHaveLength(1000);
  });

  test('the size of a compressed body is its compressed size: it is never unpacked', async () => {
    const packed = Buffer.from('1f8b08000000000000034b4c4a0600c241243503000000', 'hex');
    await using server = await startServer((_request, response) => {
      response.setHeader('content-encoding', 'gzip').end(packed);
    });
    await using outside = createFetcher({ videos: [server.host] });

    expect(Buffer.from(await fetchBytes(outside, server.url('/a'), REQUEST))).toEqual(packed);
  });
});

describe('the time limit', () => {
  const timedOut = { kind: 'download', failure: 'timeout', mayPass: true };

  test('the time limit ends an answer that never begins', async () => {
    const clock = clockThatWaitsFor(MINUTE);
    await using server = await startServer(() => clock.expire());
    await using outside = createFetcher({ videos: [server.host], clock });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toMatchObject(timedOut);
  });

  test('the time limit ends a body that keeps dripping', async () => {
    const clock = clockThatWaitsFor(MINUTE);
    await using server = await startServer((_request, response) => response.write('x'));
    await using outside = createFetcher({ videos: [server.host], clock });
    const { body } = await outside.safeFetch(server.url('/a'), REQUEST);

    const read = async (): Promise<void> => {
      for await (const _chunk of body) clock.expire();
    };

    await expect(read()).rejects.toMatchObject(timedOut);
  });

  test('a silent body is ended long before the total time', async () => {
    await using server = await startServer((_request, response) => response.write('x'));
    await using outside = createFetcher({ videos: [server.host], idleTimeoutMs: 50 });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toMatchObject(timedOut);
  });

  test('a fetch ends with the caller’s reason when the caller aborts', async () => {
    const stopping = new AbortController();
    const reason = new Error('shutting down');
    await using server = await startServer(() => stopping.abort(reason));
    await using outside = createFetcher({ videos: [server.host] });

    await expect(
      fetchBytes(outside, server.url('/a'), { ...REQUEST, signal: stopping.signal }),
    ).rejects.toBe(reason);
  });

  test('the time limit ends when the body is read or cancelled', async () => {
    const clock = clockThatWaitsFor(MINUTE);
    await using server = await startServer(saysHello);
    await using outside = createFetcher({ videos: [server.host], clock });

    await fetchBytes(outside, server.url('/a'), REQUEST);
    const response = await outside.safeFetch(server.url('/a'), REQUEST);
    expect(clock.sleeping()).toBe(1);
    response.cancel();

    expect(clock.sleeping()).toBe(0);
  });
});

describe('an answer', () => {
  test.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [404, false],
    [403, false],
    [410, false],
    [204, false],
    [304, false],
  ])('an answer with status %i has no file; retryable: %s', async (status, mayPass) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(status).end();
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toMatchObject({
      kind: 'download',
      failure: 'status',
      status,
      mayPass,
    });
  });

  test('an answer shorter than its stated length is a failed download, not a short file', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('12345', () => response.destroy());
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toThrow(DownloadError);
  });

  test('an unreachable server is a failed download', async () => {
    const server = await startServer(saysHello);
    const { host } = server;
    await server[Symbol.asyncDispose]();
    await using outside = createFetcher({ videos: [host] });

    await expect(fetchBytes(outside, `http://${host}/`, REQUEST)).rejects.toMatchObject({
      failure: 'connection',
      mayPass: true,
    });
  });

  test('an unread answer does not outlive the closing', async () => {
    await using server = await startServer((_request, response) => response.write('x'));
    const outside = createFetcher({ videos: [server.host] });
    const { body } = await outside.safeFetch(server.url('/a'), REQUEST);

    await outside.close();

    await expect(chunksOf(body)).rejects.toThrow(DownloadError);
  });
});

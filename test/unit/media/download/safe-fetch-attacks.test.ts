/**
 * Attacks by a hostile server, or by a hostile link from a vendor, on the only function that fetches external
 * URLs.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { MINUTE } from '#src/clock.ts';
import { UntrustedContentError } from '#src/errors.ts';

import { fetchBytes, clockThatWaitsFor, createFetcher, startServer } from './remote-server.ts';

const REQUEST = { kind: 'result', maxBytes: 1000, timeoutMs: MINUTE } as const;

/** Ways to write an address of this machine, of its network, or of its cloud’s metadata service. */
const PRIVATE_ADDRESSES = [
  '127.0.0.1',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '0177.1',
  '127.1',
  '0',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '192.168.0.1',
] as const;

describe('a link to a private address', () => {
  test.each(PRIVATE_ADDRESSES)(
    'a link to a private address written as %s is not followed',
    async (host) => {
      await using outside = createFetcher({});

      await expect(
        fetchBytes(outside, `https://${host}/latest/meta-data`, REQUEST),
      ).rejects.toThrow('its address is not public');
    },
  );

  test.each(PRIVATE_ADDRESSES)(
    'a redirect to a private address written as %s is not followed',
    async (host) => {
      await using server = await startServer((_request, response) => {
        response.writeHead(302, { location: `https://${host}/latest/meta-data` }).end();
      });
      await using outside = createFetcher({ videos: [server.host] });

      await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toThrow(
        'its address is not public',
      );
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    'data:video/mp4;base64,AAAA',
    'file:///etc/passwd',
    'ftp://videos.example/a',
    'ws://videos.example/a',
    'blob:https://videos.example/1',
    'javascript:alert(1)',
    '//169.254.169.254/latest',
    '\\\\169.254.169.254\\latest',
  ])('a redirect to something that is not a web address (%s) is refused', async (location) => {
    await using server = await startServer((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/a'), REQUEST)).rejects.toThrow(
      UntrustedContentError,
    );
    expect(server.requests).toHaveLength(1);
  });
});

/** Does not speak proper HTTP: writes the given bytes until the other side disconnects. */
async function rawServer(write: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => write(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a hostile server', () => {
  test('a server that sends endless headers is cut off', async () => {
    let sentBytes = 0;
    const line = `x-more: ${'x'.repeat(1000)}\r\n`;
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const pour = (): void => {
        while (!socket.destroyed && socket.write(line)) sentBytes += line.length;
      };
      socket.on('drain', pour);
      pour();
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, `http://${server.host}/`, REQUEST)).rejects.toMatchObject({
      kind: 'download',
      failure: 'connection',
    });
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
  });

  test('a server that drips its headers is cut off when the time is over', async () => {
    const clock = clockThatWaitsFor(MINUTE);
    await using server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: y', () => clock.expire());
    });
    await using outside = createFetcher({ videos: [server.host], clock });

    await expect(fetchBytes(outside, `http://${server.host}/`, REQUEST)).rejects.toMatchObject({
      failure: 'timeout',
    });
  });

  test('a server that sends more than its stated length gives no more than that', async () => {
    await using server = await rawServer((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello${'x'.repeat(100_000)}`);
    });
    await using outside = createFetcher({ videos: [server.host] });

    // Both the five bytes and a failure are correct. The other bytes are not.
    const outcome = await fetchBytes(outside, `http://${server.host}/`, REQUEST).then(
      (bytes) => Buffer.from(bytes).toString(),
      () => 'failed',
    );
    expect(['hello', 'failed']).toContain(outcome);
  });

  test('a server that redirects in a circle is abandoned after three redirects', async () => {
    await using server = await startServer((_request, response) => {
      response.writeHead(307, { location: '/again' }).end('x');
    });
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/'), REQUEST)).rejects.toThrow('more than 3');
    expect(server.requests).toHaveLength(4);
  });
});

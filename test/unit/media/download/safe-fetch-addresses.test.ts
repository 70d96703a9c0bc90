import type { LookupFunction } from 'node:net';

import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';
import { UntrustedContentError } from '#src/errors.ts';
import { RefusedAddressError } from '#src/media/download/url-rules.ts';

import { fetchBytes, createFetcher, startServer, type Answer } from './remote-server.ts';

const REQUEST = { kind: 'result', maxBytes: 1000, timeoutMs: MINUTE } as const;

const saysHello: Answer = (_request, response) => {
  response.setHeader('content-type', 'text/plain').end('hello');
};
const resolvesTo = (address: string): LookupFunction => {
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
};

describe('address checks', () => {
  test.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'an address of %s behind a public name is refused in the socket’s look-up',
    async (address) => {
      await using outside = createFetcher({ lookup: resolvesTo(address) });

      await expect(fetchBytes(outside, 'https://videos.example/a', REQUEST)).rejects.toEqual(
        new RefusedAddressError('videos.example', 'its address is not public', 'videos.example'),
      );
    },
  );

  test('an address that changes between two requests is checked each time', async () => {
    const answers = ['192.0.2.1', '127.0.0.1'];
    let asked = 0;
    const lookup: LookupFunction = (hostname, options, callback) => {
      resolvesTo(answers[asked] ?? '')(hostname, options, callback);
      asked += 1;
    };
    await using outside = createFetcher({ lookup });

    await expect(fetchBytes(outside, 'https://a.example/', REQUEST)).rejects.toThrow('not public');
    await expect(fetchBytes(outside, 'https://a.example/', REQUEST)).rejects.toThrow('not public');
    expect(asked).toBe(2);
  });

  test('a name that the operator listed may have a private address', async () => {
    await using server = await startServer(saysHello);
    const port = server.host.split(':')[1] ?? '';
    await using outside = createFetcher({
      videos: ['store.internal'],
      lookup: resolvesTo('127.0.0.1'),
    });

    const bytes = await fetchBytes(outside, `http://store.internal:${port}/a`, REQUEST);

    expect(Buffer.from(bytes).toString()).toBe('hello');
  });

  test('a name that cannot be resolved is a failed download', async () => {
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    };
    await using outside = createFetcher({ lookup });

    await expect(fetchBytes(outside, 'https://a.example/x?key=1', REQUEST)).rejects.toMatchObject({
      kind: 'download',
      failure: 'connection',
      mayPass: true,
      message: 'Download of https://a.example/x: connection',
    });
  });
});

describe('redirects', () => {
  const redirects = (target: (step: number) => string): Answer => {
    return (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step === 0) response.end('hello');
      else response.writeHead(302, { location: target(step - 1) }).end('moved');
    };
  };

  test('three redirects are followed and a fourth is not', async () => {
    await using server = await startServer(redirects((step) => `/${step}`));
    await using outside = createFetcher({ videos: [server.host] });

    await expect(fetchBytes(outside, server.url('/3'), REQUEST)).resolves.toHaveLength(5);
    await expect(fetchBytes(outside, server.url('/4'), REQUEST)).rejects.toThrow(
      'more than 3 redirects led to it',
    );
  });

  test.each([
    ['http://127.0.0.1:1/', 'it is not https'],
    ['https://127.0.0.1/', 'its address is not public'],
    ['https://[::ffff:10.0.0.1]/', 'its address is not public'],
    ['https://videos.example:22/', 'its port is not 443'],
    ['https://user:pass@videos.example/', 'it carries a user name or password'],
    ['file:///etc/passwd', 'it is not a web address'],
    ['https://private.example/', 'its address is not public'],
  ])('a redirect to %s is refused', async (location, reason) => {
    await using server = await startServer(redirects(() => location));
    await using outside = createFetcher({
      videos: [server.host],
      lookup: resolvesTo('192.168.0.1'),
    });

    const fetched = fetchBytes(outside, server.url('/1'), REQUEST);

    await expect(fetched).rejects.toThrow(UntrustedContentError);
    await expect(fetched).rejects.toThrow(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('a redirect of an attachment may not leave the list, not even for a public host', async () => {
    await using server = await startServer(redirects(() => 'https://evil.example/a.png'));
    await using outside = createFetcher({ attachments: [server.host] });

    await expect(
      fetchBytes(outside, server.url('/1'), { ...REQUEST, kind: 'attachment' }),
    ).rejects.toThrow('its host is not one that attachments come from');
  });
});

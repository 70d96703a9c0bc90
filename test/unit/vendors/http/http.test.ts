import { createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { CREATE, failureOf, httpAt, KEY, PROMPT, server, servers } from './calls.ts';

describe('the result of a call', () => {
  test('the response is parsed, and the log has operation, status and time, but no prompt and no key', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.end(JSON.stringify({ id: `for ${request.headers.authorization}` }));
    });
    const { http, written } = httpAt(url);

    const answer = await http.request(CREATE);

    expect(answer.id).toBe(`for Bearer ${KEY}`);
    expect(written()).toMatch(/"operation":"create","status":200,"ms":\d+/);
    expect(written()).not.toContain(KEY);
    expect(written()).not.toContain(PROMPT);
  });

  test('a repeated query parameter is sent repeatedly, and trailing slashes of the base URL are not doubled', async () => {
    const url = await server((request, response) => {
      response.end(JSON.stringify({ id: request.url }));
    });
    const { http } = httpAt(`${url}/api/v3//`);

    const query = [
      ['filter.task_ids', 'a'],
      ['filter.task_ids', 'b&c'],
    ] as const;
    const answer = await http.request({ ...CREATE, method: 'GET', json: undefined, query });

    expect(answer.id).toBe('/api/v3/tasks?filter.task_ids=a&filter.task_ids=b%26c');
  });

  test('a body of many pieces arrives complete, with its length stated', async () => {
    const url = await server((request, response) => {
      let size = 0;
      request.on('data', (piece: Buffer) => (size += piece.byteLength));
      request.on('end', () =>
        response.end(JSON.stringify({ id: `${size} of ${request.headers['content-length']}` })),
      );
    });
    const { http } = httpAt(url);

    const answer = await http.request({ ...CREATE, json: { text: 'x'.repeat(3_000_000) } });

    expect(answer.id).toBe('3000011 of 3000011');
  });
});

describe('a call that certainly did not happen', () => {
  test('a refused connection is a definite refusal', async () => {
    const url = await server(() => undefined);
    await Promise.all(servers.splice(0).map((started) => started.close()));

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED', isDefinite: true });
  });

  test('a host name that does not exist is a definite refusal', async () => {
    const error = await failureOf(httpAt('http://vendor.invalid').http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', isDefinite: true });
  });

  test('a connection cut before the body was sent is a definite refusal', async () => {
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    servers.push({ close: async () => void listener.close() });

    // More than the socket buffers of both sides hold.
    const json = { text: 'x'.repeat(40_000_000) };
    const call = httpAt(`http://127.0.0.1:${port}`).http.request({ ...CREATE, json });

    expect(await failureOf(call)).toMatchObject({ kind: 'unavailable', isDefinite: true });
  });

  test('an unreadable input is a definite refusal, and nothing is sent', async () => {
    const asked: string[] = [];
    const url = await server((request) => asked.push(request.url ?? ''));
    const largeJson = async () => Promise.reject(new Error('the file is gone'));

    const error = await failureOf(
      httpAt(url).http.request({ ...CREATE, json: undefined, largeJson }),
    );

    expect(error).toMatchObject({ kind: 'input-unreadable', isDefinite: true });
    expect(asked).toEqual([]);
  });
});

describe('an unknown outcome', () => {
  test('silence after sending is a time-out', async () => {
    const url = await server((request) => void request.resume());

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'timeout', isDefinite: false });
  });

  test('a status call has a shorter time-out than a create call, although it has a body', async () => {
    const url = await server((request) => void request.resume());
    const timeouts = { connectMs: 60_000, createMs: 60_000, otherMs: 100, silenceMs: 60_000 };

    const call = httpAt(url, 1_000, timeouts).http.request({ ...CREATE, operation: 'retrieve' });

    expect(await failureOf(call)).toMatchObject({ kind: 'timeout', operation: 'retrieve' });
  });

  test('a response that drips without end is cut at the total time of the call', async () => {
    const url = await server((request, response) => {
      request.resume();
      const dripping = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(dripping));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'timeout', code: 'DEADLINE', isDefinite: false });
  });

  test('a connection cut after sending has an unknown outcome', async () => {
    const url = await server((request) => {
      request.on('data', () => undefined);
      request.on('end', () => request.socket.destroy());
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', isDefinite: false });
  });

  test('a connection cut during the response has an unknown outcome', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"id":', () => response.socket?.destroy());
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ isDefinite: false });
  });

  test('a response that is not HTTP has an unknown outcome, even when it repeats the request', async () => {
    const echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (piece) => socket.end(piece));
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const address = echo.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    servers.push({ close: async () => void echo.close() });

    const error = await failureOf(httpAt(`http://127.0.0.1:${port}`).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'bad-response', isDefinite: false });
  });

  test.each([
    ['text that is not JSON', `not JSON: ${KEY} ${PROMPT}`, 1_000],
    ['JSON of another shape', `{"task_id":"${KEY}"}`, 1_000],
    ['an empty answer', '', 1_000],
    ['more bytes than allowed', JSON.stringify({ id: 'x'.repeat(200_000) }), 1_000],
  ])('a success with %s has an unknown outcome', async (_, body, maxAnswerBytes) => {
    const url = await server((request, response) => {
      request.resume();
      response.end(body);
    });

    const error = await failureOf(httpAt(url, maxAnswerBytes).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'bad-response', isDefinite: false });
  });

  test.each([500, 502, 503, 504])('a %i from a gateway has an unknown outcome', async (status) => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(status).end('<html>Bad gateway</html>');
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', status, isDefinite: false });
  });

  test('an abort after sending has an unknown outcome', async () => {
    const stop = new AbortController();
    const url = await server((request) => {
      request.resume();
      request.on('end', () => stop.abort());
    });

    const error = await failureOf(httpAt(url).http.request({ ...CREATE, signal: stop.signal }));

    expect(error).toMatchObject({ kind: 'unavailable', code: 'ABORTED', isDefinite: false });
  });
});

describe('a refused call', () => {
  test.each([
    ['30', 30_000],
    ['1000000', 3_600_000],
    ['-5', 0],
    ['soon', undefined],
  ])('Retry-After %s is read as %s ms', async (header, waitMs) => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(429, { 'retry-after': header }).end('{"error":{}}');
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: waitMs, isDefinite: true });
  });

  test('the refusal code is reported, without the key when the vendor repeats it', async () => {
    const url = await server((request, response) => {
      request.resume();
      const error = { code: `Key.${KEY}`, message: `${KEY} ${PROMPT}` };
      response.writeHead(400).end(JSON.stringify({ error }));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'rejected', code: 'Key.…', isDefinite: true });
  });

  test('a refusal with a too long or cut body has the kind of its status, and an unknown outcome', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(401).end('x'.repeat(100_000));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'auth', status: 401, isDefinite: false });
  });

  test('a redirect is not followed, because the key would go along', async () => {
    const visits: string[] = [];
    const url = await server((request, response) => {
      visits.push(request.url ?? '');
      request.resume();
      response.writeHead(307, { location: '/elsewhere' }).end();
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'bad-response', status: 307 });
    expect(visits).toEqual(['/tasks']);
  });
});

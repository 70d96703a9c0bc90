import { createServer } from 'node:net';

import { describe, expect, test } from 'vitest';

import { CREATE, failureOf, httpAt, KEY, PROMPT, server, servers } from './calls.ts';

describe('what a call gives', () => {
  test('The answer is parsed, and the log tells operation, status and time, but no prompt and no key', async () => {
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

  test('A repeated query parameter is sent repeatedly, and slashes at the end of the base URL do not double', async () => {
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

  test('A body of many pieces arrives whole, with its length told', async () => {
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

describe('when the vendor was certainly not asked', () => {
  test('A refused connection is a definite no', async () => {
    const url = await server(() => undefined);
    await Promise.all(servers.splice(0).map((started) => started.close()));

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED', isDefinite: true });
  });

  test('A host name that does not exist is a definite no', async () => {
    const error = await failureOf(httpAt('http://vendor.invalid').http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', isDefinite: true });
  });

  test('A connection cut before the body was out is a definite no', async () => {
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    servers.push({ close: async () => void listener.close() });

    // More than the sockets of both sides can buffer.
    const json = { text: 'x'.repeat(40_000_000) };
    const call = httpAt(`http://127.0.0.1:${port}`).http.request({ ...CREATE, json });

    expect(await failureOf(call)).toMatchObject({ kind: 'unavailable', isDefinite: true });
  });

  test('An input that cannot be read is a definite no, and nothing is sent', async () => {
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

describe('when nobody can know whether the task exists', () => {
  test('Silence after sending is a time-out', async () => {
    const url = await server((request) => void request.resume());

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'timeout', isDefinite: false });
  });

  test('A look is not waited for as long as a create, though it brings a body', async () => {
    const url = await server((request) => void request.resume());
    const timeouts = { connectMs: 60_000, createMs: 60_000, otherMs: 100, silenceMs: 60_000 };

    const call = httpAt(url, 1_000, timeouts).http.request({ ...CREATE, operation: 'retrieve' });

    expect(await failureOf(call)).toMatchObject({ kind: 'timeout', operation: 'retrieve' });
  });

  test('An answer that drips without end is cut at the time for the whole call', async () => {
    const url = await server((request, response) => {
      request.resume();
      const dripping = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(dripping));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'timeout', code: 'DEADLINE', isDefinite: false });
  });

  test('A connection cut after sending', async () => {
    const url = await server((request) => {
      request.on('data', () => undefined);
      request.on('end', () => request.socket.destroy());
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', isDefinite: false });
  });

  test('A connection cut in the midst of the answer', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"id":', () => response.socket?.destroy());
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ isDefinite: false });
  });

  test('Something that is not HTTP, even if it repeats our request to us', async () => {
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
  ])('A success with %s', async (_, body, maxAnswerBytes) => {
    const url = await server((request, response) => {
      request.resume();
      response.end(body);
    });

    const error = await failureOf(httpAt(url, maxAnswerBytes).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'bad-response', isDefinite: false });
  });

  test.each([500, 502, 503, 504])('A %i that a gateway wrote', async (status) => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(status).end('<html>Bad gateway</html>');
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'unavailable', status, isDefinite: false });
  });

  test('A stop of ours after sending', async () => {
    const stop = new AbortController();
    const url = await server((request) => {
      request.resume();
      request.on('end', () => stop.abort());
    });

    const error = await failureOf(httpAt(url).http.request({ ...CREATE, signal: stop.signal }));

    expect(error).toMatchObject({ kind: 'unavailable', code: 'ABORTED', isDefinite: false });
  });
});

describe('when the vendor says no', () => {
  test.each([
    ['30', 30_000],
    ['1000000', 3_600_000],
    ['-5', 0],
    ['soon', undefined],
  ])('Retry-After %s is taken as %s ms', async (header, waitMs) => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(429, { 'retry-after': header }).end('{"error":{}}');
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs: waitMs, isDefinite: true });
  });

  test('Its code is told, without our key should it repeat that', async () => {
    const url = await server((request, response) => {
      request.resume();
      const error = { code: `Key.${KEY}`, message: `${KEY} ${PROMPT}` };
      response.writeHead(400).end(JSON.stringify({ error }));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'rejected', code: 'Key.…', isDefinite: true });
  });

  test('A refusal whose body is too long or cut has the kind of its status, and an unknown outcome', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.writeHead(401).end('x'.repeat(100_000));
    });

    const error = await failureOf(httpAt(url).http.request(CREATE));

    expect(error).toMatchObject({ kind: 'auth', status: 401, isDefinite: false });
  });

  test('A redirect is not followed: our key would go along', async () => {
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

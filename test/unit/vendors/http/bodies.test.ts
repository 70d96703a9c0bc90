import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';

import { CREATE, failureOf, httpAt, server } from './calls.ts';

/**
 * The second body waits until the first is sent, and responses wait for both, which takes a while on a busy
 * machine.
 */
const PATIENT = { connectMs: MINUTE, createMs: MINUTE, otherMs: MINUTE, silenceMs: MINUTE };

describe('request bodies with pictures', () => {
  test('bodies are built one at a time, and the next starts when the previous one was sent, not answered', async () => {
    const events: string[] = [];
    const arrived: Array<() => void> = [];
    const url = await server((request, response) => {
      request.resume();
      request.on('end', () => {
        events.push('arrived');
        arrived.push(() => response.end('{"id":"cgt"}'));
        if (arrived.length === 2) arrived.forEach((answer) => answer());
      });
    });
    const { http } = httpAt(url, 1_000, PATIENT);
    const largeJson = async (): Promise<unknown> => {
      events.push('building');
      await new Promise((resolve) => setImmediate(resolve));
      events.push('built');
      return { picture: 'x'.repeat(1_000_000) };
    };
    const request = { ...CREATE, json: undefined, largeJson };

    const answers = await Promise.all([http.request(request), http.request(request)]);

    expect(answers).toHaveLength(2);
    expect(events.join(' ').replaceAll(' arrived', '')).toBe('building built building built');
  });

  test('the next body does not wait any longer when the previous one failed', async () => {
    const url = await server((request, response) => {
      request.resume();
      response.end('{"id":"cgt"}');
    });
    const { http } = httpAt(url, 1_000, PATIENT);
    const request = { ...CREATE, json: undefined };

    const failing = http.request({
      ...request,
      largeJson: async () => Promise.reject(new Error()),
    });
    const next = http.request({ ...request, largeJson: async () => Promise.resolve({}) });

    await failureOf(failing);
    expect(await next).toEqual({ id: 'cgt' });
  });

  test('an aborted body leaves the queue without letting others pass', async () => {
    const { promise: isOpen, resolve: open } = Promise.withResolvers<void>();
    const built: string[] = [];
    const url = await server((request, response) => {
      request.resume();
      response.end('{"id":"cgt"}');
    });
    const { http } = httpAt(url, 1_000, PATIENT);
    const build = (name: string) => async () => {
      await isOpen;
      return built.push(name);
    };
    const stop = new AbortController();
    const request = { ...CREATE, json: undefined };

    const first = http.request({ ...request, largeJson: build('first') });
    const second = http.request({ ...request, largeJson: build('second'), signal: stop.signal });
    const third = http.request({ ...request, largeJson: build('third') });
    stop.abort();

    expect(await failureOf(second)).toMatchObject({ code: 'ABORTED', isDefinite: true });
    expect(built).toEqual([]);
    open();
    await Promise.all([first, third]);
    expect(built).toEqual(['first', 'third']);
  });
});

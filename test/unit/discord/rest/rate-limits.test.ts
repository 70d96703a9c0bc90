/** How long a route of an interaction is blocked before another route is used. */
import { RateLimitError, type RateLimitData } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { isRouteBlocked, RateLimits, type LimitedRequest } from '#src/discord/rest/rate-limits.ts';
import { createLogger } from '#src/logger.ts';

import { createFakeClock } from '../../../fakes/clock.ts';

const ROUTE = '/webhooks/1/a-token/messages/@original';
const EDIT: LimitedRequest = { method: 'patch', route: ROUTE, by: 'interaction' };
const READ: LimitedRequest = { ...EDIT, method: 'get' };
const BOT: LimitedRequest = {
  method: 'patch',
  route: '/channels/1/messages/2',
  by: 'bot',
  bucket: 'edits',
};

function stage() {
  const clock = createFakeClock();
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const limits = new RateLimits(clock, logger);
  const refuse = (request: LimitedRequest, retryAfter: number) =>
    limits.afterFailure(rateLimit({ retryAfter }), request);
  return { clock, lines, limits, refuse };
}

function rateLimit(changes: Partial<RateLimitData>): RateLimitError {
  return new RateLimitError({
    global: false,
    hash: 'hash',
    limit: 5,
    majorParameter: '1',
    method: 'PATCH',
    retryAfter: SECOND,
    route: ROUTE,
    scope: 'user',
    sublimitTimeout: 0,
    timeToReset: 0,
    url: `https://discord.example${ROUTE}`,
    ...changes,
  });
}

describe('a route with an interaction token', () => {
  test('the route is blocked after a minute of refusals', async () => {
    const { clock, refuse } = stage();

    expect(isRouteBlocked(refuse(EDIT, SECOND))).toBe(false);
    await clock.advance(MINUTE - 1);
    expect(isRouteBlocked(refuse(EDIT, SECOND))).toBe(false);
    await clock.advance(1);
    expect(isRouteBlocked(refuse(EDIT, SECOND))).toBe(true);
  });

  test('the route is blocked at once when Discord asks for a minute’s pause', () => {
    const { refuse } = stage();

    expect(isRouteBlocked(refuse(EDIT, MINUTE - 1))).toBe(false);
    expect(isRouteBlocked(refuse(EDIT, MINUTE))).toBe(true);
  });

  test('the route is not requested again before its time', async () => {
    const { clock, limits, refuse } = stage();
    refuse(EDIT, 10 * SECOND);

    expect(() => limits.check(EDIT)).toThrow('Discord rate limit (one message)');
    expect(() => limits.check(READ)).not.toThrow();
    await clock.advance(10 * SECOND);
    expect(() => limits.check(EDIT)).not.toThrow();
  });

  test.each([
    ['an answer', undefined],
    ['a refusal of another kind', new Error('50027')],
  ])('the count of refusals restarts after %s', async (_, failure) => {
    const { clock, limits, refuse } = stage();
    refuse(EDIT, SECOND);
    await clock.advance(50 * SECOND);
    if (failure === undefined) limits.noteAnswer(EDIT);
    else limits.afterFailure(failure, EDIT);
    await clock.advance(20 * SECOND);

    expect(isRouteBlocked(refuse(EDIT, SECOND))).toBe(false);
  });

  test('a successful read of the same message does not unblock the route', async () => {
    const { clock, limits, refuse } = stage();
    refuse(EDIT, SECOND);
    limits.noteAnswer(READ);
    await clock.advance(MINUTE);

    expect(isRouteBlocked(refuse(EDIT, SECOND))).toBe(true);
  });

  test('the route’s log lines never show its token', () => {
    const { lines, refuse } = stage();
    const error = refuse(EDIT, MINUTE);

    expect(String(error)).not.toContain('a-token');
    expect(lines.join('')).not.toContain('a-token');
  });
});

test('a route with the bot’s own token is never blocked, because there is no other', async () => {
  const { clock, refuse } = stage();
  refuse(BOT, 10 * MINUTE);
  await clock.advance(HOUR);

  expect(isRouteBlocked(refuse(BOT, 10 * MINUTE))).toBe(false);
});

/** The order of routes, the consequences of each refusal, and what is logged. */
import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js';
import { describe, expect, test } from 'vitest';

import {
  tryPlannedRoutes,
  tryRoutes,
  type Attempt,
  type AttemptPlan,
  type Route,
} from '#src/discord/messages/try-routes.ts';
import { DiscordBusyError } from '#src/discord/rest/rate-limits.ts';
import { createLogger } from '#src/logger.ts';

const BLOCKED_BY_RULES = refusal(Code.MessageWasBlockedByAutomaticModeration);
const NO_ACCESS = refusal(Code.MissingAccess);
const TOO_LARGE = refusal(Code.RequestEntityTooLarge);
const FAULT = refusal(Code.InvalidFormBodyOrContentType);
const CUT = new Error('socket hang up');
const BLOCKED_ROUTE = busy(true);

function refusal(code: number): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'Refused' }, code, 403, 'PATCH', 'http://x', {});
}

function busy(isRouteBlocked: boolean): DiscordBusyError {
  return new DiscordBusyError('one message', { retryAfterMs: 90_000, isRouteBlocked });
}

interface Limited extends Attempt {
  readonly limit: number;
}

/** Two routes to one message and one to another; each attempt fails with the next error of its route. */
function aWalk(failures: Record<string, Error[]> = {}) {
  const tried: string[] = [];
  const closed: string[] = [];
  const lines: unknown[] = [];
  const route = (name: string, hasFallback = false): Route => ({
    name,
    hasFallback,
    onClosed: async (last) => void closed.push(`${name} ${last}`),
  });
  const routes = [route('token', true), route('bot'), route('new')];
  const send = async ({ name }: Route, { withoutPrompt }: Attempt): Promise<{ by: string }> => {
    tried.push(withoutPrompt ? `${name} without prompt` : name);
    const failure = failures[name]?.shift();
    if (failure !== undefined) throw failure;
    return { by: name };
  };
  const log = {
    logger: createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) }),
    jobId: 'job1',
    message: 'Discord refused it',
  };
  const run = async () => tryRoutes(routes, send, log);
  const runPlanned = async (
    plan: (route: Route, attempt: Limited) => AttemptPlan<Limited, { by: string }>,
  ) =>
    tryPlannedRoutes(
      routes,
      {
        firstAttempt: () => ({ withoutPrompt: false, limit: 2 }),
        plan: async (tryBy: Route, attempt: Limited) => plan(tryBy, attempt),
        downgrade: (attempt: Limited, reason) =>
          reason === 'too-large' && attempt.limit > 0
            ? { ...attempt, limit: attempt.limit - 1 }
            : undefined,
      },
      log,
    );
  return { run, runPlanned, send, tried, closed, lines };
}

describe('routes to a message', () => {
  test('the routes end with the first that Discord accepts, and none is closed or logged', async () => {
    const { run, tried, closed, lines } = aWalk();

    expect(await run()).toEqual({ by: 'token' });
    expect(tried).toEqual(['token']);
    expect(closed).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('a refused route is closed with its refusal, and the next is tried', async () => {
    const { run, tried, closed } = aWalk({ token: [NO_ACCESS], bot: [FAULT] });

    expect(await run()).toEqual({ by: 'new' });
    expect(tried).toEqual(['token', 'bot', 'new']);
    expect(closed).toEqual(['token no-access', 'bot fault']);
  });

  test('the attempt fails when Discord refuses every route', async () => {
    const { run, closed } = aWalk({ token: [NO_ACCESS], bot: [NO_ACCESS], new: [NO_ACCESS] });

    expect(await run()).toBeUndefined();
    expect(closed).toHaveLength(3);
  });

  test('the attempt stops when Discord is unreachable, because the message may have arrived', async () => {
    const { run, tried, closed } = aWalk({ token: [CUT] });

    await expect(run()).rejects.toBe(CUT);
    expect(tried).toEqual(['token']);
    expect(closed).toEqual([]);
  });
});

describe('a text that the server’s own rules refuse', () => {
  test('a refused text is sent once more by the same route without the prompt', async () => {
    const { run, tried, closed } = aWalk({ token: [BLOCKED_BY_RULES] });

    expect(await run()).toEqual({ by: 'token' });
    expect(tried).toEqual(['token', 'token without prompt']);
    expect(closed).toEqual([]);
  });

  test('a text refused without its prompt is sent by the next route, with the prompt again', async () => {
    const { run, tried, closed } = aWalk({ token: [BLOCKED_BY_RULES, BLOCKED_BY_RULES] });

    expect(await run()).toEqual({ by: 'bot' });
    expect(tried).toEqual(['token', 'token without prompt', 'bot']);
    expect(closed).toEqual(['token blocked']);
  });
});

describe('a rate-limited route', () => {
  test('a rate-limited route is left for its fallback without being closed', async () => {
    const { run, closed, lines } = aWalk({ token: [BLOCKED_ROUTE] });

    expect(await run()).toEqual({ by: 'bot' });
    expect(closed).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('a rate-limited route is waited for when every other route is refused', async () => {
    const { run, tried } = aWalk({ token: [BLOCKED_ROUTE], bot: [NO_ACCESS], new: [NO_ACCESS] });

    await expect(run()).rejects.toBe(BLOCKED_ROUTE);
    expect(tried).toEqual(['token', 'bot', 'new']);
  });

  test('a rate-limited route is waited for when its limit is short', async () => {
    const short = busy(false);
    const { run, tried } = aWalk({ token: [short] });

    await expect(run()).rejects.toBe(short);
    expect(tried).toEqual(['token']);
  });

  test('a rate-limited route is waited for when it has no fallback', async () => {
    const { run, tried } = aWalk({ token: [NO_ACCESS], bot: [BLOCKED_ROUTE] });

    await expect(run()).rejects.toBe(BLOCKED_ROUTE);
    expect(tried).toEqual(['token', 'bot']);
  });
});

describe('the log', () => {
  test('the log names each refusal, its route and its attempt', async () => {
    const { run, lines } = aWalk({ token: [BLOCKED_BY_RULES, NO_ACCESS] });

    await run();

    const about = { level: 40, msg: 'Discord refused it', jobId: 'job1', route: 'token' };
    expect(lines).toMatchObject([
      { ...about, refusal: 'blocked', withoutPrompt: false, err: { code: BLOCKED_BY_RULES.code } },
      { ...about, refusal: 'no-access', withoutPrompt: true, err: { code: NO_ACCESS.code } },
    ]);
  });

  test('the log reports a fault of the bot as an error', async () => {
    const { run, lines } = aWalk({ token: [FAULT] });

    await run();

    expect(lines).toMatchObject([{ level: 50, refusal: 'fault' }]);
  });
});

describe('a planned attempt', () => {
  test('a planned attempt is downgraded until nothing is left of it, and starts over by the next route', async () => {
    const failures = { token: [TOO_LARGE, BLOCKED_BY_RULES, TOO_LARGE, TOO_LARGE] };
    const { runPlanned, send, closed } = aWalk(failures);
    const attempts: [string, number, boolean][] = [];

    const result = await runPlanned((route, attempt) => {
      attempts.push([route.name, attempt.limit, attempt.withoutPrompt]);
      return { kind: 'send', attempt, send: async () => send(route, attempt) };
    });

    expect(result).toEqual({ by: 'bot' });
    expect(attempts).toEqual([
      ['token', 2, false],
      ['token', 1, false],
      ['token', 1, true],
      ['token', 0, true],
      ['bot', 2, false],
    ]);
    expect(closed).toEqual(['token too-large']);
  });

  test('a planned attempt is logged as it was sent, not as it was planned', async () => {
    const { runPlanned, send, tried, lines } = aWalk({ token: [TOO_LARGE] });

    await runPlanned((route, attempt) => {
      const sent = { ...attempt, limit: 0 };
      return { kind: 'send', attempt: sent, send: async () => send(route, sent) };
    });

    expect(tried).toEqual(['token', 'bot']);
    expect(lines).toMatchObject([{ limit: 0 }]);
  });

  test('a planned attempt that stops returns its result and closes nothing', async () => {
    const { runPlanned, tried, closed } = aWalk();

    const result = await runPlanned(({ name }) => ({ kind: 'stop', result: { by: name } }));

    expect(result).toEqual({ by: 'token' });
    expect(tried).toEqual([]);
    expect(closed).toEqual([]);
  });

  test('a skipped attempt leads to the next route and closes nothing', async () => {
    const { runPlanned, send, tried, closed } = aWalk();

    const result = await runPlanned((route, attempt) =>
      route.name === 'new'
        ? { kind: 'send', attempt, send: async () => send(route, attempt) }
        : { kind: 'skip' },
    );

    expect(result).toEqual({ by: 'new' });
    expect(tried).toEqual(['new']);
    expect(closed).toEqual([]);
  });
});

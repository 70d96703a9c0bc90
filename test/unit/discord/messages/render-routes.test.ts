/** Where the current state of a job is shown, and what is tried when Discord refuses a route. */
import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { renderJob } from '#src/discord/messages/render-message.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import { DiscordBusyError } from '#src/discord/rest/rate-limits.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';

import { aJob, aRequest } from '../../../fakes/job.ts';

const PROMPT = 'a crab in a top hat';
const notUsed = async (): Promise<never> => {
  throw new Error('not reached');
};

function refusal(code: number): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'Refused' }, code, 403, 'PATCH', 'http://x', {});
}

/** A job to show; each route fails with the configured error, or once per entry of a list. */
function aDrawing(
  overrides: Partial<Job> = {},
  { token }: { token?: string } = { token: 'a-token' },
) {
  const job = aJob({ request: aRequest({ prompt: PROMPT }), ...overrides });
  const sent: string[] = [];
  const bodies: string[] = [];
  const failures = new Map<string, Error[]>();
  const dropped: string[] = [];
  const attempt = (way: string, body: unknown): void => {
    sent.push(way);
    bodies.push(JSON.stringify(body));
    const failure = failures.get(way)?.shift();
    if (failure !== undefined) throw failure;
  };
  const messenger: Messenger = {
    editByToken: async (_token, body) => attempt('token', body),
    editByBot: async ({ messageId }, body) => attempt(`bot ${messageId}`, body),
    async create(channelId, body, { nonce }) {
      attempt(`new in ${channelId} as ${nonce}`, body);
      return { messageId: '501' };
    },
    directChannel: async () => ({ channelId: '999' }),
    find: notUsed,
    tellAsideByToken: notUsed,
    registerCommands: notUsed,
    readByToken: notUsed,
    readByBot: notUsed,
  };
  const tokens = {
    find: async () => token,
    drop: async (interactionId: string) => void dropped.push(interactionId),
  };
  const dependencies = {
    messenger,
    tokens,
    uploadLimitBytes: () => 0,
    logger: createLogger('silent'),
  };
  const draw = async (place?: number) => renderJob(job, dependencies, { position: place });
  return { draw, sent, bodies, failures, dropped };
}

const GONE = refusal(Code.UnknownMessage);
const NEW = 'new in 200 as end-job1';
const DIRECT = 'new in 999 as end-job1';

describe.each(['accepted', 'running', 'failed', 'cancelled'] as const)(
  'the update of a %s job',
  (state) => {
    test('a message is updated once, by its token', async () => {
      const { draw, sent } = aDrawing({ state });

      expect(await draw()).toBe('its-message');
      expect(sent).toEqual(['token']);
    });

    test('a message is updated by the bot without a valid token, and an invalid one is dropped', async () => {
      const without = aDrawing({ state }, {});
      const dead = aDrawing({ state });
      dead.failures.set('token', [refusal(Code.InvalidWebhookToken)]);

      expect(await dead.draw()).toBe('its-message');
      expect(dead.sent).toEqual(['token', 'bot 500']);
      expect(dead.dropped).toEqual(['400']);
      expect(await without.draw()).toBe('its-message');
      expect(without.sent).toEqual(['bot 500']);
    });
  },
);

describe('a deleted message', () => {
  const gone = (overrides: Partial<Job>) => {
    const drawing = aDrawing(overrides);
    drawing.failures.set('token', [GONE]).set('bot 500', [GONE]);
    return drawing;
  };

  test('a deleted message is ignored while the job is running', async () => {
    const { draw, sent, dropped } = gone({ state: 'running' });

    expect(await draw()).toBe('nowhere');
    expect(sent).toEqual(['token', 'bot 500']);
    expect(dropped).toEqual([]);
  });

  test('a deleted message is replaced by one new message once the job has ended', async () => {
    const { draw, sent, bodies } = gone({ state: 'failed' });

    expect(await draw()).toBe('new-message');
    expect(sent).toEqual(['token', 'bot 500', NEW]);
    expect(bodies.map((body) => body.includes('<@300>'))).toEqual([false, false, true]);
  });

  test('a deleted private message is replaced by a direct message, and never in public', async () => {
    const { draw, sent } = gone({ state: 'failed', isPrivate: true, isEphemeral: true });

    expect(await draw()).toBe('new-message');
    expect(sent).toEqual(['token', DIRECT]);
  });

  test('a deleted message without an open route is given up', async () => {
    const { draw, sent, failures } = gone({ state: 'failed' });
    const closed = refusal(Code.MissingAccess);
    failures.set(NEW, [closed]).set(DIRECT, [closed]);

    expect(await draw()).toBe('nowhere');
    expect(sent.slice(0, 3)).toEqual(['token', 'bot 500', NEW]);
  });
});

describe('Discord’s refusals', () => {
  test('a message with a refused prompt is sent once more without it', async () => {
    const { draw, sent, bodies, failures } = aDrawing({ state: 'running' });
    failures.set('token', [refusal(Code.MessageWasBlockedByAutomaticModeration)]);

    expect(await draw()).toBe('its-message');
    expect(sent).toEqual(['token', 'token']);
    expect(bodies.map((body) => body.includes(PROMPT))).toEqual([true, false]);
  });

  test('a message refused without its prompt is sent by the next route', async () => {
    const { draw, sent, failures } = aDrawing({ state: 'running' });
    const blocked = (): Error => refusal(Code.MessageWasBlockedByAutomaticModeration);
    failures.set('token', [blocked(), blocked()]);

    expect(await draw()).toBe('its-message');
    expect(sent).toEqual(['token', 'token', 'bot 500']);
  });

  test('an update while Discord is unreachable is retried later by the same route', async () => {
    const { draw, sent, failures } = aDrawing({ state: 'failed' });
    failures.set('token', [new Error('socket hang up')]);

    await expect(draw()).rejects.toThrow('socket hang up');
    expect(sent).toEqual(['token']);
  });

  const busy = (isRouteBlocked: boolean): Error =>
    new DiscordBusyError('one message', { retryAfterMs: 90_000, isRouteBlocked });

  test('an update whose token’s route is blocked for long is sent by the bot', async () => {
    const { draw, sent, failures } = aDrawing({ state: 'running' });
    failures.set('token', [busy(true)]);

    expect(await draw()).toBe('its-message');
    expect(sent).toEqual(['token', 'bot 500']);
  });

  test.each([
    ['for a moment', {}, false],
    ['without an alternative route', { isPrivate: true, isEphemeral: true }, true],
  ])('a token’s route blocked %s is waited for', async (_when, overrides, isBlocked) => {
    const { draw, sent, failures } = aDrawing({ state: 'failed', ...overrides });
    failures.set('token', [busy(isBlocked)]);

    await expect(draw()).rejects.toBeInstanceOf(DiscordBusyError);
    expect(sent).toEqual(['token']);
  });

  test('an update with one route blocked and the other refused is retried later', async () => {
    const { draw, failures } = aDrawing({ state: 'failed' });
    failures.set('token', [busy(true)]).set('bot 500', [GONE]);

    await expect(draw()).rejects.toBeInstanceOf(DiscordBusyError);
  });
});

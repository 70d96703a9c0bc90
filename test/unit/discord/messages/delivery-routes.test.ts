/** Which routes a finished video tries, and what is stored of an attempt with an unknown outcome. */
import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { deliverVideo } from '#src/discord/messages/deliver-video.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import { DiscordBusyError } from '#src/discord/rest/rate-limits.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';
import { createLogger } from '#src/logger.ts';

import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';

const DIRECT_CHANNEL = '999';
type Route = 'editByToken' | 'editByBot' | 'create';

const notUsed = async (): Promise<never> => {
  throw new Error('not reached');
};

function refusal(code: number): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'Refused' }, code, 401, 'PATCH', 'http://x', {});
}

/** The delivery of a finished video: its attempts, and what is stored of them. */
function aDelivery(overrides: Partial<Job> = {}) {
  const video = { file: 'videos/job1.mp4', bytes: 1000 };
  let job = aJob({ state: 'succeeded', video, ...overrides });
  const tried: { route: Route; channelId?: string; nonce?: string; mark: string | undefined }[] =
    [];
  const failures = new Map<Route, Error>();
  const tokens = new Map([[job.interactionId, 'a-token']]);
  const attempt = (route: Route, details: { channelId?: string; nonce?: string } = {}): void => {
    tried.push({ route, ...details, mark: job.deliveryMarkerChannelId });
    const failure = failures.get(route);
    if (failure !== undefined) throw failure;
  };
  const messenger: Messenger = {
    editByToken: async () => attempt('editByToken'),
    editByBot: async ({ channelId }) => attempt('editByBot', { channelId }),
    async create(channelId, _body, { nonce }) {
      attempt('create', { channelId, nonce });
      return { messageId: '501' };
    },
    directChannel: async () => ({ channelId: DIRECT_CHANNEL }),
    find: async () => ({ kind: 'not-there' }),
    tellAsideByToken: notUsed,
    registerCommands: notUsed,
    readByToken: notUsed,
    readByBot: notUsed,
  };
  const run = async () =>
    deliverVideo(job, {
      messenger,
      tokens: {
        find: async (interactionId) => tokens.get(interactionId),
        drop: async (interactionId) => void tokens.delete(interactionId),
      },
      async transition(before, event) {
        if (typeof event === 'function') throw new Error('a marker is no decision');
        job = applyEvent(before, event, JOB_BORN_MS);
        return job;
      },
      uploadLimitBytes: () => 1_000_000,
      clock: createFakeClock({ startMs: JOB_BORN_MS }),
      logger: createLogger('silent'),
      files: {
        path: (name) => `/nowhere/${name}`,
        stat: async () => ({ byteLength: 1000, modifiedAtMs: 0 }),
      },
      fitter: { isAvailable: notUsed },
    });
  return { run, tried, failures, tokens, job: () => job };
}

const CUT = new Error('socket hang up');
const TOKEN_DEAD = refusal(RESTJSONErrorCodes.InvalidWebhookToken);
const GONE = refusal(RESTJSONErrorCodes.UnknownMessage);

describe('a finished video', () => {
  test('a video comes by a valid interaction token, and leaves no marker', async () => {
    const delivery = aDelivery();

    expect(await delivery.run()).toEqual({ kind: 'delivered', as: 'video', messageId: '500' });
    expect(delivery.tried).toEqual([{ route: 'editByToken', mark: undefined }]);
  });

  test('a video goes through the routes in order, and its marker is written before a message is created', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', TOKEN_DEAD).set('editByBot', GONE);

    expect(await delivery.run()).toEqual({ kind: 'delivered', as: 'video', messageId: '501' });
    expect(delivery.tried).toEqual([
      { route: 'editByToken', mark: undefined },
      { route: 'editByBot', channelId: '200', mark: undefined },
      { route: 'create', channelId: '200', nonce: 'job1', mark: '200' },
    ]);
  });

  test('a marker is removed when Discord’s refusal proves that no message exists', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', TOKEN_DEAD).set('editByBot', GONE);
    delivery.failures.set('create', refusal(RESTJSONErrorCodes.MissingAccess));

    expect(await delivery.run()).toEqual({ kind: 'no-route' });
    expect(delivery.job().deliveryMarkerChannelId).toBeUndefined();
  });
});

describe('a token’s route with a long rate limit', () => {
  const BUSY = new DiscordBusyError('one message', { retryAfterMs: 90_000, isRouteBlocked: true });

  test('a rate-limited token’s route is left for the bot’s own token', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', BUSY);

    expect(await delivery.run()).toEqual({ kind: 'delivered', as: 'video', messageId: '500' });
    expect(delivery.tried.map(({ route }) => route)).toEqual(['editByToken', 'editByBot']);
  });

  test('a rate-limited token’s route is retried later when every other route is refused', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', BUSY).set('editByBot', GONE);
    delivery.failures.set('create', refusal(RESTJSONErrorCodes.MissingAccess));

    await expect(delivery.run()).rejects.toBe(BUSY);
    expect(delivery.job().deliveryMarkerChannelId).toBeUndefined();
  });
});

describe('a message create without a response', () => {
  test('a create without a response keeps its marker and is not replaced by an edit, which would show the video twice', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', TOKEN_DEAD).set('editByBot', GONE).set('create', CUT);
    await expect(delivery.run()).rejects.toBe(CUT);
    expect(delivery.job().deliveryMarkerChannelId).toBe('200');
    delivery.tokens.set('400', 'a-token');
    delivery.failures.clear();
    delivery.tried.length = 0;

    expect(await delivery.run()).toEqual({ kind: 'delivered', as: 'video', messageId: '501' });
    expect(delivery.tried.map(({ route }) => route)).toEqual(['create']);
  });

  test('a create without a response is retried with the same nonce, so that Discord drops a repetition', async () => {
    const delivery = aDelivery({
      deliveryMarkerChannelId: '200',
      deliveryMarkerSetAtMs: JOB_BORN_MS,
    });
    delivery.failures.set('create', CUT);
    await expect(delivery.run()).rejects.toBe(CUT);
    await expect(delivery.run()).rejects.toBe(CUT);

    expect(delivery.tried.map(({ nonce }) => nonce)).toEqual(['job1', 'job1']);
  });
});

describe('the token of an interaction', () => {
  test('a token that Discord reports as invalid is dropped and not tried again', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', TOKEN_DEAD);
    await delivery.run();
    await delivery.run();

    expect(delivery.tokens.size).toBe(0);
    expect(delivery.tried.map(({ route }) => route)).toEqual([
      'editByToken',
      'editByBot',
      'editByBot',
    ]);
  });

  test('a token is kept when only its message is gone', async () => {
    const delivery = aDelivery();
    delivery.failures.set('editByToken', GONE);
    await delivery.run();

    expect(delivery.tokens.size).toBe(1);
  });
});

describe('the video of a private job', () => {
  test('a private video comes by its token, otherwise by direct message, and never in public', async () => {
    const delivery = aDelivery({ isPrivate: true, isEphemeral: true });
    delivery.failures.set('editByToken', TOKEN_DEAD);

    expect(await delivery.run()).toEqual({ kind: 'delivered', as: 'video', messageId: '501' });
    expect(delivery.tried).toEqual([
      { route: 'editByToken', mark: undefined },
      { route: 'create', channelId: DIRECT_CHANNEL, nonce: 'job1', mark: DIRECT_CHANNEL },
    ]);
  });
});

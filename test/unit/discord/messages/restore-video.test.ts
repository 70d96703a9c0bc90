/** How a job’s own message is read, and whether it contains the job’s video. */
import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { downloadLink } from '#src/discord/messages/job-message.ts';
import { readJobMessage } from '#src/discord/messages/message-routes.ts';
import { findVideo } from '#src/discord/messages/upload-file.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import { DiscordBusyError } from '#src/discord/rest/rate-limits.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createLogger } from '#src/logger.ts';

import { aJob } from '../../../fakes/job.ts';

const job = aJob({ state: 'succeeded' });
const item = (url: string) => ({ items: [{ media: { url } }] });
const CLIP = item('https://cdn.discordapp.com/attachments/1/2/seedance-job1.mp4?ex=66&hm=ab');
const LINK = { content: `Too large: ${downloadLink(job)}` };

describe('the video in a message', () => {
  test.each<[string, unknown[], 'video' | 'link' | undefined]>([
    ['with the file', [CLIP], 'video'],
    ['with the file further down', [{ content: 'x' }, { components: [CLIP] }], 'video'],
    [
      'with the file as the second of two',
      [{ items: [...item('https://x/a').items, ...CLIP.items] }],
      'video',
    ],
    ['with the bot’s link', [LINK], 'link'],
    ['with the bot’s link further down', [{ components: [{ components: [LINK] }] }], 'link'],
    ['after an unreadable part', [7, null, { items: 'none' }, CLIP], 'video'],
    ['with another job’s file', [item('https://cdn.x/seedance-job11.mp4')], undefined],
    [
      'with the file’s name as a folder',
      [item('https://cdn.x/seedance-job1.mp4/a.mp4')],
      undefined,
    ],
    ['with an invalid link', [item('seedance-job1.mp4')], undefined],
    ['that mentions the file', [{ content: 'seedance-job1.mp4' }], undefined],
    ['without any content', [], undefined],
  ])('the content of a message %s is recognised', (_what, components, found) => {
    expect(findVideo({ components }, job)).toBe(found);
  });
});

/** Discord with configured responses for each route. */
function aReading({
  token = 'a-token',
  ...overrides
}: Partial<Job> & { token?: string | undefined } = {}) {
  const read: string[] = [];
  const failures = new Map<string, Error>();
  const answer = (way: string) => {
    read.push(way);
    const failure = failures.get(way);
    if (failure !== undefined) throw failure;
    return { id: way, components: [] };
  };
  const notUsed = async (): Promise<never> => {
    throw new Error('not reached');
  };
  const messenger: Messenger = {
    readByToken: async () => answer('token'),
    readByBot: async ({ messageId }) => answer(`bot ${messageId}`),
    editByToken: notUsed,
    editByBot: notUsed,
    create: notUsed,
    directChannel: notUsed,
    find: notUsed,
    tellAsideByToken: notUsed,
    registerCommands: notUsed,
  };
  const dropped: string[] = [];
  const dependencies = {
    messenger,
    tokens: {
      find: async () => (token === '' ? undefined : token),
      drop: async (interactionId: string) => void dropped.push(interactionId),
    },
    uploadLimitBytes: () => 0,
    logger: createLogger('silent'),
  };
  return {
    run: async () => readJobMessage(aJob(overrides), dependencies),
    read,
    failures,
    dropped,
  };
}

const refusal = (code: number): Error =>
  new DiscordAPIError({ code, message: 'Refused' }, code, 404, 'GET', 'http://x', {});
const busy = new DiscordBusyError('one message', { retryAfterMs: 90_000, isRouteBlocked: true });

describe('reading the message of a job', () => {
  test('the message is read by its token, and by nothing else when that succeeds', async () => {
    const { run, read } = aReading();

    expect(await run()).toMatchObject({ id: 'token' });
    expect(read).toEqual(['token']);
  });

  test('the message is read by the bot without a valid token, and an invalid one is dropped', async () => {
    const refused = aReading();
    refused.failures.set('token', refusal(Code.InvalidWebhookToken));

    expect(await aReading({ token: '' }).run()).toMatchObject({ id: 'bot 500' });
    expect(await refused.run()).toMatchObject({ id: 'bot 500' });
    expect(refused.read).toEqual(['token', 'bot 500']);
    expect(refused.dropped).toEqual(['400']);
  });

  test('the message is read by the bot when the token’s route is blocked for long', async () => {
    const { run, failures } = aReading();
    failures.set('token', busy);

    expect(await run()).toMatchObject({ id: 'bot 500' });
  });

  test('the message counts as gone when each route is refused', async () => {
    const { run, failures } = aReading();
    failures.set('token', refusal(Code.UnknownMessage)).set('bot 500', refusal(Code.MissingAccess));

    expect(await run()).toBeUndefined();
  });

  test('the message is never read by the bot when only its member sees it', async () => {
    const hidden = { isPrivate: true, isEphemeral: true };
    const { run, read, failures } = aReading(hidden);
    failures.set('token', refusal(Code.UnknownMessage));

    expect(await run()).toBeUndefined();
    expect(read).toEqual(['token']);
    expect(await aReading({ ...hidden, token: '' }).run()).toBeUndefined();
  });

  test.each([
    ['blocks the route, and no other is left', { isPrivate: true, isEphemeral: true }, busy],
    ['cannot be reached', {}, new Error('socket hang up')],
  ])('the message is read later when Discord %s', async (_what, overrides, failure) => {
    const { run, failures } = aReading(overrides);
    failures.set('token', failure);

    await expect(run()).rejects.toBe(failure);
  });

  test('the message is read later when one route is blocked and the other refused', async () => {
    const { run, failures } = aReading();
    failures.set('token', busy).set('bot 500', refusal(Code.UnknownMessage));

    await expect(run()).rejects.toBe(busy);
  });
});

/** Which routes lead to a member, in order, and what each of them sends. */
import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { jobMessage } from '#src/discord/messages/job-message.ts';
import {
  deliveryRoutes,
  routesToJobMessage,
  routesToNewMessage,
  type DeliveryRouteDependencies,
} from '#src/discord/messages/message-routes.ts';
import type { Messenger } from '#src/discord/rest/messenger.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';

import { aJob, JOB_BORN_MS } from '../../../fakes/job.ts';

const FILE = { path: '/videos/job1.mp4', fileName: 'job1.mp4', bytes: 1000, guildId: '100' };
const ATTACHMENT_LIMIT = 1001;
const UPLOAD_LIMIT = 1002;
/** 10 MiB. */
const DIRECT_LIMIT = 10_485_760;

const notUsed = async (): Promise<never> => {
  throw new Error('not reached');
};

/** A job with its routes and what they send, each call with the job’s marker at that time. */
function aJobToDeliver(overrides: Partial<Job> = {}, token: string | undefined = 'a-token') {
  let job = aJob({ state: 'succeeded', attachmentLimitBytes: ATTACHMENT_LIMIT, ...overrides });
  const calls: unknown[][] = [];
  const bodies: unknown[] = [];
  const dropped: string[] = [];
  const messenger: Messenger = {
    editByToken: async (by, body, file) => {
      bodies.push(body);
      calls.push(['editByToken', by, file]);
    },
    editByBot: async (address, body, file) => {
      bodies.push(body);
      calls.push(['editByBot', address, file]);
    },
    async create(channelId, body, options) {
      bodies.push(body);
      calls.push(['create', channelId, options, job.deliveryMarkerChannelId]);
      return { messageId: '501' };
    },
    async directChannel(memberId) {
      calls.push(['directChannel', memberId]);
      return { channelId: '999' };
    },
    find: notUsed,
    tellAsideByToken: notUsed,
    registerCommands: notUsed,
    readByToken: notUsed,
    readByBot: notUsed,
  };
  const dependencies: DeliveryRouteDependencies = {
    messenger,
    tokens: {
      find: async (id) => (id === '400' ? token : undefined),
      async drop(id) {
        await setImmediate();
        dropped.push(id);
      },
    },
    async transition(before, event) {
      if (typeof event === 'function') throw new Error('a marker is no decision');
      await setImmediate();
      job = applyEvent(before, event, JOB_BORN_MS);
      return job;
    },
    uploadLimitBytes: (guildId) => (guildId === '100' ? UPLOAD_LIMIT : 0),
  };
  return { job, dependencies, calls, bodies, dropped, marker: () => job.deliveryMarkerChannelId };
}

const BY_TOKEN = { name: 'token', limitBytes: ATTACHMENT_LIMIT, hasFallback: true };
const BY_BOT = { name: 'bot', limitBytes: UPLOAD_LIMIT, hasFallback: false };
const NEW_MESSAGE = { name: 'new-message', limitBytes: UPLOAD_LIMIT, hasFallback: false };
const DIRECT = { name: 'direct-message', limitBytes: DIRECT_LIMIT, hasFallback: false };
const ONLY_TOKEN = { ...BY_TOKEN, hasFallback: false };

test.each([
  ['a public video', {}, [BY_TOKEN, BY_BOT, NEW_MESSAGE]],
  [
    'a public video with a direct message',
    { notify: 'dm' },
    [BY_TOKEN, BY_BOT, NEW_MESSAGE, DIRECT],
  ],
  ['a video that may already be there', { deliveryMarkerChannelId: '200' }, [NEW_MESSAGE]],
  ['a private video', { isPrivate: true, isEphemeral: true }, [ONLY_TOKEN, DIRECT]],
  ['a private video without notice', { isPrivate: true, notify: 'none' }, [ONLY_TOKEN]],
  [
    'a private video that may already be there',
    { isPrivate: true, deliveryMarkerChannelId: '9' },
    [DIRECT],
  ],
] as const)(
  '%s has its routes in order, each with its own limit',
  async (_what, overrides, routes) => {
    const { job, dependencies } = aJobToDeliver(overrides);

    const found = await deliveryRoutes(job, dependencies);

    expect(
      found.map(({ name, limitBytes, hasFallback }) => ({ name, limitBytes, hasFallback })),
    ).toEqual(routes);
  },
);

test('without a token only the bot can edit the message, and a private one cannot be edited', async () => {
  const open = aJobToDeliver({ interactionId: 'forgotten' });
  const secret = aJobToDeliver({ interactionId: 'forgotten', isPrivate: true });

  const [byBot, ...more] = await routesToJobMessage(open.job, open.dependencies);
  await byBot?.send({}, FILE);

  expect(more).toEqual([]);
  expect(open.calls).toEqual([['editByBot', { channelId: '200', messageId: '500' }, FILE]]);
  expect(await routesToJobMessage(secret.job, secret.dependencies)).toEqual([]);
});

test('edits of the job’s own message carry the file and return its id', async () => {
  const { job, dependencies, calls } = aJobToDeliver();
  const [byToken, byBot] = await routesToJobMessage(job, dependencies);

  expect(await byToken?.send({}, FILE)).toEqual({ messageId: '500' });
  expect(await byBot?.send({}, undefined)).toEqual({ messageId: '500' });

  expect(calls).toEqual([
    ['editByToken', 'a-token', FILE],
    ['editByBot', { channelId: '200', messageId: '500' }, undefined],
  ]);
});

test('a new message is marked before it is sent, with the job’s id as nonce, and unmarked on refusal', async () => {
  const { job, dependencies, calls, marker } = aJobToDeliver();
  const asNew = (await deliveryRoutes(job, dependencies)).at(-1);

  expect(await asNew?.send({}, FILE)).toEqual({ messageId: '501' });
  expect(calls).toEqual([['create', '200', { nonce: 'job1', file: FILE }, '200']]);
  await asNew?.onClosed?.('no-access');

  expect(marker()).toBeUndefined();
});

test('a direct message is marked in the member’s own channel, and carries a file when there is one', async () => {
  const { job, dependencies, calls, marker } = aJobToDeliver({ notify: 'dm' });
  const direct = (await deliveryRoutes(job, dependencies)).at(-1);

  expect(await direct?.send({}, undefined)).toEqual({ messageId: '501' });
  expect(calls).toEqual([
    ['directChannel', '300'],
    ['create', '999', { nonce: 'job1' }, '999'],
  ]);
  await direct?.send({}, FILE);
  expect(calls.at(-1)).toEqual(['create', '999', { nonce: 'job1', file: FILE }, '999']);
  await direct?.onClosed?.('no-access');

  expect(marker()).toBeUndefined();
});

test.each([
  ['token-dead', ['400']],
  ['message-gone', []],
] as const)('these tokens are dropped after %s: %j', async (refusal, expected) => {
  const { job, dependencies, dropped } = aJobToDeliver();
  const [byToken] = await routesToJobMessage(job, dependencies);

  await byToken?.onClosed?.(refusal);

  expect(dropped).toEqual(expected);
});

test('every route shows the job with the given options, and only the new message mentions the member', async () => {
  const { job, dependencies, bodies } = aJobToDeliver({ notify: 'dm' });
  const draw = { withoutPrompt: true };

  for (const { send } of await deliveryRoutes(job, dependencies)) await send(draw);

  const body = jobMessage(job, draw);
  const mentioning = jobMessage(job, { ...draw, mention: true });
  expect(bodies).toEqual([body, body, mentioning, body]);
  expect(mentioning).not.toEqual(body);
  expect(body).not.toEqual(jobMessage(job));
});

test('a new message without a marker writes nothing to the job', async () => {
  const { job, dependencies, calls, marker } = aJobToDeliver({ notify: 'dm' });
  const routes = routesToNewMessage(job, { nonce: 'end-job1' }, dependencies);

  for (const { send, onClosed } of routes) {
    await send({});
    await onClosed?.('no-access');
  }

  expect(calls).toEqual([
    ['create', '200', { nonce: 'end-job1' }, undefined],
    ['directChannel', '300'],
    ['create', '999', { nonce: 'end-job1' }, undefined],
  ]);
  expect(marker()).toBeUndefined();
});

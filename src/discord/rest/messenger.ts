/**
 * The ways to a message: the interaction's token, then the bot's own token on the same message, then
 * a new message. How the requests themselves are made is in `requests.ts`.
 */
import { openAsBlob } from 'node:fs';

import { MessageFlags, Routes } from 'discord.js';
import { z } from 'zod';

import type { MessageBody } from '../messages/job-message.ts';
import {
  createDiscordRequests,
  type DiscordRequestsOptions,
  type RequestFiles,
  type SendRequest,
} from './requests.ts';
import {
  searchMessages,
  seenMessageSchema,
  type FoundMessage,
  type MessageSearch,
  type SeenMessage,
} from './search-messages.ts';

/** A file on disk and the plain name it shall have in Discord. */
export interface UploadFile {
  path: string;
  fileName: string;
  bytes: number;
  /** The server whose file it is: servers share the upload slots fairly. */
  guildId: string;
}

const idSchema = z.object({ id: z.string() });

/** Each throws what `SendRequest` throws. */
export interface Messenger {
  editByToken(token: string, body: MessageBody, file?: UploadFile): Promise<void>;
  /** A message beside the interaction's own, that only the asker sees. */
  tellAsideByToken(token: string, body: MessageBody): Promise<void>;
  editByBot(message: MessageAddress, body: MessageBody, file?: UploadFile): Promise<void>;
  /** The interaction's own message, as it is now. */
  readByToken(token: string): Promise<SeenMessage>;
  readByBot(message: MessageAddress): Promise<SeenMessage>;
  /** @param nonce the same for every try at one message, so that Discord drops a repetition */
  create(
    channelId: string,
    body: MessageBody,
    options: { nonce: string; file?: UploadFile },
  ): Promise<{ messageId: string }>;
  /** @returns the channel of direct messages with a member. @throws DiscordAPIError 50007 or 50278 when it is closed to us */
  directChannel(memberId: string): Promise<{ channelId: string }>;
  /** Puts the whole list of global commands in place of the one there is. */
  registerCommands(commands: readonly object[]): Promise<void>;
  /** Looks for a message of our own in a span of time. */
  find(channelId: string, search: MessageSearch): Promise<FoundMessage>;
}

export interface MessageAddress {
  channelId: string;
  messageId: string;
}

export interface MessengerOptions extends DiscordRequestsOptions {
  applicationId: () => string;
  /** The bot's own user: whose messages are ours. Of old applications it is not the application's id. */
  userId: () => string;
}

export function createMessenger(options: MessengerOptions): Messenger {
  const send = createDiscordRequests(options);
  return {
    ...byInteraction(send, options),
    ...editing(send),
    ...posting(send),
    async registerCommands(commands) {
      const route = Routes.applicationCommands(options.applicationId());
      await send({
        method: 'put',
        route,
        by: 'bot',
        bucket: 'registering commands',
        body: commands,
      });
    },
    async find(channelId, search) {
      const { userId, clock } = options;
      return searchMessages(channelId, { ...search, userId: userId(), send, clock });
    },
  };
}

type ByInteraction = Pick<Messenger, 'editByToken' | 'tellAsideByToken' | 'readByToken'>;

function byInteraction(
  send: SendRequest,
  { applicationId }: Pick<MessengerOptions, 'applicationId'>,
): ByInteraction {
  const original = (token: string): `/${string}` =>
    Routes.webhookMessage(applicationId(), token, '@original');
  return {
    async editByToken(token, body, file) {
      const route = original(token);
      await send({ method: 'patch', route, by: 'interaction', ...withFile(body, file) });
    },

    async tellAsideByToken(token, body) {
      const route = Routes.webhook(applicationId(), token);
      const flags = body.flags | MessageFlags.Ephemeral;
      await send({ method: 'post', route, by: 'interaction', body: { ...body, flags } });
    },

    async readByToken(token) {
      const route = original(token);
      return seenMessageSchema.parse(await send({ method: 'get', route, by: 'interaction' }));
    },
  };
}

function editing(send: SendRequest): Pick<Messenger, 'editByBot' | 'readByBot'> {
  return {
    async editByBot({ channelId, messageId }, body, file) {
      const route = Routes.channelMessage(channelId, messageId);
      const bucket = `edits in ${channelId}`;
      await send({ method: 'patch', route, by: 'bot', bucket, ...withFile(body, file) });
    },

    async readByBot({ channelId, messageId }) {
      const route = Routes.channelMessage(channelId, messageId);
      const bucket = `reading one of ${channelId}`;
      return seenMessageSchema.parse(await send({ method: 'get', route, by: 'bot', bucket }));
    },
  };
}

function posting(send: SendRequest): Pick<Messenger, 'create' | 'directChannel'> {
  return {
    async create(channelId, body, { nonce, file }) {
      const { body: payload, files } = withFile(body, file);
      const message = await send({
        method: 'post',
        route: Routes.channelMessages(channelId),
        by: 'bot',
        bucket: `messages to ${channelId}`,
        body: { ...payload, nonce, enforce_nonce: true },
        files,
      });
      return { messageId: idSchema.parse(message).id };
    },

    async directChannel(memberId) {
      const channel = await send({
        method: 'post',
        route: Routes.userChannels(),
        by: 'bot',
        bucket: 'opening direct messages',
        body: { recipient_id: memberId },
      });
      return { channelId: idSchema.parse(channel).id };
    },
  };
}

function withFile(
  body: MessageBody,
  file: UploadFile | undefined,
): { body: object; files?: RequestFiles } {
  // An empty list drops whatever file an earlier picture had.
  if (file === undefined) return { body: { ...body, attachments: [] } };
  return {
    body: { ...body, attachments: [{ id: '0', filename: file.fileName }] },
    files: {
      share: file.guildId,
      open: async () => [
        { name: file.fileName, content: await openAsBlob(file.path, { type: 'video/mp4' }) },
      ],
    },
  };
}

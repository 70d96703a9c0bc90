/**
 * The calls for messages: by the interaction's token, by the bot's token on the same message, or as a new
 * message. `requests.ts` makes the requests.
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

/** A file on disk and its name in Discord. */
export interface UploadFile {
  path: string;
  fileName: string;
  bytes: number;
  /** The server of the file; upload slots are shared fairly between servers. */
  guildId: string;
}

const idSchema = z.object({ id: z.string() });

/** All methods throw what `SendRequest` throws. */
export interface Messenger {
  editByToken(token: string, body: MessageBody, file?: UploadFile): Promise<void>;
  /** Sends a follow-up that only the member sees. */
  tellAsideByToken(token: string, body: MessageBody): Promise<void>;
  editByBot(message: MessageAddress, body: MessageBody, file?: UploadFile): Promise<void>;
  /** Reads the interaction's own message. */
  readByToken(token: string): Promise<SeenMessage>;
  readByBot(message: MessageAddress): Promise<SeenMessage>;
  /** @param options.nonce the same for every try at one message, so that Discord drops duplicates */
  create(
    channelId: string,
    body: MessageBody,
    options: { nonce: string; file?: UploadFile },
  ): Promise<{ messageId: string }>;
  /** @returns the member's direct message channel. @throws DiscordAPIError 50007 or 50278 if it is not available */
  directChannel(memberId: string): Promise<{ channelId: string }>;
  /** Replaces the list of global commands. */
  registerCommands(commands: readonly object[]): Promise<void>;
  /** Searches for one of our messages in a time span. */
  find(channelId: string, search: MessageSearch): Promise<FoundMessage>;
}

export interface MessageAddress {
  channelId: string;
  messageId: string;
}

export interface MessengerOptions extends DiscordRequestsOptions {
  applicationId: () => string;
  /** The id of the bot's user, which is the author of our messages. For old applications it differs from the application's id. */
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
  // An empty list removes the file of an earlier version.
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

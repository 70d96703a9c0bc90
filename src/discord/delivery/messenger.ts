/**
 * The ways to a message: the interaction's token, then the bot's own token on the same message, then
 * a new message. How the requests themselves are made is in `requests.ts`.
 */
import { readFile } from 'node:fs/promises';

import { MessageFlags, Routes, type RawFile } from 'discord.js';
import { z } from 'zod';

import type { MessageBody } from '../message/job-message.ts';
import { createDiscordRequests, type DiscordRequestsOptions } from './requests.ts';
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

export function createMessenger({
  applicationId,
  userId,
  ...options
}: MessengerOptions): Messenger {
  const send = createDiscordRequests(options);

  return {
    async editByToken(interactionToken, body, file) {
      const route = Routes.webhookMessage(applicationId(), interactionToken, '@original');
      await send({ method: 'patch', route, by: 'interaction', ...withFile(body, file) });
    },

    async tellAsideByToken(interactionToken, body) {
      const route = Routes.webhook(applicationId(), interactionToken);
      const flags = body.flags | MessageFlags.Ephemeral;
      await send({ method: 'post', route, by: 'interaction', body: { ...body, flags } });
    },

    async editByBot({ channelId, messageId }, body, file) {
      const route = Routes.channelMessage(channelId, messageId);
      const lane = `edits in ${channelId}`;
      await send({ method: 'patch', route, by: 'bot', lane, ...withFile(body, file) });
    },

    async readByToken(interactionToken) {
      const route = Routes.webhookMessage(applicationId(), interactionToken, '@original');
      return seenMessageSchema.parse(await send({ method: 'get', route, by: 'interaction' }));
    },

    async readByBot({ channelId, messageId }) {
      const route = Routes.channelMessage(channelId, messageId);
      const lane = `reading one of ${channelId}`;
      return seenMessageSchema.parse(await send({ method: 'get', route, by: 'bot', lane }));
    },

    async create(channelId, body, { nonce, file }) {
      const { body: payload, files } = withFile(body, file);
      const message = await send({
        method: 'post',
        route: Routes.channelMessages(channelId),
        by: 'bot',
        lane: `messages to ${channelId}`,
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
        lane: 'opening direct messages',
        body: { recipient_id: memberId },
      });
      return { channelId: idSchema.parse(channel).id };
    },

    async find(channelId, search) {
      return searchMessages(channelId, { ...search, userId: userId(), send, clock: options.clock });
    },
  };
}

function withFile(
  body: MessageBody,
  file: UploadFile | undefined,
): { body: object; files?: () => Promise<RawFile[]> } {
  // An empty list drops whatever file an earlier picture had.
  if (file === undefined) return { body: { ...body, attachments: [] } };
  return {
    body: { ...body, attachments: [{ id: '0', filename: file.fileName }] },
    files: async () => [
      { name: file.fileName, data: await readFile(file.path), contentType: 'video/mp4' },
    ],
  };
}

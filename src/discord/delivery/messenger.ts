/**
 * The ways to a message: the interaction's token, then the bot's own token on the same message, then
 * a new message. Two REST clients of our own carry them: interaction routes take no authorization
 * (a 401 there would wipe the bot's token inside the library) and are exempt from Discord's global
 * limit of 50 requests a second; uploads get minutes, not the library's 15 seconds; and nothing is
 * repeated by the library, because a repeated upload is a second message.
 */
import { readFile } from 'node:fs/promises';

import { REST, Routes, type RawFile } from 'discord.js';
import { z } from 'zod';

import { MINUTE } from '../../clock.ts';
import type { MessageBody } from '../message/job-message.ts';

const UPLOAD_TIMEOUT_MS = 5 * MINUTE;
/** How many of a channel's newest messages are searched for one of ours (Discord's most per request). */
const SEARCHED_MESSAGES = 100;

/** A file on disk and the plain name it shall have in Discord. */
export interface UploadFile {
  path: string;
  fileName: string;
  bytes: number;
}

const messageSchema = z.object({ id: z.string() });
const messagesSchema = z.array(
  z.looseObject({ id: z.string(), author: z.object({ id: z.string() }) }),
);

export interface Messenger {
  editByToken(token: string, body: MessageBody, file?: UploadFile): Promise<void>;
  editByBot(message: MessageAddress, body: MessageBody, file?: UploadFile): Promise<void>;
  /** @param nonce the same for every try at one message, so that Discord drops a repetition */
  create(
    channelId: string,
    body: MessageBody,
    options: { nonce: string; file?: UploadFile },
  ): Promise<{ messageId: string }>;
  /** @returns the channel of direct messages with a member. @throws DiscordAPIError 50007 or 50278 when it is closed to us */
  directChannel(memberId: string): Promise<{ channelId: string }>;
  /** Looks for a message of ours that holds this: a file's name or a link. */
  findHolding(channelId: string, text: string): Promise<{ messageId: string } | undefined>;
}

export interface MessageAddress {
  channelId: string;
  messageId: string;
}

export interface MessengerOptions {
  apiUrl: string;
  token: string;
  applicationId: () => string;
}

export function createMessenger({ apiUrl, token, applicationId }: MessengerOptions): Messenger {
  const common = { api: apiUrl, version: '10', timeout: UPLOAD_TIMEOUT_MS, retries: 0 };
  const byToken = new REST({ ...common, globalRequestsPerSecond: Number.POSITIVE_INFINITY });
  const byBot = new REST(common).setToken(token);

  return {
    async editByToken(interactionToken, body, file) {
      const route = Routes.webhookMessage(applicationId(), interactionToken, '@original');
      await byToken.patch(route, { ...(await withFile(body, file)), auth: false });
    },

    async editByBot({ channelId, messageId }, body, file) {
      await byBot.patch(Routes.channelMessage(channelId, messageId), await withFile(body, file));
    },

    async create(channelId, body, { nonce, file }) {
      const { body: payload, ...files } = await withFile(body, file);
      const message = await byBot.post(Routes.channelMessages(channelId), {
        body: { ...payload, nonce, enforce_nonce: true },
        ...files,
      });
      return { messageId: messageSchema.parse(message).id };
    },

    async directChannel(memberId) {
      const channel = await byBot.post(Routes.userChannels(), { body: { recipient_id: memberId } });
      return { channelId: messageSchema.parse(channel).id };
    },

    async findHolding(channelId, text) {
      const query = new URLSearchParams({ limit: String(SEARCHED_MESSAGES) });
      const messages = messagesSchema.parse(
        await byBot.get(Routes.channelMessages(channelId), { query }),
      );
      const ours = messages.find(
        (message) =>
          message.author.id === applicationId() && JSON.stringify(message).includes(text),
      );
      return ours === undefined ? undefined : { messageId: ours.id };
    },
  };
}

async function withFile(
  body: MessageBody,
  file: UploadFile | undefined,
): Promise<{ body: object; files?: RawFile[] }> {
  // An empty list drops whatever file an earlier picture had.
  if (file === undefined) return { body: { ...body, attachments: [] } };
  const data = await readFile(file.path);
  return {
    body: { ...body, attachments: [{ id: '0', filename: file.fileName }] },
    files: [{ name: file.fileName, data, contentType: 'video/mp4' }],
  };
}

/**
 * The ways by which a finished video comes to Discord, in the order they are tried: the
 * interaction's token, the bot's own token on the same message, a new message, a direct message.
 */
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { InteractionTokens } from '../interactions/claims.ts';
import type { Refusal } from '../rest/discord-error.ts';
import type { Messenger, UploadFile } from '../rest/messenger.ts';
import { isForMemberOnly, mayUseDirectMessage } from './audience.ts';
import { createDeliveryMarker, type DeliveryMarker } from './delivery-marker.ts';
import { jobMessage, type DrawOptions } from './job-message.ts';

/** What Discord has always taken (Discord developer docs, Uploading Files), whatever else it says. */
export const SAFE_LIMIT_BYTES = 10 * 1024 * 1024;

export interface RouteDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  transition: Transition;
  /** Bytes the bot may upload to a server by its own token. */
  uploadLimitBytes: (guildId: string) => number;
}

export interface DeliveryRoute {
  limitBytes: number;
  mention: boolean;
  /** Whether another way leads to the same message, should Discord keep this one waiting. */
  hasFallback?: boolean;
  send: (draw: DrawOptions, file: UploadFile | undefined) => Promise<{ messageId: string }>;
  /** Told of the last refusal: this way is closed. */
  onClosed?: (refusal: Refusal) => Promise<void>;
}

/**
 * Every way to the member. With a mark, a new message may be on its way that shows late, and no edit
 * must bring the video beside it: another create is dropped by its nonce, or finds the first.
 */
export async function deliveryRoutes(
  job: Job,
  dependencies: RouteDependencies,
): Promise<DeliveryRoute[]> {
  const mark = createDeliveryMarker(job, dependencies);
  const hasMarker = job.deliveryMarkerChannelId !== undefined;
  return [
    ...(hasMarker ? [] : await routesToJobMessage(job, dependencies)),
    ...(isForMemberOnly(job) ? [] : [asNewMessage(job, mark, dependencies)]),
    ...(mayUseDirectMessage(job) ? [byDirectMessage(job, mark, dependencies)] : []),
  ];
}

/** The ways to the message that the job has already. */
export async function routesToJobMessage(
  job: Job,
  dependencies: RouteDependencies,
): Promise<DeliveryRoute[]> {
  const token = await dependencies.tokens.find(job.interactionId);
  return [
    ...(token === undefined ? [] : [byToken(job, token, dependencies)]),
    ...(isForMemberOnly(job) ? [] : [byBot(job, dependencies)]),
  ];
}

function byToken(job: Job, token: string, { messenger, tokens }: RouteDependencies): DeliveryRoute {
  return {
    limitBytes: job.attachmentLimitBytes,
    mention: false,
    // The bot's own token cannot reach a message that only one member sees.
    hasFallback: !isForMemberOnly(job),
    async send(draw, file) {
      await messenger.editByToken(token, jobMessage(job, draw), file);
      return { messageId: job.messageId };
    },
    async onClosed(refusal) {
      if (refusal === 'token-dead') await tokens.drop(job.interactionId);
    },
  };
}

function byBot(job: Job, { messenger, uploadLimitBytes }: RouteDependencies): DeliveryRoute {
  const { channelId, messageId } = job;
  return {
    limitBytes: uploadLimitBytes(job.guildId),
    mention: false,
    async send(draw, file) {
      await messenger.editByBot({ channelId, messageId }, jobMessage(job, draw), file);
      return { messageId };
    },
  };
}

function asNewMessage(
  job: Job,
  mark: DeliveryMarker,
  { messenger, uploadLimitBytes }: RouteDependencies,
): DeliveryRoute {
  const { channelId } = job;
  return {
    limitBytes: uploadLimitBytes(job.guildId),
    mention: true,
    send: async (draw, file) => sendNew({ job, channelId, mark, messenger }, draw, file),
    onClosed: async () => mark.clear(),
  };
}

function byDirectMessage(
  job: Job,
  mark: DeliveryMarker,
  { messenger }: RouteDependencies,
): DeliveryRoute {
  return {
    limitBytes: SAFE_LIMIT_BYTES,
    mention: false,
    async send(draw, file) {
      const { channelId } = await messenger.directChannel(job.memberId);
      return sendNew({ job, channelId, mark, messenger }, draw, file);
    },
    onClosed: async () => mark.clear(),
  };
}

interface NewMessage extends Pick<RouteDependencies, 'messenger'> {
  job: Job;
  channelId: string;
  mark: DeliveryMarker;
}

/** The mark is durable before the message is sent, so that a crash in between never posts twice. */
async function sendNew(
  { job, channelId, mark, messenger }: NewMessage,
  draw: DrawOptions,
  file: UploadFile | undefined,
): Promise<{ messageId: string }> {
  await mark.set(channelId);
  const options = file === undefined ? { nonce: job.id } : { nonce: job.id, file };
  return messenger.create(channelId, jobMessage(job, draw), options);
}

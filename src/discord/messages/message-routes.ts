/**
 * The delivery routes to a job's message, in order: the interaction token, the bot's own token on the
 * same message, a new message, a direct message.
 */
import type { Job } from '../../jobs/record/job.ts';
import type { Transition } from '../../jobs/record/transition.ts';
import type { Logger } from '../../logger.ts';
import type { InteractionTokens } from '../interactions/claims.ts';
import type { Messenger, UploadFile } from '../rest/messenger.ts';
import type { SeenMessage } from '../rest/search-messages.ts';
import { isForMemberOnly, mayUseDirectMessage } from './audience.ts';
import { createDeliveryMarker, type DeliveryMarker } from './delivery-marker.ts';
import { jobMessage, type DrawOptions } from './job-message.ts';
import { tryRoutes, type Route } from './try-routes.ts';

/** The upload limit that Discord always grants (Discord developer docs, Uploading Files). */
export const SAFE_LIMIT_BYTES = 10 * 1024 * 1024;

export interface RouteDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  /** Returns how many bytes the bot may upload to a server by its own token. */
  uploadLimitBytes: (guildId: string) => number;
}

export interface DeliveryRouteDependencies extends RouteDependencies {
  transition: Transition;
}

/** The route decides whether to mention the member: only a new message can ping. */
export type RouteDrawOptions = Omit<DrawOptions, 'mention'>;

export interface MessageRoute extends Route {
  readonly name: 'token' | 'bot' | 'new-message' | 'direct-message';
  /** Maximum file size. */
  readonly limitBytes: number;
  readonly send: (draw: RouteDrawOptions, file?: UploadFile) => Promise<{ messageId: string }>;
}

/** A route to the message that the job already has. */
export interface JobMessageRoute extends MessageRoute {
  readonly read: () => Promise<SeenMessage>;
}

export interface NewMessageOptions {
  /** The same for every try at one message, so that Discord drops duplicates. */
  readonly nonce: string;
  /** Set before the message is sent, so that a crash in between cannot cause a second post. */
  readonly marker?: DeliveryMarker;
}

/**
 * Returns every route by which a finished video may reach the member. With a marker, a new message may
 * still appear late, so the routes that edit the old message are left out: they would show the video
 * twice. A repeated create is dropped by its nonce or finds the first message.
 */
export async function deliveryRoutes(
  job: Job,
  dependencies: DeliveryRouteDependencies,
): Promise<MessageRoute[]> {
  const hasMarker = job.deliveryMarkerChannelId !== undefined;
  const marker = createDeliveryMarker(job, dependencies);
  return [
    ...(hasMarker ? [] : await routesToJobMessage(job, dependencies)),
    ...routesToNewMessage(job, { nonce: job.id, marker }, dependencies),
  ];
}

export async function routesToJobMessage(
  job: Job,
  dependencies: RouteDependencies,
): Promise<JobMessageRoute[]> {
  const token = await dependencies.tokens.find(job.interactionId);
  return [
    ...(token === undefined ? [] : [byToken(job, token, dependencies)]),
    ...(isForMemberOnly(job) ? [] : [byBot(job, dependencies)]),
  ];
}

export function routesToNewMessage(
  job: Job,
  options: NewMessageOptions,
  dependencies: RouteDependencies,
): MessageRoute[] {
  return [
    ...(isForMemberOnly(job) ? [] : [asNewMessage(job, options, dependencies)]),
    ...(mayUseDirectMessage(job) ? [byDirectMessage(job, options, dependencies)] : []),
  ];
}

/**
 * Reads the job's own message from Discord.
 *
 * @returns undefined when it is deleted or the bot may not read it
 * @throws DiscordAPIError and others when Discord cannot be reached or is busy; retry later
 */
export async function readJobMessage(
  job: Job,
  dependencies: RouteDependencies & { logger: Logger },
): Promise<SeenMessage | undefined> {
  return tryRoutes(await routesToJobMessage(job, dependencies), async ({ read }) => read(), {
    logger: dependencies.logger,
    jobId: job.id,
    message: 'Discord refused to show a job message',
  });
}

function byToken(
  job: Job,
  token: string,
  { messenger, tokens }: RouteDependencies,
): JobMessageRoute {
  return {
    name: 'token',
    limitBytes: job.attachmentLimitBytes,
    // The bot's own token cannot reach an ephemeral message.
    hasFallback: !isForMemberOnly(job),
    read: async () => messenger.readByToken(token),
    async send(draw, file) {
      await messenger.editByToken(token, jobMessage(job, draw), file);
      return { messageId: job.messageId };
    },
    async onClosed(refusal) {
      if (refusal === 'token-dead') await tokens.drop(job.interactionId);
    },
  };
}

function byBot(job: Job, { messenger, uploadLimitBytes }: RouteDependencies): JobMessageRoute {
  const { channelId, messageId } = job;
  return {
    name: 'bot',
    limitBytes: uploadLimitBytes(job.guildId),
    hasFallback: false,
    read: async () => messenger.readByBot({ channelId, messageId }),
    async send(draw, file) {
      await messenger.editByBot({ channelId, messageId }, jobMessage(job, draw), file);
      return { messageId };
    },
  };
}

function asNewMessage(
  job: Job,
  options: NewMessageOptions,
  { messenger, uploadLimitBytes }: RouteDependencies,
): MessageRoute {
  const { channelId } = job;
  return {
    name: 'new-message',
    limitBytes: uploadLimitBytes(job.guildId),
    hasFallback: false,
    send: async (draw, file) =>
      sendNew({ job, channelId, messenger, ...options }, { ...draw, mention: true }, file),
    onClosed: async () => options.marker?.clear(),
  };
}

function byDirectMessage(
  job: Job,
  options: NewMessageOptions,
  { messenger }: RouteDependencies,
): MessageRoute {
  return {
    name: 'direct-message',
    limitBytes: SAFE_LIMIT_BYTES,
    hasFallback: false,
    async send(draw, file) {
      const { channelId } = await messenger.directChannel(job.memberId);
      return sendNew({ job, channelId, messenger, ...options }, draw, file);
    },
    onClosed: async () => options.marker?.clear(),
  };
}

interface NewMessage extends NewMessageOptions {
  readonly job: Job;
  readonly channelId: string;
  readonly messenger: Messenger;
}

async function sendNew(
  { job, channelId, messenger, nonce, marker }: NewMessage,
  draw: DrawOptions,
  file: UploadFile | undefined,
): Promise<{ messageId: string }> {
  await marker?.set(channelId);
  const options = file === undefined ? { nonce } : { nonce, file };
  return messenger.create(channelId, jobMessage(job, draw), options);
}

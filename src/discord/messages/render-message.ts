/**
 * Draws a job's present state on the message there is: by the interaction's token, else by the bot's
 * own. When neither reaches it, progress is let go; an end without a video is told in a new message,
 * or by direct message to whoever asked in private.
 */
import { hasEnded, type Job } from '../../jobs/record/job.ts';
import type { Logger } from '../../logger.ts';
import type { InteractionTokens } from '../interactions/claims.ts';
import { refusalOf, type Refusal } from '../rest/discord-error.ts';
import type { Messenger } from '../rest/messenger.ts';
import { isRouteBlocked, type DiscordBusyError } from '../rest/rate-limits.ts';
import { isForMemberOnly, mayUseDirectMessage } from './audience.ts';
import { jobMessage, type DrawOptions } from './job-message.ts';

export interface RenderDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  logger: Logger;
}

/** A way to a message: sends one picture of the job. */
interface RenderRoute {
  /** For the log. */
  readonly name: string;
  readonly send: (draw: DrawOptions) => Promise<unknown>;
  /** Whether another way leads to the same message, should Discord keep this one waiting. */
  readonly hasFallback?: boolean;
}

/** Where a picture was put; `nowhere`: Discord refused every way there is. */
export type DrawTarget = 'its-message' | 'new-message' | 'nowhere';

/**
 * @param shown what of it is not in the record: its place in line
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
 */
export async function renderJob(
  job: Job,
  dependencies: RenderDependencies,
  shown: Pick<DrawOptions, 'position'> = {},
): Promise<DrawTarget> {
  if (await renderOnJobMessage(job, dependencies, shown)) return 'its-message';
  if (!hasEnded(job)) return 'nowhere';
  if (await renderByFirstOpenRoute(routesToNewMessage(job, dependencies), job, dependencies))
    return 'new-message';
  dependencies.logger.warn(
    { jobId: job.id, state: job.state },
    'the end of a job could not be told',
  );
  return 'nowhere';
}

/** @returns false when Discord refused. @throws what `renderJob` throws */
export async function renderOnJobMessage(
  job: Job,
  dependencies: RenderDependencies,
  shown: Pick<DrawOptions, 'position'> = {},
): Promise<boolean> {
  return renderByFirstOpenRoute(await routesToMessage(job, dependencies, shown), job, dependencies);
}

async function renderByFirstOpenRoute(
  routes: readonly RenderRoute[],
  job: Job,
  { tokens, logger }: RenderDependencies,
): Promise<boolean> {
  let blocked: DiscordBusyError | undefined;
  for (const { name, send, hasFallback = false } of routes) {
    let refused: Refused | undefined;
    try {
      refused = await refusalBy(send);
    } catch (error) {
      if (!hasFallback || !isRouteBlocked(error)) throw error;
      blocked = error;
      continue;
    }
    if (refused === undefined) return true;
    const { refusal, error } = refused;
    if (refusal === 'token-dead') await tokens.drop(job.interactionId);
    logger[refusal === 'fault' ? 'error' : 'warn'](
      { err: error, jobId: job.id, refusal, route: name },
      'a job could not be drawn this way',
    );
  }
  if (blocked !== undefined) throw blocked;
  return false;
}

async function routesToMessage(
  job: Job,
  { messenger, tokens }: RenderDependencies,
  shown: Pick<DrawOptions, 'position'>,
): Promise<RenderRoute[]> {
  const picture = (draw: DrawOptions) => jobMessage(job, { ...draw, ...shown });
  const token = await tokens.find(job.interactionId);
  // The bot's own token cannot reach a message that only one member sees.
  const byBot: RenderRoute[] = isForMemberOnly(job)
    ? []
    : [{ name: 'bot', send: async (draw) => messenger.editByBot(job, picture(draw)) }];
  if (token === undefined) return byBot;
  const send: RenderRoute['send'] = async (draw) => messenger.editByToken(token, picture(draw));
  return [{ name: 'token', send, hasFallback: byBot.length > 0 }, ...byBot];
}

/** New messages that say how it ended. The nonce lets Discord drop a repetition. */
function routesToNewMessage(job: Job, { messenger }: RenderDependencies): RenderRoute[] {
  const tellIn = async (channelId: string, draw: DrawOptions): Promise<unknown> =>
    messenger.create(channelId, jobMessage(job, draw), { nonce: `end-${job.id}` });
  const publicly: RenderRoute = {
    name: 'new message',
    send: async (draw) => tellIn(job.channelId, { ...draw, mention: true }),
  };
  const directly: RenderRoute = {
    name: 'direct message',
    send: async (draw) => tellIn((await messenger.directChannel(job.memberId)).channelId, draw),
  };
  return [
    ...(isForMemberOnly(job) ? [] : [publicly]),
    ...(mayUseDirectMessage(job) ? [directly] : []),
  ];
}

interface Refused {
  readonly refusal: Refusal;
  readonly error: unknown;
}

/** Tries once more without the prompt where the server's own rules refuse the text. */
async function refusalBy(send: RenderRoute['send']): Promise<Refused | undefined> {
  const refused = await attempt(send, {});
  return refused?.refusal === 'blocked' ? attempt(send, { withoutPrompt: true }) : refused;
}

async function attempt(send: RenderRoute['send'], draw: DrawOptions): Promise<Refused | undefined> {
  try {
    await send(draw);
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'try-later') throw error;
    return { refusal, error };
  }
}

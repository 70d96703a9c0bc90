/**
 * Draws a job's present state on the message there is: by the interaction's token, else by the bot's
 * own. When neither reaches it, progress is let go; an end without a video is told in a new message.
 */
import { hasEnded, type Job } from '../../jobs/job.ts';
import type { Logger } from '../../logger.ts';
import type { Messenger } from '../delivery/messenger.ts';
import { refusalOf, type Refusal } from '../discord-error.ts';
import type { InteractionTokens } from '../interactions/interaction-tokens.ts';
import { jobMessage, type DrawOptions } from './job-message.ts';

export interface DrawingDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
  logger: Logger;
}

/** A way to a message: sends one picture of the job. */
type Way = (draw: DrawOptions) => Promise<unknown>;

/**
 * @param shown what of it is not in the record: its place in line
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
 */
export async function drawJob(
  job: Job,
  dependencies: DrawingDependencies,
  shown: Pick<DrawOptions, 'place'> = {},
): Promise<void> {
  const { messenger, tokens, logger } = dependencies;
  for (const way of await waysTo(job, dependencies, shown)) {
    const refusal = await refusalBy(way);
    if (refusal === undefined) return;
    if (refusal === 'token-dead') await tokens.drop(job.interactionId);
    logger.warn({ jobId: job.id, refusal }, 'a job could not be drawn this way');
  }
  if (!hasEnded(job) || job.isEphemeral) return;
  const refusal = await refusalBy(async (draw) => {
    const body = jobMessage(job, { ...draw, mention: true });
    await messenger.create(job.channelId, body, { nonce: `end-${job.id}` });
  });
  if (refusal !== undefined)
    logger.warn({ jobId: job.id, refusal }, 'the end of a job could not be told');
}

async function waysTo(
  job: Job,
  { messenger, tokens }: DrawingDependencies,
  shown: Pick<DrawOptions, 'place'>,
): Promise<Way[]> {
  const picture = (draw: DrawOptions) => jobMessage(job, { ...draw, ...shown });
  const token = await tokens.find(job.interactionId);
  const byToken: Way[] =
    token === undefined ? [] : [async (draw) => messenger.editByToken(token, picture(draw))];
  // The bot's own token cannot reach a message that only one member sees.
  const byBot: Way[] = job.isEphemeral
    ? []
    : [async (draw) => messenger.editByBot(job, picture(draw))];
  return [...byToken, ...byBot];
}

/** Tries once more without the prompt where the server's own rules refuse the text. */
async function refusalBy(way: Way): Promise<Refusal | undefined> {
  const refusal = await attempt(way, {});
  return refusal === 'blocked' ? attempt(way, { withoutPrompt: true }) : refusal;
}

async function attempt(way: Way, draw: DrawOptions): Promise<Refusal | undefined> {
  try {
    await way(draw);
    return undefined;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'try-later') throw error;
    return refusal;
  }
}

/** Reads the message of a job as Discord has it. */
import type { Job } from '../../jobs/record/job.ts';
import type { InteractionTokens } from '../interactions/claims.ts';
import { refusalOf } from '../rest/discord-error.ts';
import type { Messenger } from '../rest/messenger.ts';
import { isRouteBlocked, type DiscordBusyError } from '../rest/rate-limits.ts';
import type { SeenMessage } from '../rest/search-messages.ts';
import { isForMemberOnly } from './audience.ts';

interface ReadMessageDependencies {
  messenger: Messenger;
  tokens: InteractionTokens;
}

/**
 * By the interaction's token while it lives, else by the bot's own.
 *
 * @returns undefined when it is gone, or we may not read it
 * @throws DiscordAPIError and others when Discord could not be reached or is busy: try again later
 */
export async function readJobMessage(
  job: Job,
  { messenger, tokens }: ReadMessageDependencies,
): Promise<SeenMessage | undefined> {
  const token = await tokens.find(job.interactionId);
  const routes = [
    ...(token === undefined ? [] : [async () => messenger.readByToken(token)]),
    ...(isForMemberOnly(job) ? [] : [async () => messenger.readByBot(job)]),
  ];
  let blocked: DiscordBusyError | undefined;
  for (const [index, read] of routes.entries()) {
    try {
      return await read();
    } catch (error) {
      const isAnotherLeft = index < routes.length - 1;
      if (isAnotherLeft && isRouteBlocked(error)) blocked = error;
      else if (refusalOf(error) === 'try-later') throw error;
    }
  }
  if (blocked !== undefined) throw blocked;
  return undefined;
}

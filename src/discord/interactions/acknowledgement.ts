/**
 * Sends the acknowledgement of an interaction, again where its connection was cut. Discord takes one
 * and refuses the next with 40060: what that means depends on whether a try of ours was cut before.
 */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes, type Client, type REST } from 'discord.js';

/** A cut connection is answered by asking again; for an acknowledgement there are 3 seconds in all. */
const MOST_TRIES = 3;

/**
 * `unheard`: Discord has had it, from a try of ours whose answer was lost. `elsewhere`: Discord has
 * had one before our first try, from another handling of the same interaction.
 */
export type Acknowledged<Answer> =
  | { readonly by: 'us'; readonly answer: Answer }
  | { readonly by: 'unheard' | 'elsewhere'; readonly refusal: DiscordAPIError };

interface AcknowledgedInteraction {
  readonly id: string;
  readonly client: Client;
}

/** @throws what Discord refuses it with otherwise, and the last cut */
export async function acknowledge<Answer>(
  { id, client }: AcknowledgedInteraction,
  send: () => Promise<Answer>,
): Promise<Acknowledged<Answer>> {
  using repeats = repeatsOf(id, client.rest);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { by: 'us', answer: await send() };
    } catch (error) {
      if (isAcknowledged(error)) {
        const isRepeated = attempt > 1 || repeats.any();
        return { by: isRepeated ? 'unheard' : 'elsewhere', refusal: error };
      }
      if (!isCut(error) || attempt === MOST_TRIES) throw error;
    }
  }
}

/** What Discord itself answers is final here; a connection that was cut is no answer. */
export async function retryOnDisconnect<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isCut(error) || attempt === MOST_TRIES) throw error;
    }
  }
}

/** The library repeats some requests by itself, after a reset or a 5xx, and tells it in this event alone. */
function repeatsOf(interactionId: string, rest: REST): Disposable & { any(): boolean } {
  const path = `/interactions/${interactionId}/`;
  let isRepeated = false;
  const look = (request: { path: string; retries: number }): void => {
    if (request.path.startsWith(path) && request.retries > 0) isRepeated = true;
  };
  rest.on('response', look);
  return { any: () => isRepeated, [Symbol.dispose]: () => void rest.off('response', look) };
}

function isCut(error: unknown): boolean {
  return !(error instanceof DiscordAPIError) && !(error instanceof HTTPError);
}

function isAcknowledged(error: unknown): error is DiscordAPIError {
  return (
    error instanceof DiscordAPIError &&
    error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged
  );
}

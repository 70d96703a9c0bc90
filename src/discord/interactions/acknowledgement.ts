/**
 * Sends the acknowledgement of an interaction, and repeats it after a broken connection. Discord accepts
 * one and refuses the next with 40060; the meaning of that code depends on whether one of our earlier
 * tries may have succeeded.
 */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes, type Client, type REST } from 'discord.js';

/** Maximum number of tries after broken connections; Discord allows only 3 seconds. */
const MOST_TRIES = 3;

/**
 * `unheard`: Discord accepted one of our tries, but its answer was lost. `elsewhere`: another handler of
 * the same interaction was accepted before our first try.
 */
export type Acknowledged<Answer> =
  | { readonly by: 'us'; readonly answer: Answer }
  | { readonly by: 'unheard' | 'elsewhere'; readonly refusal: DiscordAPIError };

interface AcknowledgedInteraction {
  readonly id: string;
  readonly client: Client;
}

/** @throws any other refusal by Discord, and the last connection error */
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

/** Retries after broken connections only; any answer of Discord is final. */
export async function retryOnDisconnect<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isCut(error) || attempt === MOST_TRIES) throw error;
    }
  }
}

/** Detects repeats by discord.js, after a reset or a 5xx, which it reveals only in this event. */
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

/**
 * What Discord's refusals mean for one of our messages: a table from error codes (Discord developer docs,
 * Opcodes and Status Codes, JSON error codes) to what to do next.
 */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes as Code } from 'discord.js';

/**
 * `token-dead`: use the bot's own token. `message-gone`: send a new one. `no-access`: this route is not
 * available here. `not-allowed`: not available, or only without files. `too-large`: send something smaller.
 * `blocked`: the server's own rules refuse the text. `try-later`: the request was fine. `fault`: our request
 * was wrong.
 */
export type Refusal =
  | 'token-dead'
  | 'message-gone'
  | 'no-access'
  | 'not-allowed'
  | 'too-large'
  | 'blocked'
  | 'try-later'
  | 'fault';

const REFUSALS = new Map<number | string, Refusal>([
  [Code.InvalidWebhookToken, 'token-dead'],
  [Code.UnknownWebhook, 'token-dead'],
  [Code.UnknownMessage, 'message-gone'],
  [Code.CannotEditMessageAuthoredByAnotherUser, 'message-gone'],
  [Code.UnknownChannel, 'no-access'],
  [Code.UnknownGuild, 'no-access'],
  [Code.UnknownUser, 'no-access'],
  [Code.InvalidRecipients, 'no-access'],
  [Code.CannotSendMessagesToThisUser, 'no-access'],
  [Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds, 'no-access'],
  [Code.MissingAccess, 'no-access'],
  [Code.CannotSendMessagesInNonTextChannel, 'no-access'],
  [Code.CannotSendAMessageInAForumChannel, 'no-access'],
  [Code.InvalidActionOnArchivedThread, 'no-access'],
  [Code.ThreadLocked, 'no-access'],
  [Code.MissingPermissions, 'not-allowed'],
  [Code.AccessToFileUploadsHasBeenLimitedForThisGuild, 'not-allowed'],
  [Code.RequestEntityTooLarge, 'too-large'],
  [Code.FileUploadedExceedsMaximumSize, 'too-large'],
  [Code.MessageWasBlockedByAutomaticModeration, 'blocked'],
  [Code.MessageBlockedByHarmfulLinksFilter, 'blocked'],
  [Code.ExplicitContentCannotBeSentToTheDesiredRecipient, 'blocked'],
  [Code.CloudflareIsBlockingYourRequest, 'try-later'],
  [Code.InvalidFormBodyOrContentType, 'fault'],
  [Code.CannotSendAnEmptyMessage, 'fault'],
]);

const UNAUTHORIZED = 401;
const TOO_LARGE = 413;
/** Temporary conditions: timeouts and rate limits. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

/** A refusal that the same request would meet again. */
export type FinalRefusal = Exclude<Refusal, 'try-later'>;

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: FinalRefusal;
  readonly error: unknown;
}

export type Answered<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | Refused;

/**
 * Sends a request and returns Discord's refusal of it, where there is one.
 *
 * @throws what `send` throws when Discord could not be reached or is busy: try again later
 */
export async function catchRefusal<Answer>(send: () => Promise<Answer>): Promise<Answered<Answer>> {
  try {
    return { kind: 'answered', answer: await send() };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'try-later') throw error;
    return { kind: 'refused', refusal, error };
  }
}

/** Classifies an error. One that is not from Discord counts as `try-later`. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof DiscordAPIError) {
    return REFUSALS.get(error.code) ?? meaningOfStatus(error);
  }
  if (error instanceof HTTPError && error.status === TOO_LARGE) return 'too-large';
  return 'try-later';
}

function meaningOfStatus({ code, status }: DiscordAPIError): Refusal {
  if (status === TOO_LARGE) return 'too-large';
  if (status >= 500 || PASSING_STATUSES.has(status)) return 'try-later';
  // Concerns the bot's token, not the message.
  if (status === UNAUTHORIZED) return 'try-later';
  // Without a code, the answer is a page from a proxy that did not reach Discord, despite the type of `code`.
  const hasCode: boolean = Number.isInteger(code);
  return hasCode ? 'fault' : 'try-later';
}

/** Returns whether Discord refused the bot's token: it was reset, or Discord has a temporary problem. */
export function isBotTokenRefused(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    error.status === UNAUTHORIZED &&
    error.code !== Code.InvalidWebhookToken
  );
}

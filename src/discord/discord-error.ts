/**
 * What Discord's refusals mean for a message of ours, as a table from error code (Discord developer
 * docs, Opcodes and Status Codes, JSON error codes) to what to do next.
 */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes as Code } from 'discord.js';

/**
 * `token-dead`: use the bot's own token. `message-gone`: send a new one. `no-access`: this way is
 * closed to us here. `not-allowed`: so is it, or only files are. `too-large`: send something smaller. `blocked`: the server's own rules refuse
 * the text. `try-later`: nothing is wrong with what we sent. `fault`: we sent something wrong.
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
  [Code.UnknownChannel, 'no-access'],
  [Code.UnknownGuild, 'no-access'],
  [Code.CannotSendMessagesToThisUser, 'no-access'],
  [Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds, 'no-access'],
  [Code.MissingAccess, 'no-access'],
  [Code.MissingPermissions, 'not-allowed'],
  [Code.InvalidActionOnArchivedThread, 'no-access'],
  [Code.ThreadLocked, 'no-access'],
  [Code.CannotEditMessageAuthoredByAnotherUser, 'message-gone'],
  [Code.RequestEntityTooLarge, 'too-large'],
  [Code.FileUploadedExceedsMaximumSize, 'too-large'],
  [Code.AccessToFileUploadsHasBeenLimitedForThisGuild, 'not-allowed'],
  [Code.MessageWasBlockedByAutomaticModeration, 'blocked'],
  [Code.MessageBlockedByHarmfulLinksFilter, 'blocked'],
  [Code.ExplicitContentCannotBeSentToTheDesiredRecipient, 'blocked'],
  [Code.InvalidFormBodyOrContentType, 'fault'],
  [Code.CannotSendAnEmptyMessage, 'fault'],
]);

/** An error that is not from Discord at all counts as `try-later`. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof DiscordAPIError) {
    const known = REFUSALS.get(error.code);
    if (known !== undefined) return known;
    if (error.status === 413) return 'too-large';
    return error.status >= 500 || error.status === 429 ? 'try-later' : 'fault';
  }
  if (error instanceof HTTPError && error.status === 413) return 'too-large';
  return 'try-later';
}

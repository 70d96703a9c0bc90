/**
 * AutoMod’s keyword rules (Discord developer docs, "Auto Moderation", keyword matching strategies). A
 * blocked message is refused with error 200000; an edit is refused too (change log of 2024-06-27).
 * Ephemeral messages are not checked: it blocks public responses (tibue99/ezcord, pull request
 * 85; not in Discord’s docs).
 */
import { walkComponents } from './component-schema.ts';
import { isEphemeral } from './message-json.ts';
import { hasPermissions } from './permissions.ts';
import type { ChannelRecord, MessageState, Store } from './store.ts';

/** Discord developer docs: a keyword has 60 characters or less. */
const MAX_KEYWORD_LENGTH = 60;

/** Throws for an invalid keyword: a fault of the test. */
export function checkKeyword(keyword: string): void {
  const bare = keyword.replaceAll('*', '').trim();
  if (bare === '' || keyword.length > MAX_KEYWORD_LENGTH)
    throw new Error(`AutoMod does not accept the keyword ${JSON.stringify(keyword)}`);
}

/**
 * Returns whether the guild’s rules block this message. Authors who manage the server are not checked
 * (Discord’s help centre, "AutoMod FAQ"), and there are no rules in direct messages.
 */
export function isBlocked(
  store: Store,
  channel: ChannelRecord,
  { state, authorPermissions }: { state: MessageState; authorPermissions: bigint },
): boolean {
  const isExempt = isEphemeral(state) || hasPermissions(authorPermissions, 'ManageGuild');
  if (channel.kind === 'direct' || isExempt) return false;
  const text = textOf(state);
  return store.guildOf(channel).blockedWords.some((keyword) => patternOf(keyword).test(text));
}

/** Returns all visible text, including embeds and text displays. */
function textOf(state: MessageState): string {
  const shown = [...walkComponents(state.components)].flatMap(({ component }) => [
    component.content ?? '',
    component.label ?? '',
  ]);
  const embedded = state.embeds.flatMap(({ title, description }) => [title, description]);
  return [state.content, ...shown, ...embedded]
    .filter((text) => typeof text === 'string')
    .join('\n');
}

/** `cat` matches a whole word, `cat*` its beginning, `*cat` its end, `*cat*` anywhere, in any case. */
function patternOf(keyword: string): RegExp {
  const bare = RegExp.escape(keyword.replace(/^\*/, '').replace(/\*$/, ''));
  const before = keyword.startsWith('*') ? '' : String.raw`(?<![\p{L}\p{N}_])`;
  const after = keyword.endsWith('*') ? '' : String.raw`(?![\p{L}\p{N}_])`;
  return new RegExp(`${before}${bare}${after}`, 'iu');
}

/**
 * Takes flags out of a prompt: a vendor would interpret them as options (`--duration 12`), and then
 * render and bill something that was never priced. The returned prompt has no flags.
 */
import { closeGap, FLAG_START } from './flag-text.ts';
import { foreignValueLength } from './foreign-flags.ts';
import { readFlagName, readFlagValue, unreadableFlag, type Flag } from './known-flags.ts';
import { normalizeText } from './normalize-text.ts';

export interface TakenFlags {
  /** The prompt that can be sent. */
  readonly prompt: string;
  /** The flags that set options. */
  readonly flags: readonly Flag[];
  /** All other flags with their values, as typed. */
  readonly removed: readonly string[];
}

const EN_DASH = '–';
const WORD_CHARACTER = /[\p{L}\p{N}]/u;

/** @throws UserError for a known flag with an unreadable value */
export function takeFlags(source: string): TakenFlags {
  const flags: Flag[] = [];
  const removed: string[] = [];
  let prompt = source.toWellFormed().trim();
  // Removing a flag can join text into another one. The loop ends because each round shortens the prompt.
  for (;;) {
    const taken = takeOnce(prompt);
    flags.push(...taken.flags);
    removed.push(...taken.removed);
    if (taken.prompt === prompt) return { prompt, flags, removed };
    prompt = taken.prompt;
  }
}

function takeOnce(source: string): TakenFlags {
  const seen = normalizeText(source);
  const flags: Flag[] = [];
  const removed: string[] = [];
  let prompt = '';
  /** How far the normalized text has been read, and how far the source has been copied. */
  let read = 0;
  let taken = 0;
  for (const match of seen.text.matchAll(FLAG_START)) {
    if (match.index < read) continue;
    const found = readFlag(seen.text, match);
    if (found.is === 'prose') continue;
    prompt += source.slice(taken, seen.sourceStart(match.index));
    if (found.is === 'dash') {
      prompt += EN_DASH;
      read = found.end;
    } else {
      if (found.is === 'flag') flags.push(found.flag);
      else removed.push(seen.text.slice(match.index, found.end));
      const gap = closeGap(prompt, seen.text.slice(found.end));
      prompt = gap.before;
      read = found.end + gap.length;
    }
    taken = seen.sourceEnd(read - 1);
  }
  return { prompt: (prompt + source.slice(taken)).trim(), flags, removed };
}

type Found =
  | { readonly is: 'prose' }
  /** Hyphens up to `end` that stand for a dash. */
  | { readonly is: 'dash'; readonly end: number }
  | { readonly is: 'flag'; readonly flag: Flag; readonly end: number }
  | { readonly is: 'foreign'; readonly end: number };

/** Dashes and a name in the normalized text. */
interface Candidate {
  readonly start: number;
  readonly dashes: string;
  readonly name: string;
  /** Whether it has two hyphens rather than the long dash that a phone makes of them. */
  readonly isTyped: boolean;
  /** Whether a word ends right before it: "the moment--seed of all" has a dash between words. */
  readonly isGlued: boolean;
}

function readFlag(text: string, { index: start, groups }: RegExpExecArray): Found {
  const { dashes = '', name = '' } = groups ?? {};
  const isTyped = dashes.includes('--');
  const isGlued = start > 0 && WORD_CHARACTER.test(text.charAt(start - 1));
  const candidate = { start, dashes, name, isTyped, isGlued };
  // A single hyphen belongs to a word, and a long dash after a word is meant as a dash.
  if (!isTyped && (isGlued || dashes === '-')) return { is: 'prose' };
  return readKnown(text, candidate) ?? readForeign(text, candidate);
}

/** @throws UserError for a known flag with an unreadable value */
function readKnown(text: string, candidate: Candidate): Found | undefined {
  const { start, dashes, name, isTyped, isGlued } = candidate;
  const known = readFlagName(name);
  if (known === undefined) return undefined;
  const { option, glued } = known;
  const valueStart = start + dashes.length + name.length - glued.length;
  const rest = text.slice(valueStart);
  const written = text.slice(start, valueStart);
  const found = readFlagValue(option, rest);
  if (found !== undefined) {
    const flag = { option, written, value: found.value };
    return { is: 'flag', flag, end: valueStart + found.length };
  }
  if (isTyped && !isGlued) throw unreadableFlag(option, written, rest);
  return asDash(candidate);
}

function readForeign(text: string, candidate: Candidate): Found {
  const { start, dashes, name, isTyped, isGlued } = candidate;
  if (!isTyped || isGlued || dashes.length > 2) return asDash(candidate);
  const nameEnd = start + dashes.length + name.length;
  return { is: 'foreign', end: nameEnd + foreignValueLength(name, text.slice(nameEnd)) };
}

function asDash({ start, dashes, isTyped }: Candidate): Found {
  return isTyped ? { is: 'dash', end: start + dashes.length } : { is: 'prose' };
}

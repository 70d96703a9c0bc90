/** The input checks of moderators' commands: each returns a value that is safe to store, or refuses. Pure. */
import { UserError } from '../../errors.ts';
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import { MAX_CREDITS } from '../limits/arithmetic.ts';
import type { Limit, StoredLimits } from '../limits/limits.ts';

/** Longer notes would not fit into Discord's lists. */
export const MAX_NOTE_LENGTH = 200;
/** Above any account's limit of running or waiting videos. */
export const MAX_PLACES = 10_000;
const MAX_BLOCK_DAYS = 3650;

const BOUNDS = {
  credits: { key: 'quota:creditsWhole', max: MAX_CREDITS },
  maxCost: { key: 'quota:maxCostWhole', max: MAX_CREDITS },
  atOnce: { key: 'quota:atOnceWhole', max: MAX_PLACES },
  waiting: { key: 'quota:waitingWhole', max: MAX_PLACES },
} as const;
const KINDS = ['credits', 'maxCost', 'atOnce', 'waiting'] as const;

/** @throws UserError unless it is a whole number from 1 to `MAX_CREDITS` */
export function checkedAmount(credits: number): number {
  return checkedWhole(credits, { key: 'quota:amountWhole', min: 1, max: MAX_CREDITS });
}

/** @throws UserError unless it is a whole number of days, at least one */
export function checkedDays(days: number): number {
  return checkedWhole(days, { key: 'quota:daysWhole', min: 1, max: MAX_BLOCK_DAYS });
}

/**
 * Returns the limits to store after merging new ones into the current ones. `per` alone changes the
 * period of an existing limit.
 *
 * @throws UserError when nothing is set, a number is out of range, or it is above the operator's ceiling
 */
export function checkedLimits(
  before: StoredLimits,
  wanted: StoredLimits,
  ceiling: Limit,
): StoredLimits {
  if (wanted.per === undefined && KINDS.every((kind) => wanted[kind] === undefined)) {
    throw new UserError(text('quota:nothingToSet'));
  }
  for (const kind of KINDS) {
    const value = wanted[kind];
    if (value !== undefined) checkedWhole(value, { ...BOUNDS[kind], min: 0 });
  }
  if (wanted.credits !== undefined && wanted.credits > ceiling.credits) {
    throw new UserError(text('quota:aboveCeiling', { credits: ceiling.credits }));
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const limits: StoredLimits = { ...before, ...Object.fromEntries(given) };
  if (limits.credits === undefined) {
    if (wanted.per === undefined) return limits;
    throw new UserError(text('quota:perNeedsCredits'));
  }
  return { ...limits, per: limits.per ?? 'month' };
}

/**
 * Returns a note or reason without control characters, which databases and tables handle badly.
 *
 * @throws UserError when it is longer than `MAX_NOTE_LENGTH`
 */
export function checkedNote(note: string | undefined): string | undefined {
  const words = (note ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  if (Array.from(words).length > MAX_NOTE_LENGTH) {
    throw new UserError(text('quota:noteTooLong', { most: MAX_NOTE_LENGTH }));
  }
  return words === '' ? undefined : words;
}

/**
 * Returns the IANA name of a time zone in its usual spelling.
 *
 * @throws UserError for an unknown name
 */
export function checkedTimeZone(zone: string): string {
  const name = zone.trim();
  const known = [...Intl.supportedValuesOf('timeZone'), resolvedZone(name)];
  const usual = known.find((one) => one?.toLowerCase() === name.toLowerCase());
  if (usual !== undefined) return usual;
  throw new UserError(text('quota:noSuchTimeZone'));
}

/** Also resolves older names, such as Asia/Calcutta, which are not in the list. */
function resolvedZone(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // Rejects an offset, such as +02:00, which would be accepted but has no daylight saving time.
    if (!/^[a-z]/i.test(name)) return undefined;
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return undefined;
  }
}

function checkedWhole(
  value: number,
  { key, min, max }: { key: TextKey; min: number; max: number },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UserError(text(key, { min, max }));
}

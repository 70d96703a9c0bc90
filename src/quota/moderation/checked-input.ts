/** What moderators type, checked: a clear refusal, or a value that is safe to store. Pure. */
import { UserError } from '../../errors.ts';
import { MAX_CREDITS } from '../limits/arithmetic.ts';
import type { Limit, StoredLimits } from '../limits/limits.ts';

/** Discord shows no more, and nobody reads more. */
export const MAX_NOTE_LENGTH = 200;
/** More videos at once or waiting than any account takes. */
export const MAX_PLACES = 10_000;
const MAX_BLOCK_DAYS = 3650;

const BOUNDS = {
  credits: { name: 'A limit of credits', max: MAX_CREDITS },
  maxCost: { name: 'The maximum cost of a video', max: MAX_CREDITS },
  atOnce: { name: 'The number of videos at once', max: MAX_PLACES },
  waiting: { name: 'The number of videos that wait', max: MAX_PLACES },
} as const;
const KINDS = ['credits', 'maxCost', 'atOnce', 'waiting'] as const;

/** @throws UserError unless it is a whole number from 1 to `MAX_CREDITS` */
export function checkedAmount(credits: number): number {
  return checkedWhole(credits, { name: 'The amount', min: 1, max: MAX_CREDITS });
}

/** @throws UserError unless it is a whole number of days, at least one */
export function checkedDays(days: number): number {
  return checkedWhole(days, { name: 'The number of days', min: 1, max: MAX_BLOCK_DAYS });
}

/**
 * What is stored once these limits are set over those that were: `per` alone changes the period of a
 * limit there is.
 *
 * @throws UserError when nothing is set, a number is out of range, or it is above the operator's ceiling
 */
export function checkedLimits(
  before: StoredLimits,
  wanted: StoredLimits,
  ceiling: Limit,
): StoredLimits {
  if (wanted.per === undefined && KINDS.every((kind) => wanted[kind] === undefined)) {
    throw new UserError('Nothing to set: give credits, at_once, waiting or max_cost a number.');
  }
  for (const kind of KINDS) {
    const value = wanted[kind];
    if (value !== undefined) checkedWhole(value, { ...BOUNDS[kind], min: 0 });
  }
  if (wanted.credits !== undefined && wanted.credits > ceiling.credits) {
    throw new UserError(
      `The bot's operator allows this server ${ceiling.credits} credits a month, so no limit here can be above that.`,
    );
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const limits: StoredLimits = { ...before, ...Object.fromEntries(given) };
  if (limits.credits === undefined) {
    if (wanted.per === undefined) return limits;
    throw new UserError('per says in which time the credits may be spent: give credits as well.');
  }
  return { ...limits, per: limits.per ?? 'month' };
}

/**
 * A note or reason as it is stored: without control characters, which no database or table likes.
 *
 * @throws UserError when it is longer than `MAX_NOTE_LENGTH`
 */
export function checkedNote(note: string | undefined): string | undefined {
  const text = (note ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  if (Array.from(text).length > MAX_NOTE_LENGTH) {
    throw new UserError(`A note or reason has at most ${MAX_NOTE_LENGTH} characters.`);
  }
  return text === '' ? undefined : text;
}

/**
 * The IANA name of a time zone, in the usual letters.
 *
 * @throws UserError when there is none of that name
 */
export function checkedTimeZone(zone: string): string {
  const name = zone.trim();
  const known = [...Intl.supportedValuesOf('timeZone'), resolvedZone(name)];
  const usual = known.find((one) => one?.toLowerCase() === name.toLowerCase());
  if (usual !== undefined) return usual;
  throw new UserError(
    'There is no such time zone. Give it by its IANA name, such as Europe/Berlin, America/New_York or UTC.',
  );
}

/** Older names, such as Asia/Calcutta, are not in the list and are understood all the same. */
function resolvedZone(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    // An offset, such as +02:00, is understood too, and knows no summer time.
    if (!/^[a-z]/i.test(name)) return undefined;
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
  } catch {
    return undefined;
  }
}

function checkedWhole(
  value: number,
  { name, min, max }: { name: string; min: number; max: number },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UserError(`${name} must be a whole number from ${min} to ${max}.`);
}

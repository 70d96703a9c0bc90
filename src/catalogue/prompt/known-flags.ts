/**
 * Flags that set options: Ark's own (Volcengine Ark API reference, video generation, "text command"
 * parameters), and Midjourney's `--ar` and `--seed`, which people type out of habit.
 */
import { UserError } from '../../errors.ts';
import type { TextKey } from '../../text/resources.ts';
import { text } from '../../text/text.ts';
import { echoed } from '../echoed.ts';
import type { AskedOptions } from '../request.ts';
import { closerOf, untilNextFlag } from './flag-text.ts';

/** The options that a flag can set. */
export type FlagOptions = Pick<
  AskedOptions,
  'resolution' | 'ratio' | 'duration' | 'frames' | 'seed' | 'cameraFixed' | 'watermark'
>;

export type FlagOption = keyof FlagOptions | 'framesPerSecond';

/** A flag as typed in the prompt. */
export interface Flag {
  readonly option: FlagOption;
  /** For example `--dur`. */
  readonly written: string;
  readonly value: string;
}

const FLAG_OPTIONS: ReadonlyMap<string, FlagOption> = new Map([
  ['resolution', 'resolution'],
  ['rs', 'resolution'],
  ['ratio', 'ratio'],
  ['rt', 'ratio'],
  ['ar', 'ratio'],
  ['aspect', 'ratio'],
  ['duration', 'duration'],
  ['dur', 'duration'],
  ['frames', 'frames'],
  ['framespersecond', 'framesPerSecond'],
  ['fps', 'framesPerSecond'],
  ['seed', 'seed'],
  ['camerafixed', 'cameraFixed'],
  ['cf', 'cameraFixed'],
  ['watermark', 'watermark'],
  ['wm', 'watermark'],
]);

interface FlagValue {
  /** A regular expression for the form of a value. The plan checks whether the model supports it. */
  readonly form: string;
  readonly means: TextKey;
}

const WHOLE: FlagValue = { form: String.raw`-?\d+`, means: 'plan:aWholeNumber' };
const TRUE_OR_FALSE: FlagValue = { form: 'true|false', means: 'plan:trueOrFalse' };
const NUMBER = String.raw`\d+(?:\.\d+)?`;

const VALUES: Record<FlagOption, FlagValue> = {
  resolution: { form: String.raw`\d+[pk]`, means: 'plan:aResolution' },
  ratio: {
    form: `${NUMBER} ?[:\u2236x×/] ?${NUMBER}|adaptive`,
    means: 'plan:aRatio',
  },
  duration: {
    form: `-?${NUMBER}(?: ?(?:seconds?|secs?|s|\u79D2\u949F?)(?![a-z]))?`,
    means: 'plan:aNumberOfSeconds',
  },
  frames: WHOLE,
  framesPerSecond: WHOLE,
  seed: WHOLE,
  cameraFixed: TRUE_OR_FALSE,
  watermark: TRUE_OR_FALSE,
};

const SEPARATOR = /^(?:\s*[=:]\s*|\s+)/u;
/** Quotation marks and brackets, but no sign or decimal point. */
const OPENING = /^[^\p{L}\p{N}\s.-]{1,4}/u;
/** A letter or digit after a value is part of it, except in scripts that put no space between words. */
const BOUNDARY = String.raw`(?![.:]?\d)(?![^\P{L}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}])`;

export interface NamedFlag {
  readonly option: FlagOption;
  /** A value attached to the name, such as the `12` of `--dur12`. */
  readonly glued: string;
}

/** Parses a name in any case, with hyphens or underscores; returns undefined for an unknown one. */
export function readFlagName(name: string): NamedFlag | undefined {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  const option = FLAG_OPTIONS.get(plain);
  if (option !== undefined) return { option, glued: '' };
  const [, letters = '', glued = ''] = /^(\D+)(\d.*)$/u.exec(plain) ?? [];
  const gluedOption = FLAG_OPTIONS.get(letters);
  return gluedOption && { option: gluedOption, glued };
}

/**
 * Parses the value after a flag's name.
 *
 * @returns the value, and its length including the marks around it; undefined if the text is not a valid
 *   value
 */
export function readFlagValue(
  option: FlagOption,
  rest: string,
): { value: string; length: number } | undefined {
  const region = untilNextFlag(rest);
  const separator = SEPARATOR.exec(region)?.[0] ?? '';
  const opening = OPENING.exec(region.slice(separator.length))?.[0] ?? '';
  const start = separator.length + opening.length;
  if (start === 0 && !/^\d/u.test(rest)) return undefined;
  const [value] = formOf(option).exec(region.slice(start)) ?? [];
  if (value === undefined) return undefined;
  const end = start + value.length;
  return { value: cleaned(option, value), length: end + closed(opening, region.slice(end)) };
}

function formOf(option: FlagOption): RegExp {
  return new RegExp(`^(?:${VALUES[option].form})${BOUNDARY}`, 'iu');
}

function cleaned(option: FlagOption, value: string): string {
  if (option === 'ratio') return value.replaceAll(' ', '').replace(/[\u2236x×/]/u, ':');
  return value;
}

/** Returns how many of the opening marks are closed right after the value, starting from the innermost. */
function closed(opening: string, after: string): number {
  const marks = Array.from(opening).toReversed();
  const open = marks.findIndex((mark, index) => closerOf(mark) !== after.charAt(index));
  return open === -1 ? marks.length : open;
}

/** Returns the refusal for a known flag without a readable value. */
export function unreadableFlag(option: FlagOption, written: string, rest: string): UserError {
  const [, word = ''] = /^[\s=:]*(\S*)/u.exec(untilNextFlag(rest)) ?? [];
  const value = word.replaceAll(/^[^\p{L}\p{N}.-]+|[^\p{L}\p{N}]+$/gu, '');
  const facts = { flag: written, needed: text(VALUES[option].means) };
  return new UserError(
    value === ''
      ? text('plan:flagNeeds', facts)
      : text('plan:flagNeedsNot', { ...facts, value: echoed(value) }),
  );
}

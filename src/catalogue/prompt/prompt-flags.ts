/**
 * Words of a prompt that a vendor would take for options (`--duration 12`): it would render, and
 * bill, what was never priced. The known ones become options, checked and priced like any other; all
 * others lose their hyphens. No text that leaves here holds a flag.
 *
 * The flags: Volcengine Ark API reference, video generation, "text command" parameters.
 */
import { UserError } from '../../errors.ts';
import { FRAMES_PER_SECOND } from '../models.ts';
import type { AskedOptions } from '../request.ts';
import { echoed } from '../wording.ts';
import { seenText } from './seen-text.ts';

/** The options a flag can set. */
export type FlagOptions = Pick<
  AskedOptions,
  'resolution' | 'ratio' | 'duration' | 'frames' | 'seed' | 'cameraFixed' | 'watermark'
>;

type FlagOption = keyof FlagOptions | 'framesPerSecond';

/** One flag as it stood in the prompt. */
interface Flag {
  readonly option: FlagOption;
  /** Such as `--dur`. */
  readonly written: string;
  readonly value: string;
}

const FLAG_OPTIONS: ReadonlyMap<string, FlagOption> = new Map([
  ['resolution', 'resolution'],
  ['rs', 'resolution'],
  ['ratio', 'ratio'],
  ['rt', 'ratio'],
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

const WHOLE = { form: /^-?\d+$/, means: 'a whole number' };
const TRUE_OR_FALSE = { form: /^(true|false)$/i, means: 'true or false' };

/** What a value looks like; whether a model takes it is for the plan to say. */
const VALUES: Record<FlagOption, { readonly form: RegExp; readonly means: string }> = {
  resolution: { form: /^\d+[pk]$/i, means: 'a resolution such as 720p' },
  ratio: { form: /^([\d.]+:[\d.]+|adaptive)$/i, means: 'a ratio such as 16:9' },
  duration: { form: /^-?\d+(\.\d+)?s?$/i, means: 'a number of seconds' },
  frames: WHOLE,
  framesPerSecond: WHOLE,
  seed: WHOLE,
  cameraFixed: TRUE_OR_FALSE,
  watermark: TRUE_OR_FALSE,
};

/** How the options are called where a member types them. */
const TYPED_NAMES: Record<keyof FlagOptions, string> = {
  resolution: 'resolution',
  ratio: 'ratio',
  duration: 'duration',
  frames: 'frames',
  seed: 'seed',
  cameraFixed: 'camera_fixed',
  watermark: 'watermark',
};

/** Options that say the same thing in different ways; each other option only contradicts itself. */
const RIVALS: { readonly [option in keyof FlagOptions]?: readonly (keyof FlagOptions)[] } = {
  duration: ['duration', 'frames'],
  frames: ['frames', 'duration'],
};

const FLAG_START = /-{2,}(?=\p{L})[\p{L}\p{N}_]*/gu;
const SEPARATOR_AND_VALUE = /^(?:\s*=\s*|\s+)((?:(?!--)\S)+)/u;
const CLOSING_PUNCTUATION = /[.,;!?"')\]}>»”’*]+$/u;
const WORD_CHARACTER = /[\p{L}\p{N}]/u;
const EN_DASH = '–';

/** Ends in white space that shows: `\s` alone counts the zero-width U+FEFF. */
const ENDS_APART = /[^\S\uFEFF]$/u;

/**
 * Takes the flags out of a prompt.
 *
 * @returns the prompt as it may be sent, and the flags that were options
 * @throws UserError for a known flag whose value cannot be read
 */
export function takeFlags(source: string): { prompt: string; flags: readonly Flag[] } {
  const wellFormed = source.toWellFormed();
  const seen = seenText(wellFormed);
  const flags: Flag[] = [];
  let prompt = '';
  let taken = 0;
  for (const match of seen.text.matchAll(FLAG_START)) {
    const found = readFlag(seen.text, match.index, match[0]);
    prompt += wellFormed.slice(taken, seen.sourceStart(match.index));
    taken = seen.sourceEnd(found.end - 1);
    if (found.flag === undefined) {
      prompt += EN_DASH;
    } else {
      flags.push(found.flag);
      if (!ENDS_APART.test(prompt)) prompt += ' ';
      taken += leadingSpaces(wellFormed.slice(taken));
    }
  }
  return { prompt: (prompt + wellFormed.slice(taken)).trim(), flags };
}

function leadingSpaces(text: string): number {
  return /^[ \t]*/.exec(text)?.[0].length ?? 0;
}

/** What stands at `start`: a flag up to `end`, or hyphens up to `end` that are no option of ours. */
function readFlag(
  text: string,
  start: number,
  written: string,
): { flag?: Flag | undefined; end: number } {
  const hyphens = /^-+/.exec(written)?.[0].length ?? 0;
  const hyphensOnly = { end: start + hyphens };
  const option = FLAG_OPTIONS.get(written.slice(hyphens).toLowerCase().replaceAll('_', ''));
  if (option === undefined) return hyphensOnly;

  const rest = text.slice(start + written.length);
  const [whole = '', rawValue = ''] = SEPARATOR_AND_VALUE.exec(rest) ?? [];
  const value = rawValue.replace(CLOSING_PUNCTUATION, '');
  if (VALUES[option].form.test(value)) {
    const end = start + written.length + whole.length - (rawValue.length - value.length);
    return { flag: { option, written, value }, end };
  }
  // "the moment--seed of all" is a dash between words; "--seed of all" is a flag gone wrong.
  if (start > 0 && WORD_CHARACTER.test(text[start - 1] ?? '')) return hyphensOnly;
  throw new UserError(
    `${written} in the prompt needs ${VALUES[option].means} after it${value === '' ? '' : `, not ${echoed(value)}`}.`,
  );
}

/**
 * The options with the flags of their prompt merged in, and the prompt without them.
 *
 * @throws UserError for a flag that cannot be read, or that contradicts an option or another flag
 */
export function mergePromptFlags(asked: AskedOptions): AskedOptions {
  const { prompt, flags } = takeFlags(asked.prompt);
  const sources = new Map<keyof FlagOptions, string>();
  let merged: AskedOptions = { ...asked, prompt };
  for (const flag of flags) {
    const { option } = flag;
    if (option === 'framesPerSecond') {
      checkFramesPerSecond(flag);
      continue;
    }
    const options = optionsFrom(option, flag.value);
    const source = `${flag.written} ${echoed(flag.value)} in the prompt`;
    for (const rival of RIVALS[option] ?? [option]) {
      const before = merged[rival];
      if (before === undefined || isSame(before, options[rival])) continue;
      const other = `the option ${TYPED_NAMES[rival]} (${echoed(String(before))})`;
      throw new UserError(
        `${source} contradicts ${sources.get(rival) ?? other}. Leave one of them out.`,
      );
    }
    merged = { ...merged, ...options };
    sources.set(option, source);
  }
  return merged;
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === 'string' && typeof other === 'string') {
    return one.trim().toLowerCase() === other.trim().toLowerCase();
  }
  return one === other;
}

function optionsFrom(option: keyof FlagOptions, value: string): FlagOptions {
  switch (option) {
    case 'resolution':
    case 'ratio':
      return { [option]: value };
    case 'duration':
    case 'frames':
    case 'seed':
      return { [option]: Number.parseFloat(value) };
    case 'cameraFixed':
    case 'watermark':
      return { [option]: value.toLowerCase() === 'true' };
  }
}

function checkFramesPerSecond({ written, value }: Flag): void {
  if (Number(value) === FRAMES_PER_SECOND) return;
  throw new UserError(
    `${written} ${echoed(value)} in the prompt cannot be done: every video has ${FRAMES_PER_SECOND} frames a second. Leave ${written} out.`,
  );
}

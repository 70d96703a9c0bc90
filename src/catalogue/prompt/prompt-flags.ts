/**
 * Merges the options from a prompt's flags with the typed ones, so that they are checked and priced in
 * the same way.
 */
import { UserError } from '../../errors.ts';
import { text, type Text } from '../../text/text.ts';
import { echoed } from '../echoed.ts';
import { FRAMES_PER_SECOND } from '../models.ts';
import type { AskedOptions } from '../request.ts';
import type { Flag, FlagOptions } from './known-flags.ts';
import { takeFlags } from './take-flags.ts';

/** The member-facing names of the options. */
const TYPED_NAMES: Record<keyof FlagOptions, string> = {
  resolution: 'resolution',
  ratio: 'ratio',
  duration: 'duration',
  frames: 'frames',
  seed: 'seed',
  cameraFixed: 'camera_fixed',
  watermark: 'watermark',
};

/** Options that set the same thing in different ways; every other option can contradict only itself. */
const RIVALS: { readonly [option in keyof FlagOptions]?: readonly (keyof FlagOptions)[] } = {
  duration: ['duration', 'frames'],
  frames: ['frames', 'duration'],
};

/**
 * Returns the options with the flags of the prompt merged in, and the prompt without the flags.
 *
 * @throws UserError for a flag that is unreadable or contradicts an option or another flag
 */
export function mergePromptFlags(asked: AskedOptions): AskedOptions {
  const { prompt, flags } = takeFlags(asked.prompt);
  const sources = new Map<keyof FlagOptions, Text>();
  let merged: AskedOptions = { ...asked, prompt };
  for (const flag of flags) {
    const { option } = flag;
    if (option === 'framesPerSecond') {
      checkFramesPerSecond(flag);
      continue;
    }
    const options = optionsFrom(option, flag.value);
    const source = text('plan:flagInPrompt', { flag: flag.written, value: echoed(flag.value) });
    for (const rival of RIVALS[option] ?? [option]) {
      const before = merged[rival];
      if (before === undefined || isSame(before, options[rival])) continue;
      const typed = { option: TYPED_NAMES[rival], value: echoed(String(before)) };
      const other = sources.get(rival) ?? text('plan:optionTyped', typed);
      throw new UserError(text('plan:contradiction', { one: source, other }));
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
  const facts = { flag: written, value: echoed(value), frames: FRAMES_PER_SECOND };
  throw new UserError(text('plan:framesPerSecond', facts));
}

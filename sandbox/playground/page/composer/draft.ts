/** The text being written: a plain message, or a command with its options. */
import { ApplicationCommandOptionType } from 'discord-api-types/v10';

import type { Option, Runnable } from './commands.ts';

export interface Choice {
  readonly name: string;
  readonly value: string | number | boolean;
}

/** One option of the command, as far as it is filled in. */
export interface Pill {
  readonly option: Option;
  text: string;
  /** The value picked from a list, whose name is the text. */
  picked: Choice | undefined;
  file: File | undefined;
  error: string | undefined;
  /** The bot’s suggestions and the text they belong to; undefined before the request. */
  suggested: { readonly text: string; readonly choices: readonly Choice[] | 'failed' } | undefined;
}

export interface Draft {
  text: string;
  files: File[];
  command: Runnable | undefined;
  pills: Pill[];
  /** Filters the list of further options. */
  moreText: string;
}

export const draft: Draft = { text: '', files: [], command: undefined, pills: [], moreText: '' };

export function newPill(option: Option): Pill {
  return {
    option,
    text: '',
    picked: undefined,
    file: undefined,
    error: undefined,
    suggested: undefined,
  };
}

export function clearDraft(): void {
  Object.assign(draft, { text: '', files: [], command: undefined, pills: [], moreText: '' });
}

/** Required options are added with the command; without any, the first one if it is free text. */
export function beginCommand(command: Runnable): void {
  clearDraft();
  draft.command = command;
  const required = command.options.filter((option) => option.required === true);
  const [first] = command.options;
  const isFreeText =
    first?.type === ApplicationCommandOptionType.String && fixedChoices(first) === undefined;
  const wanted = required.length === 0 && isFreeText ? [first] : required;
  draft.pills = wanted.map(newPill);
}

/** The unused options. */
export function furtherOptions(): Option[] {
  const used = new Set(draft.pills.map(({ option }) => option.name));
  return (draft.command?.options ?? []).filter(({ name }) => !used.has(name));
}

/** The fixed choices of an option; undefined when any value of its type may be typed. */
export function fixedChoices(option: Option): readonly Choice[] | undefined {
  if (option.type === ApplicationCommandOptionType.Boolean)
    return [
      { name: 'True', value: true },
      { name: 'False', value: false },
    ];
  if ('choices' in option && option.choices !== undefined && option.choices.length > 0)
    return option.choices;
  return undefined;
}

export type PillValue =
  | { readonly value: string | number | boolean }
  | { readonly error: string }
  | undefined;

/** The option’s part of the command: its value, the reason it cannot be sent, or undefined when left empty. */
export function valueOfPill(pill: Pill, entities: readonly Choice[] | undefined): PillValue {
  const { option, picked } = pill;
  const text = pill.text.trim();
  if (option.type === ApplicationCommandOptionType.Attachment)
    return pill.file === undefined && option.required === true
      ? { error: 'This option is required. Attach a file' }
      : undefined;
  if (text === '')
    return option.required === true
      ? { error: 'This option is required. Specify a value' }
      : undefined;
  if (picked?.name === pill.text) return { value: picked.value };
  const listed = fixedChoices(option) ?? entities;
  if (listed !== undefined) return listedValue(listed, text);
  return isNumeric(option) ? numberValue(option, text) : textValue(option, text);
}

function listedValue(choices: readonly Choice[], text: string): PillValue {
  const wanted = text.toLowerCase();
  const found = choices.find(
    ({ name }) => name.replace(/^[@#]/, '').toLowerCase() === wanted.replace(/^[@#]/, ''),
  );
  return found === undefined ? { error: 'Choose one of the options' } : { value: found.value };
}

type NumericOption = Extract<
  Option,
  { type: ApplicationCommandOptionType.Integer | ApplicationCommandOptionType.Number }
>;

function isNumeric(option: Option): option is NumericOption {
  return (
    option.type === ApplicationCommandOptionType.Integer ||
    option.type === ApplicationCommandOptionType.Number
  );
}

function numberValue(option: NumericOption, text: string): PillValue {
  const value = Number(text);
  const isInteger = option.type === ApplicationCommandOptionType.Integer;
  if (!Number.isFinite(value)) return { error: 'Enter a valid number' };
  if (isInteger && !Number.isSafeInteger(value)) return { error: 'Enter a valid integer' };
  const { min_value: min, max_value: max } = option;
  if (min !== undefined && value < min) return { error: `The value must be at least ${min}` };
  if (max !== undefined && value > max) return { error: `The value must be at most ${max}` };
  return { value };
}

function textValue(option: Option, text: string): PillValue {
  const { min_length: min = 0, max_length: max = MAX_TEXT_LENGTH } =
    option.type === ApplicationCommandOptionType.String ? option : {};
  if (text.length < min) return { error: `Enter at least ${min} characters` };
  if (text.length > max) return { error: `Enter at most ${max} characters, not ${text.length}` };
  return { value: text };
}

/** Discord developer docs, "Application Command Option Structure". */
const MAX_TEXT_LENGTH = 6000;

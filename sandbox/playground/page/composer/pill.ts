/** One option of the command being written, and its choices. */
import { ApplicationCommandOptionType, ComponentType } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

import type { View } from '../../protocol.ts';
import { act, openPlace } from '../api.ts';
import { entitiesOf } from '../message-row.ts';
import { requestRender } from '../state.ts';
import { localized, type Option } from './commands.ts';
import { draft, fixedChoices, valueOfPill, type Choice, type Pill } from './draft.ts';
import { acceptOf } from './file-types.ts';
import {
  activeItem,
  isOpen,
  leaveField,
  LIST_ID,
  takeKey,
  useField,
  type Suggestion,
} from './suggestions.ts';

export interface PillActions {
  readonly next: (pill: Pill) => void;
  readonly remove: (pill: Pill) => void;
  readonly send: () => void;
  readonly cancel: () => void;
}

const MAX_LISTED = 25;
const ASK_AFTER_MS = 200;
const asking = new Map<Pill, ReturnType<typeof setTimeout>>();

export const pillId = ({ option }: Pill): string => `option-${option.name}`;

export function drawPill(pill: Pill, actions: PillActions): TemplateResult {
  const { option, error } = pill;
  return html`<div class="pill ${error === undefined ? '' : 'is-wrong'}">
    <label for=${pillId(pill)}
      >${option.name}${option.required === true ? html`<span class="required" aria-hidden="true">*</span>` : nothing}</label
    >
    ${
      option.type === ApplicationCommandOptionType.Attachment
        ? drawFileField(pill, actions)
        : drawTextField(pill, actions)
    }
    <button
      type="button"
      class="remove"
      aria-label="Remove ${option.name}"
      @click=${() => actions.remove(pill)}
    >
      ✕
    </button>
  </div>`;
}

function drawTextField(pill: Pill, actions: PillActions): TemplateResult {
  const id = pillId(pill);
  const { option, error } = pill;
  return html`<input
    id=${id}
    type="text"
    role="combobox"
    autocomplete="off"
    aria-expanded=${isOpen(id) ? 'true' : 'false'}
    aria-controls=${LIST_ID}
    aria-activedescendant=${activeItem(id) ?? nothing}
    aria-invalid=${error === undefined ? 'false' : 'true'}
    aria-describedby="option-hint"
    size=${Math.max(8, Math.min(pill.text.length + 1, 60))}
    .value=${live(pill.text)}
    @focus=${() => {
      useField(id, fixedChoices(option) !== undefined && pill.picked === undefined);
      ask(pill);
    }}
    @blur=${() => leaveField(id)}
    @input=${(event: Event) => {
      if (!(event.currentTarget instanceof HTMLInputElement)) return;
      Object.assign(pill, { text: event.currentTarget.value, picked: undefined, error: undefined });
      useField(id, pill.text !== '');
      ask(pill);
    }}
    @keydown=${(event: KeyboardEvent) => onKey(event, pill, actions)}
  />`;
}

function onKey(event: KeyboardEvent, pill: Pill, actions: PillActions): void {
  if (takeKey(event, pillId(pill)) || event.isComposing) return;
  if (event.key === 'Enter') actions.send();
  else if (event.key === 'Escape') actions.cancel();
  else if (event.key === 'Backspace' && pill.text === '') actions.remove(pill);
  else return;
  event.preventDefault();
}

function drawFileField(pill: Pill, actions: PillActions): TemplateResult {
  const { option, file } = pill;
  const id = pillId(pill);
  return html`<span class="file-field ${file === undefined ? '' : 'has-file'}">
    <input
      id=${id}
      type="file"
      accept=${acceptOf(option.file_types) ?? nothing}
      aria-describedby="option-hint"
      aria-invalid=${pill.error === undefined ? 'false' : 'true'}
      @focus=${() => useField(id, false)}
      @blur=${() => leaveField(id)}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') actions.cancel();
        else if (event.key === 'Enter' && pill.file !== undefined) actions.send();
        else return;
        event.preventDefault();
      }}
      @change=${(event: Event) => {
        if (!(event.currentTarget instanceof HTMLInputElement)) return;
        putFile(pill, event.currentTarget.files?.[0]);
        if (pill.file !== undefined) actions.next(pill);
      }}
    />
    <span aria-hidden="true">${file?.name ?? 'Drop a file here, or click'}</span>
  </span>`;
}

export function putFile(pill: Pill, file: File | undefined): void {
  Object.assign(pill, { file, error: undefined });
  requestRender();
}

/** The current choices for the option. */
export function suggestionsFor(view: View, pill: Pill, actions: PillActions): Suggestion[] {
  const wanted = pill.picked === undefined ? pill.text.trim().toLowerCase() : '';
  const isOfBot = isSuggestedByBot(pill.option);
  const all = isOfBot
    ? botsChoices(pill)
    : (fixedChoices(pill.option) ?? entityChoices(view, pill.option) ?? []);
  return all
    .filter(({ name }) => isOfBot || name.toLowerCase().includes(wanted))
    .slice(0, MAX_LISTED)
    .map((choice) => ({
      name: choice.name,
      pick: () => {
        Object.assign(pill, { text: choice.name, picked: choice, error: undefined });
        actions.next(pill);
      },
    }));
}

/** The line about the current option: its fault, its description, or that suggestions are loading. */
export function noteOf(pill: Pill): string {
  if (pill.error !== undefined) return pill.error;
  const { option, suggested } = pill;
  if (isSuggestedByBot(option)) {
    if (suggested === undefined) return 'Loading options…';
    if (suggested.choices === 'failed') return 'Loading options failed';
    if (suggested.choices.length === 0 && pill.picked === undefined)
      return 'No options match your search.';
  }
  return localized(option, 'description');
}

function botsChoices({ suggested }: Pill): readonly Choice[] {
  return suggested === undefined || suggested.choices === 'failed' ? [] : suggested.choices;
}

function isSuggestedByBot(option: Option): boolean {
  return 'autocomplete' in option && option.autocomplete === true;
}

const ENTITY_TYPES: Readonly<Record<number, number>> = {
  [ApplicationCommandOptionType.User]: ComponentType.UserSelect,
  [ApplicationCommandOptionType.Role]: ComponentType.RoleSelect,
  [ApplicationCommandOptionType.Mentionable]: ComponentType.MentionableSelect,
  [ApplicationCommandOptionType.Channel]: ComponentType.ChannelSelect,
};

/** People, roles and channels; undefined for options of other types. */
export function entityChoices(view: View, option: Option): Choice[] | undefined {
  const type = ENTITY_TYPES[option.type];
  if (type === undefined) return undefined;
  return entitiesOf(view, type).map(({ label, value }) => ({ name: label, value }));
}

/** Requests the bot’s suggestions for the text once the reader pauses. */
function ask(pill: Pill): void {
  if (!isSuggestedByBot(pill.option) || pill.picked !== undefined) return;
  clearTimeout(asking.get(pill));
  asking.set(
    pill,
    setTimeout(() => void askNow(pill), ASK_AFTER_MS),
  );
}

async function askNow(pill: Pill): Promise<void> {
  const { command, pills } = draft;
  if (command === undefined || pill.suggested?.text === pill.text) return;
  const text = pill.text;
  const others = pills
    .filter((one) => one !== pill)
    .flatMap((one) => {
      const read = valueOfPill(one, undefined);
      return read !== undefined && 'value' in read ? [[one.option.name, read.value] as const] : [];
    });
  const answer = await act({
    kind: 'autocomplete',
    name: command.path,
    focused: pill.option.name,
    text,
    options: Object.fromEntries(others),
    ...openPlace(),
  });
  if (pill.text !== text) return;
  pill.suggested = { text, choices: answer.choices ?? 'failed' };
  requestRender();
}

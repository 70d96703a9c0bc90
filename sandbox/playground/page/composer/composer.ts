/** The message box: plain messages, and commands once a / is typed. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

import type { View } from '../../protocol.ts';
import { actWithFeedback, openPlace } from '../api.ts';
import { requestRender, openChannel, state } from '../state.ts';
import { localized, runnableCommands, type Option } from './commands.ts';
import { beginCommand, clearDraft, draft, furtherOptions, newPill, valueOfPill } from './draft.ts';
import { BOX, focusOn, MORE } from './fields.ts';
import { attachToMessage, detach } from './files.ts';
import {
  drawPill,
  entityChoices,
  noteOf,
  pillId,
  suggestionsFor,
  type PillActions,
} from './pill.ts';
import {
  activeItem,
  closeList,
  drawList,
  fieldInUse,
  isOpen,
  leaveField,
  LIST_ID,
  setItems,
  takeKey,
  useField,
  type Suggestion,
} from './suggestions.ts';

export function drawComposer(view: View): TemplateResult {
  const { command } = draft;
  if (
    command !== undefined &&
    !runnableCommands(view.commands).some(({ path }) => path === command.path)
  )
    clearDraft();
  setItems(suggestions(view));
  return html`<section class="composer" aria-label="Write">
    ${
      state.refusal === undefined
        ? nothing
        : html`<p class="refusal" role="alert">
            ${state.refusal}
            <button type="button" class="link" @click=${forgetRefusal}>Dismiss</button>
          </p>`
    }
    ${drawList(draft.command === undefined ? 'Commands' : 'Options', noteFor())}
    ${draft.command === undefined ? drawBox(view) : drawCommand(draft.command.path)}
  </section>`;
}

function drawBox(view: View): TemplateResult {
  const { channel } = openChannel(view);
  const place = channel === undefined ? `@${view.direct.name}` : `#${channel.name}`;
  return html`<form class="box" @submit=${(event: Event) => void sendMessage(event)}>
    <label class="attach" title="Attach a file">
      <span aria-hidden="true">+</span>
      <input
        type="file"
        multiple
        aria-label="Attach files to a message"
        @change=${attachToMessage}
      />
    </label>
    ${draft.files.map(
      (file) =>
        html`<span class="pill"
          ><span>${file.name}</span>
          <button
            type="button"
            class="remove"
            aria-label="Remove ${file.name}"
            @click=${() => detach(file)}
          >
            ✕
          </button></span
        >`,
    )}
    <input
      id=${BOX}
      type="text"
      role="combobox"
      autocomplete="off"
      aria-label="Message ${place}"
      placeholder="Message ${place}, or / for commands"
      aria-expanded=${isOpen(BOX) ? 'true' : 'false'}
      aria-controls=${LIST_ID}
      aria-activedescendant=${activeItem(BOX) ?? nothing}
      .value=${live(draft.text)}
      @focus=${() => useField(BOX, true)}
      @blur=${() => leaveField(BOX)}
      @input=${(event: Event) => {
        if (event.currentTarget instanceof HTMLInputElement) draft.text = event.currentTarget.value;
        useField(BOX, true);
      }}
      @keydown=${(event: KeyboardEvent) => takeKey(event, BOX)}
    />
    <button type="submit" class="send" aria-label="Send">➤</button>
  </form>`;
}

function drawCommand(path: string): TemplateResult {
  const further = furtherOptions();
  return html`<form
    class="box"
    aria-label="Command ${path}"
    @submit=${(event: Event) => {
      event.preventDefault();
      void sendCommand();
    }}
  >
    <span class="command-name">/${path}</span>
    ${draft.pills.map((pill) => drawPill(pill, actions))}
    ${
      further.length === 0 && draft.pills.length > 0
        ? nothing
        : html`<input
            id=${MORE}
            type="text"
            role="combobox"
            autocomplete="off"
            aria-label="More options"
            placeholder=${further.length === 0 ? 'Press Enter to send' : `+${further.length} more`}
            aria-expanded=${isOpen(MORE) ? 'true' : 'false'}
            aria-controls=${LIST_ID}
            aria-activedescendant=${activeItem(MORE) ?? nothing}
            .value=${live(draft.moreText)}
            @focus=${() => useField(MORE, false)}
            @blur=${() => leaveField(MORE)}
            @input=${(event: Event) => {
              if (event.currentTarget instanceof HTMLInputElement)
                draft.moreText = event.currentTarget.value;
              useField(MORE, draft.moreText !== '');
            }}
            @keydown=${onMoreKey}
          />`
    }
    <button type="button" class="remove" aria-label="Cancel the command" @click=${cancel}>✕</button>
    <button type="submit" class="send" aria-label="Send">➤</button>
  </form>`;
}

const actions: PillActions = {
  next(pill) {
    const following = draft.pills[draft.pills.indexOf(pill) + 1];
    // After the last one, Enter submits.
    if (following === undefined && furtherOptions().length === 0) closeList();
    else focusOn(following === undefined ? MORE : pillId(following));
  },
  remove(pill) {
    const index = draft.pills.indexOf(pill);
    draft.pills = draft.pills.filter((one) => one !== pill);
    const before = draft.pills[index - 1];
    focusOn(before === undefined ? MORE : pillId(before));
  },
  send: () => void sendCommand(),
  cancel,
};

function suggestions(view: View): Suggestion[] {
  const field = fieldInUse();
  if (draft.command === undefined) return field === BOX ? commandSuggestions(view) : [];
  if (field === MORE) return optionSuggestions();
  const pill = draft.pills.find((one) => pillId(one) === field);
  return pill === undefined ? [] : suggestionsFor(view, pill, actions);
}

function commandSuggestions(view: View): Suggestion[] {
  if (!draft.text.startsWith('/')) return [];
  const typed = draft.text.slice(1).toLowerCase().trimEnd();
  const all = runnableCommands(view.commands);
  const beginning = all.filter(({ path }) => path.startsWith(typed));
  const containing = all.filter(({ path }) => !path.startsWith(typed) && path.includes(typed));
  return [...beginning, ...containing].map((command) => ({
    name: `/${command.path}`,
    description: command.description,
    pick: () => {
      beginCommand(command);
      focusOn(draft.pills[0] === undefined ? MORE : pillId(draft.pills[0]));
    },
  }));
}

function optionSuggestions(): Suggestion[] {
  const typed = draft.moreText.toLowerCase().replace(/:$/, '');
  return furtherOptions()
    .filter(({ name }) => name.includes(typed))
    .map((option) => ({
      name: option.name,
      description: localized(option, 'description'),
      pick: () => addOption(option),
    }));
}

function addOption(option: Option): void {
  const pill = newPill(option);
  draft.pills = [...draft.pills, pill];
  draft.moreText = '';
  focusOn(pillId(pill));
}

/** Starts a command as if it had been typed and chosen. */
export function startCommand(path: string): void {
  const found = runnableCommands(state.view?.commands ?? []).find((one) => one.path === path);
  if (found === undefined) return;
  beginCommand(found);
  focusOn(draft.pills[0] === undefined ? MORE : pillId(draft.pills[0]));
}

function noteFor(): string | undefined {
  const field = fieldInUse();
  const pill =
    draft.pills.find((one) => pillId(one) === field) ?? draft.pills.find(({ error }) => error);
  if (pill !== undefined) return `${pill.option.name}: ${noteOf(pill)}`;
  return draft.command?.description;
}

function onMoreKey(event: KeyboardEvent): void {
  if (takeKey(event, MORE) || event.isComposing) return;
  const last = draft.pills.at(-1);
  if (event.key === 'Enter') void sendCommand();
  else if (event.key === 'Escape') cancel();
  else if (event.key === 'Backspace' && draft.moreText === '') {
    if (last === undefined) cancel();
    else focusOn(pillId(last));
  } else return;
  event.preventDefault();
}

function cancel(): void {
  clearDraft();
  focusOn(BOX);
}

async function sendCommand(): Promise<void> {
  const { command, pills } = draft;
  const { view } = state;
  if (command === undefined || view === undefined) return;
  const read = pills.map((pill) => ({
    pill,
    value: valueOfPill(pill, entityChoices(view, pill.option)),
  }));
  for (const { pill, value } of read)
    pill.error = value !== undefined && 'error' in value ? value.error : undefined;
  const wrong = pills.find(({ error }) => error !== undefined);
  if (wrong !== undefined) return focusOn(pillId(wrong));
  const options = Object.fromEntries(
    read.flatMap(({ pill, value }) =>
      value !== undefined && 'value' in value ? [[pill.option.name, value.value]] : [],
    ),
  );
  const files = new Map(
    pills.flatMap((pill): [string, File[]][] =>
      pill.file === undefined ? [] : [[pill.option.name, [pill.file]]],
    ),
  );
  const answer = await actWithFeedback(
    { kind: 'command', name: command.path, options, ...openPlace() },
    files,
  );
  if (answer.error !== undefined) return;
  cancel();
}

async function sendMessage(event: Event): Promise<void> {
  event.preventDefault();
  const { text, files } = draft;
  if (text.trim() === '' && files.length === 0) return;
  const sent = files.map((file, index) => [`file${index}`, [file]] as const);
  const answer = await actWithFeedback(
    { kind: 'say', content: text, ...openPlace() },
    new Map(sent),
  );
  if (answer.error === undefined) clearDraft();
  requestRender();
}

function forgetRefusal(): void {
  state.refusal = undefined;
  requestRender();
}

/** A form that the bot opened, shown as a dialog over the page. */
import { ComponentType } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { ref } from 'lit-html/directives/ref.js';

import type { FormView, InteractionView, View } from '../protocol.ts';
import { act } from './api.ts';
import { drawFields, readField, type FormField } from './form-fields.ts';
import { contextOf } from './message-row.ts';
import { requestRender, state } from './state.ts';

/** The submissions of each form, by the interaction that opened it, and the client’s last refusal. */
const sent = new Map<string, string>();
const refusals = new Map<string, string>();

export function drawForm(view: View): TemplateResult | typeof nothing {
  const opener = view.interactions.findLast(
    ({ id, modal }) => modal !== undefined && !state.dismissed.has(id),
  );
  if (opener?.modal === undefined) return nothing;
  return html`${keyed(opener.id, drawDialog(view, opener, opener.modal))}`;
}

function drawDialog(view: View, { id }: InteractionView, form: FormView): TemplateResult {
  const sending = view.interactions.find((one) => one.id === sent.get(id));
  const isBusy = sending?.state === 'waiting';
  const trouble =
    refusals.get(id) ??
    (sending?.state === 'failed' ? 'Something went wrong. Try again.' : undefined);
  return html`<dialog
    ${ref(show)}
    class="form"
    aria-labelledby="form-title"
    @cancel=${() => close(id)}
  >
    <form @submit=${(event: SubmitEvent) => void send(event, id, form)}>
      <header>
        <h2 id="form-title">${form.title}</h2>
        <button type="button" class="icon" aria-label="Close" @click=${() => close(id)}>✕</button>
      </header>
      ${drawFields(form, contextOf(view))}
      ${trouble === undefined ? nothing : html`<p class="failure" role="alert">${trouble}</p>`}
      <footer>
        <button type="button" class="button secondary" @click=${() => close(id)}>Cancel</button>
        <button
          type="submit"
          class="button primary ${isBusy ? 'is-busy' : ''}"
          aria-busy=${isBusy ? 'true' : 'false'}
        >
          Submit
        </button>
      </footer>
    </form>
  </dialog>`;
}

function show(element: Element | undefined): void {
  if (!(element instanceof HTMLDialogElement)) return;
  // Not in the page yet during rendering.
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
}

function close(id: string): void {
  state.dismissed.add(id);
  requestRender();
}

async function send(event: SubmitEvent, id: string, form: FormView): Promise<void> {
  event.preventDefault();
  if (!(event.currentTarget instanceof HTMLFormElement)) return;
  const data = new FormData(event.currentTarget);
  const fields = form.components.flatMap((row): FormField[] => {
    if (row.type === ComponentType.TextDisplay) return [];
    return row.type === ComponentType.Label ? [row.component] : row.components;
  });
  const values = Object.fromEntries(
    fields.flatMap((field) => {
      const value = readField(field, data);
      return value === undefined ? [] : [[field.custom_id, value]];
    }),
  );
  const files = new Map(
    fields
      .filter(({ type }) => type === ComponentType.FileUpload)
      .map(({ custom_id: name }) => [name, filesIn(data, name)] as const),
  );
  const answer = await act({ kind: 'submit', interactionId: id, values }, files);
  if (answer.error === undefined) refusals.delete(id);
  else refusals.set(id, answer.error);
  if (answer.interactionId !== undefined) sent.set(id, answer.interactionId);
  requestRender();
}

/** An empty file field contains one file without a name. */
function filesIn(data: FormData, name: string): File[] {
  return data
    .getAll(name)
    .filter((one) => one instanceof File && one.name !== '')
    .map((one) => (typeof one === 'string' ? new File([], one) : one));
}

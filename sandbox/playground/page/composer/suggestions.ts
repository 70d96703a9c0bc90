/** The list above the message box: commands, options, choices. One list, for the focused field. */
import { html, nothing, type TemplateResult } from 'lit-html';

import { requestRender } from '../state.ts';

export interface Suggestion {
  readonly name: string;
  readonly description?: string | undefined;
  readonly pick: () => void;
}

interface ListState {
  /** The id of the focused field; undefined when there is none. */
  fieldId: string | undefined;
  /** The item that Enter picks; -1 for none. */
  active: number;
  isClosed: boolean;
  items: readonly Suggestion[];
}

const list: ListState = { fieldId: undefined, active: -1, isClosed: false, items: [] };

export const LIST_ID = 'suggestions';
const itemId = (index: number): string => `suggestion-${index}`;

/** Sets the focused field, and whether Enter picks the first item. */
export function useField(id: string, picksFirst: boolean): void {
  list.fieldId = id;
  list.active = picksFirst ? 0 : -1;
  list.isClosed = false;
  requestRender();
}

export function leaveField(id: string): void {
  if (list.fieldId !== id) return;
  list.fieldId = undefined;
  requestRender();
}

export function closeList(): void {
  list.isClosed = true;
  requestRender();
}

export function fieldInUse(): string | undefined {
  return list.fieldId;
}

export function setItems(items: readonly Suggestion[]): void {
  list.items = items;
  list.active = Math.min(list.active, items.length - 1);
}

export function isOpen(id: string): boolean {
  return list.fieldId === id && !list.isClosed && list.items.length > 0;
}

export function activeItem(id: string): string | undefined {
  return isOpen(id) && list.active >= 0 ? itemId(list.active) : undefined;
}

/** Whether the list handled the key. */
export function takeKey(event: KeyboardEvent, id: string): boolean {
  if (!isOpen(id)) return false;
  const { items, active } = list;
  const last = items.length - 1;
  switch (event.key) {
    case 'ArrowDown':
      list.active = active >= last ? 0 : active + 1;
      break;
    case 'ArrowUp':
      list.active = active <= 0 ? last : active - 1;
      break;
    case 'Escape':
      list.isClosed = true;
      break;
    case 'Enter':
    case 'Tab':
      if (active < 0 || event.shiftKey) return false;
      items[active]?.pick();
      break;
    default:
      return false;
  }
  event.preventDefault();
  requestRender();
  queueMicrotask(() =>
    document.getElementById(itemId(list.active))?.scrollIntoView({ block: 'nearest' }),
  );
  return true;
}

export function drawList(label: string, note: string | undefined): TemplateResult {
  const isShown = list.fieldId !== undefined && !list.isClosed && list.items.length > 0;
  return html`
    ${note === undefined ? nothing : html`<div class="list-note" role="status">${note}</div>`}
    <div id=${LIST_ID} class="suggestions" role="listbox" aria-label=${label} ?hidden=${!isShown}>
      ${
        isShown
          ? list.items.map(
              ({ name, description, pick }, index) =>
                html`<div
                  id=${itemId(index)}
                  role="option"
                  class="suggestion"
                  aria-selected=${index === list.active ? 'true' : 'false'}
                  @mousedown=${(event: Event) => {
                    // The field keeps the focus.
                    event.preventDefault();
                    pick();
                  }}
                >
                  <b>${name}</b
                  >${description === undefined ? nothing : html`<span>${description}</span>`}
                </div>`,
            )
          : nothing
      }
    </div>
  `;
}

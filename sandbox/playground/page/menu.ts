/** The menu of a message: the app commands for it and for its author. */
import { ApplicationCommandType } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import type { View } from '../protocol.ts';
import { actWithFeedback, openPlace } from './api.ts';
import { localized } from './composer/commands.ts';
import type { APIMessage } from './message/names.ts';
import { requestRender } from './state.ts';

/** The message whose menu is open. */
let openId: string | undefined;

interface Item {
  readonly label: string;
  readonly run: () => Promise<unknown>;
}

export function drawMenuButton(view: View, message: APIMessage): TemplateResult {
  const isOpen = openId === message.id;
  return html`<span class="menu-place">
    <button
      type="button"
      class="more"
      aria-haspopup="menu"
      aria-expanded=${isOpen ? 'true' : 'false'}
      aria-label="Apps for this message"
      @click=${() => open(isOpen ? undefined : message.id)}
    >
      ⋯
    </button>
    ${isOpen ? drawMenu(itemsOf(view, message)) : nothing}
  </span>`;
}

/** Opens the menu of the message under the pointer, as a right click does in Discord. */
export function openMenuAt(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : undefined;
  const article = target?.closest<HTMLElement>('article[data-message-id]');
  const hasOwnMenu = target?.closest('a, video, img, input, textarea') !== null;
  if (article === null || article === undefined || hasOwnMenu) return;
  event.preventDefault();
  open(article.dataset['messageId']);
}

function open(id: string | undefined): void {
  openId = id;
  requestRender();
  // The menu is rendered first; then the focus moves into it.
  queueMicrotask(() => {
    document.querySelector<HTMLElement>('[role="menu"] [role="menuitem"]')?.focus();
  });
}

export function closeMenu(event: Event): void {
  const isInside = event.target instanceof Element && event.target.closest('.menu-place') !== null;
  if (openId !== undefined && !isInside) open(undefined);
}

function drawMenu(items: readonly Item[]): TemplateResult {
  return html`<div role="menu" aria-label="Apps" @keydown=${moveFocus}>
    ${items.map(
      ({ label, run }) =>
        html`<button
          type="button"
          role="menuitem"
          tabindex="-1"
          @click=${() => {
            open(undefined);
            void run();
          }}
        >
          ${label}
        </button>`,
    )}
    ${items.length === 0 ? html`<div role="menuitem" tabindex="-1" aria-disabled="true">No apps</div>` : nothing}
  </div>`;
}

function itemsOf(view: View, message: APIMessage): Item[] {
  return view.commands.flatMap((command): Item[] => {
    const label = localized(command, 'name');
    switch (command.type) {
      case ApplicationCommandType.Message:
        return [
          {
            label,
            run: () =>
              actWithFeedback({
                kind: 'message-command',
                name: command.name,
                messageId: message.id,
              }),
          },
        ];
      case ApplicationCommandType.User:
        return [
          {
            label: `${label} (${message.author.username})`,
            run: () =>
              actWithFeedback({
                kind: 'user-command',
                name: command.name,
                userId: message.author.id,
                ...openPlace(),
              }),
          },
        ];
      default:
        return [];
    }
  });
}

function moveFocus(event: KeyboardEvent): void {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement)) return;
  const items = [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = items.findIndex((item) => item === document.activeElement);
  if (event.key === 'Escape' || event.key === 'Tab') {
    open(undefined);
    menu.parentElement?.querySelector<HTMLElement>('.more')?.focus();
  } else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
  else if (event.key === 'ArrowUp') items.at(at - 1)?.focus();
  else return;
  event.preventDefault();
}

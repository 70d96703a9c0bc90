/** The playground’s page: renders everything from the server’s view, whenever it changes. */
import { html, nothing, render, type TemplateResult } from 'lit-html';

import type { View } from '../protocol.ts';
import { connect } from './api.ts';
import { drawChat } from './chat.ts';
import { drawComposer } from './composer/composer.ts';
import { takeDroppedFiles } from './composer/files.ts';
import { drawForm } from './form.ts';
import { closeMenu, openMenuAt } from './menu.ts';
import { drawPanel, showPanel } from './panel.ts';
import { drawSidebar } from './sidebar.ts';
import { requestRender, onChange, openChannel, state } from './state.ts';

const root = document.querySelector<HTMLElement>('#page');
/** How near the end, in pixels, still counts as reading the newest message. */
const NEAR_END = 120;

if (root !== null) start(root);

function start(page: HTMLElement): void {
  let isAtEnd = true;
  let shownChannel: string | undefined;
  const list = (): Element | null => page.querySelector('.messages');
  const toEnd = (): void => {
    const messages = list();
    if (isAtEnd && messages !== null) messages.scrollTop = messages.scrollHeight;
  };
  onChange(() => {
    const { view } = state;
    if (view === undefined) return;
    if (view.channelId !== shownChannel) isAtEnd = true;
    shownChannel = view.channelId;
    render(drawPage(view), page);
    toEnd();
  });
  page.addEventListener(
    'scroll',
    ({ target }) => {
      if (target !== list() || !(target instanceof Element)) return;
      isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_END;
    },
    true,
  );
  for (const event of ['load', 'loadedmetadata']) page.addEventListener(event, toEnd, true);
  document.addEventListener('click', closeMenu);
  document.addEventListener('contextmenu', openMenuAt);
  page.replaceChildren();
  connect();
}

function drawPage(view: View): TemplateResult {
  const { channel } = openChannel(view);
  return html`
    ${drawSidebar(view)}
    <main @dragover=${allowDrop} @drop=${takeDroppedFiles}>
      <div class="top">
        <button
          type="button"
          class="icon only-narrow"
          aria-label="Channels"
          aria-expanded=${state.isSidebarOpen ? 'true' : 'false'}
          @click=${toggleSidebar}
        >
          ☰
        </button>
        <h1>${channel === undefined ? `@ ${view.direct.name}` : `# ${channel.name}`}</h1>
        <button
          type="button"
          class="icon"
          aria-expanded=${state.isPanelOpen ? 'true' : 'false'}
          @click=${() => showPanel(!state.isPanelOpen)}
        >
          Behind the scenes
        </button>
      </div>
      ${drawNotices(view)} ${drawChat(view)} ${drawComposer(view)}
    </main>
    ${state.isPanelOpen ? drawPanel(view) : nothing} ${drawForm(view)}
  `;
}

function drawNotices({ bot, standIns }: View): TemplateResult {
  const botNotice =
    bot.state === 'online' ? undefined : 'The bot is starting. It accepts commands in a moment.';
  const notices = [
    state.isConnected ? undefined : 'The playground does not respond. Is it still running?',
    botNotice,
    standIns,
  ].filter((notice) => notice !== undefined);
  return html`<div class="notices" role="status">
    ${notices.map((notice) => html`<p>${notice}</p>`)}
  </div>`;
}

function toggleSidebar(): void {
  state.isSidebarOpen = !state.isSidebarOpen;
  requestRender();
}

function allowDrop(event: DragEvent): void {
  event.preventDefault();
}

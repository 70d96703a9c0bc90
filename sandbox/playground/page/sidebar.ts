/** Servers, channels, and the current reader. */
import { html, type TemplateResult } from 'lit-html';

import type { View } from '../protocol.ts';
import { becomePerson, goTo } from './api.ts';
import { requestRender, state } from './state.ts';

const LOCALES: readonly (readonly [string, string])[] = [
  ['en-US', 'English'],
  ['zh-CN', '中文'],
];

export function drawSidebar(view: View): TemplateResult {
  return html`<nav class="sidebar ${state.isSidebarOpen ? 'is-open' : ''}" aria-label="Channels">
    <div class="places">
      ${view.servers.map(
        ({ name, channels, isModerator }) =>
          html`<section>
            <h2>${name}${isModerator ? html`<span class="badge">moderator</span>` : ''}</h2>
            ${channels.map((channel) => drawChannel(view, channel.id, `# ${channel.name}`))}
          </section>`,
      )}
      <section>
        <h2>Direct messages</h2>
        ${drawChannel(view, view.direct.id, `@ ${view.direct.name}`)}
      </section>
    </div>
    <div class="me">
      ${drawAvatar(view.me.name)}
      <label>
        <span>You are</span>
        <select id="person" @change=${(event: Event) => becomePerson(valueOf(event))}>
          ${view.people.map(
            ({ id, name, about }) =>
              html`<option value=${id} ?selected=${id === view.me.id}>${name} – ${about}</option>`,
          )}
        </select>
      </label>
      <label>
        <span>Language</span>
        <select id="locale" @change=${(event: Event) => chooseLocale(valueOf(event))}>
          ${LOCALES.map(
            ([id, name]) =>
              html`<option value=${id} ?selected=${id === state.locale}>${name}</option>`,
          )}
        </select>
      </label>
    </div>
  </nav>`;
}

function drawChannel(view: View, id: string, name: string): TemplateResult {
  const isOpen = id === view.channelId;
  return html`<button
    type="button"
    class="channel ${isOpen ? 'is-current' : ''}"
    aria-current=${isOpen ? 'page' : 'false'}
    @click=${() => goTo(id)}
  >
    ${name}
  </button>`;
}

export function drawAvatar(name: string, isBot = false): TemplateResult {
  const hue = ((name.codePointAt(0) ?? 0) * 37 + name.length * 61) % 360;
  return html`<span
    class="avatar"
    aria-hidden="true"
    style="background: ${isBot ? '#5865f2' : `hsl(${hue} 45% 38%)`}"
    >${isBot ? '▶' : (name[0] ?? '').toUpperCase()}</span
  >`;
}

function chooseLocale(locale: string): void {
  state.locale = locale;
  sessionStorage.setItem('locale', locale);
  requestRender();
}

export function valueOf({ currentTarget }: Event): string {
  const isField =
    currentTarget instanceof HTMLSelectElement || currentTarget instanceof HTMLInputElement;
  return isField ? currentTarget.value : '';
}

/** The messages of the open channel, in order, and failures between them. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';

import type { InteractionView, ShownMessage, View } from '../protocol.ts';
import { startCommand } from './composer/composer.ts';
import { drawFailedRun, drawMessage } from './message-row.ts';
import { openChannel, state } from './state.ts';

type Row =
  | { readonly kind: 'message'; readonly id: string; readonly shown: ShownMessage }
  | { readonly kind: 'failure'; readonly id: string; readonly interaction: InteractionView };

export function drawChat(view: View): TemplateResult {
  const rows = rowsOf(view);
  const { channel, server } = openChannel(view);
  const place = channel === undefined ? view.direct.name : `#${channel.name}`;
  return html`<div class="messages" role="log" aria-label="Messages in ${place}" tabindex="0">
    <div class="welcome">
      <h2>Welcome to ${place}!</h2>
      <p>
        ${
          server === undefined
            ? 'Your direct messages with the bot.'
            : html`Type <kbd>/</kbd> below and choose a command, or begin here:
                <button type="button" class="button primary" @click=${() => startCommand('video')}>
                  Make a video
                </button>`
        }
      </p>
    </div>
    ${repeat(
      rows,
      ({ id }) => id,
      (row) =>
        row.kind === 'message'
          ? drawMessage(view, row.shown)
          : drawFailedRun(view, row.interaction),
    )}
    ${view.messages.length === 0 ? nothing : html`<div class="end"></div>`}
  </div>`;
}

/** Discord’s ids increase with time. */
function rowsOf(view: View): Row[] {
  const messages = view.messages.map((shown): Row => ({
    kind: 'message',
    id: shown.message.id,
    shown,
  }));
  const failures = view.interactions
    .filter(
      ({ kind, state: how, channelId }) =>
        kind === 'command' && how === 'failed' && channelId === view.channelId,
    )
    .map((interaction): Row => ({ kind: 'failure', id: interaction.id, interaction }));
  return [...messages, ...failures]
    .filter(({ id }) => !state.dismissed.has(id))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

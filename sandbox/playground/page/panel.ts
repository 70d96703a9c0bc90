/** The operator’s panel: tasks, requests, the ledger, and buttons that inject faults. */
import { html, nothing, type TemplateResult } from 'lit-html';

import type { PanelView, TaskView, View } from '../protocol.ts';
import { performOnPanel, readPanel } from './api.ts';
import { requestRender, nameOf, state } from './state.ts';

const LOOK_AGAIN_MS = 700;
const MEBIBYTE = 1024 * 1024;

let panel: PanelView | undefined;
let trouble: string | undefined;

export function showPanel(isShown: boolean): void {
  state.isPanelOpen = isShown;
  requestRender();
  if (isShown) void keepReading();
}

async function keepReading(): Promise<void> {
  while (state.isPanelOpen) {
    panel = await readPanel().catch(() => undefined);
    requestRender();
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function perform(action: object): Promise<void> {
  try {
    await performOnPanel(action);
    trouble = undefined;
    panel = await readPanel();
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  requestRender();
}

export function drawPanel(view: View): TemplateResult {
  return html`<aside class="panel" aria-label="Behind the scenes">
    <header>
      <h2>Behind the scenes</h2>
      <button
        type="button"
        class="icon"
        aria-label="Close the panel"
        @click=${() => showPanel(false)}
      >
        ✕
      </button>
    </header>
    ${trouble === undefined ? nothing : html`<p class="failure" role="alert">${trouble}</p>`}
    ${panel === undefined ? html`<p>Loading…</p>` : drawContents(view, panel)}
  </aside>`;
}

function drawContents(view: View, now: PanelView): TemplateResult {
  return html`${drawBotAndDiscord(view, now)} ${drawVendor(now)} ${drawLedger(view, now)}
  ${drawRequests(now)} ${drawLog(now)}`;
}

function doButton(label: string, action: object): TemplateResult {
  return html`<button type="button" class="button secondary" @click=${() => void perform(action)}>
    ${label}
  </button>`;
}

function drawBotAndDiscord(view: View, now: PanelView): TemplateResult {
  const isSmall = now.uploadLimitBytes <= MEBIBYTE;
  return html`<section>
    <h3>Bot: <span class="state">${now.bot}</span></h3>
    <div class="row">
      ${doButton('Kill the bot', { action: 'kill-bot' })}
      ${doButton('Cut the gateway', { action: 'cut-gateway' })}
    </div>
    <h3>Discord${now.isDiscordDown ? html`: <span class="state">answers 500</span>` : nothing}</h3>
    <div class="row">
      ${doButton('Expire the token', { action: 'expire-tokens' })}
      ${doButton('Delete the message', { action: 'delete-message', channelId: view.channelId })}
      ${doButton(isSmall ? 'Upload limit 10 MB' : 'Upload limit 1 MB', { action: 'upload-limit', isSmall: !isSmall })}
      ${doButton('Discord answers 500 (10 s)', { action: 'discord-down' })}
    </div>
  </section>`;
}

function drawVendor(now: PanelView): TemplateResult {
  const { clock, models, tasks, pendingFaults } = now;
  return html`<section>
    <h3>Video service</h3>
    <div class="row">
      <label class="slider"
        >Rendering takes
        <input
          type="range"
          min="0"
          max="60"
          step="1"
          .value=${String(clock.renderMs / 1000)}
          aria-label="Seconds of rendering"
          @change=${(event: Event) => {
            if (event.currentTarget instanceof HTMLInputElement)
              void perform({
                action: 'render-time',
                renderMs: Number(event.currentTarget.value) * 1000,
              });
          }}
        />
        ${clock.renderMs / 1000} s</label
      >
      ${doButton(clock.isStalled ? 'Let the clock run' : 'Stall', { action: 'stall', isStalled: !clock.isStalled })}
      ${doButton('Refuse the next', { action: 'refuse-next' })}
      ${doButton('Fail the next', { action: 'fail-next' })}
      ${doButton('Lose the next answer', { action: 'lose-answer' })}
    </div>
    ${pendingFaults.map((fault) => html`<p class="small">Ordered: ${fault}</p>`)}
    <details>
      <summary>Models</summary>
      <ul>
        ${models.map(
          ({ id, isRetired }) =>
            html`<li>
              <code>${id}</code>
              ${doButton(isRetired ? 'Bring back' : 'Retire', { action: 'retire', model: id, isRetired: !isRetired })}
            </li>`,
        )}
      </ul>
    </details>
    ${
      tasks.length === 0
        ? html`<p class="small">No tasks yet.</p>`
        : html`<ol class="tasks">
            ${tasks.map(drawTask)}
          </ol>`
    }
  </section>`;
}

function drawTask({ id, model, status, prompt, tokens }: TaskView): TemplateResult {
  const isOpen = status === 'queued' || status === 'running';
  return html`<li>
    <div>
      <span class="state ${status}">${status}</span>
      <code>${model}</code>${tokens === undefined ? nothing : ` · ${tokens} tokens`}
    </div>
    <div class="small">${prompt}</div>
    ${
      isOpen
        ? html`<div class="row">
            ${doButton('Finish', { action: 'finish-task', id })}
            ${doButton('Fail', { action: 'fail-task', id })}
            ${doButton('Expire', { action: 'expire-task', id })}
          </div>`
        : nothing
    }
  </li>`;
}

function drawLedger(view: View, { ledger }: PanelView): TemplateResult {
  return html`<section>
    <h3>Ledger</h3>
    ${
      ledger.length === 0
        ? html`<p class="small">Nothing was held or spent yet.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Ledger">
            <table>
              <thead>
                <tr>
                  <th>When</th>
                  <th>Account</th>
                  <th>What</th>
                  <th>Credits</th>
                </tr>
              </thead>
              <tbody>
                ${ledger.map(
                  ({ atMs, memberId, guildId, kind, amount }) =>
                    html`<tr>
                      <td>${clock(atMs)}</td>
                      <td>
                        ${memberId === '' ? (view.servers.find(({ id }) => id === guildId)?.name ?? 'server') : (nameOf(view, 'user', memberId) ?? memberId)}
                      </td>
                      <td>${kind}</td>
                      <td class="number">${amount > 0 ? `+${amount}` : amount}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function drawRequests({ requests }: PanelView): TemplateResult {
  return html`<section>
    <h3>Requests, newest first</h3>
    <div class="scroll" tabindex="0" role="region" aria-label="Requests">
      <table>
        <tbody>
          ${requests.map(
            ({ atMs, from, what, status, fault }) =>
              html`<tr class=${(status ?? 0) >= 400 ? 'is-bad' : ''}>
                <td>${clock(atMs)}</td>
                <td>${from}</td>
                <td class="what">${what}${fault === undefined ? nothing : ` (${fault})`}</td>
                <td>${status ?? ''}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function drawLog({ log }: PanelView): TemplateResult {
  return html`<details>
    <summary>The bot's log</summary>
    <pre class="scroll" tabindex="0" role="region" aria-label="The bot's log">
${log.slice(-60).join('\n')}</pre>
  </details>`;
}

function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString('en-GB');
}

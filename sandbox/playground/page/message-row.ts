/** One message with its author, its menu, and the parts that only the reader sees. */
import { InteractionType } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import type { InteractionView, ShownMessage, View } from '../protocol.ts';
import { actWithFeedback } from './api.ts';
import { drawMenuButton } from './menu.ts';
import { drawMessageBody } from './message/message.ts';
import type { APIMessage, MessageContext, Option } from './message/names.ts';
import { drawAvatar } from './sidebar.ts';
import { requestRender, nameOf, openChannel, state } from './state.ts';

const SELECT = { users: 5, roles: 6, mentionables: 7 } as const;

export function drawMessage(view: View, { message, isForThemAlone }: ShownMessage): TemplateResult {
  const { author, timestamp, edited_timestamp: editedAt, interaction_metadata: origin } = message;
  const pinged = message.content.includes(`<@${view.me.id}>`);
  const hasFailed = failedPress(view, message.id);
  return html`<article
    class="message ${isForThemAlone ? 'is-private' : ''} ${pinged ? 'is-ping' : ''}"
    data-message-id=${message.id}
    aria-label="Message of ${author.username}"
  >
    ${
      origin === undefined
        ? nothing
        : html`<div class="origin">
            ${drawAvatar(origin.user.username)}<b>${origin.user.username}</b>
            ${originText(view, message)}
          </div>`
    }
    ${drawAvatar(author.username, author.bot === true)}
    <header>
      <b class="author">${author.username}</b>
      ${author.bot === true ? html`<span class="badge">APP</span>` : nothing}
      <time datetime=${timestamp}>${clockTime(timestamp)}</time>
      ${editedAt === null ? nothing : html`<span class="edited">(edited)</span>`}
      ${isForThemAlone ? nothing : drawMenuButton(view, message)}
    </header>
    ${drawMessageBody(message, contextOf(view))}
    ${hasFailed ? html`<p class="failure" role="alert">This interaction failed</p>` : nothing}
    ${isForThemAlone ? drawDismissal(message.id) : nothing}
  </article>`;
}

/** A command that the bot did not answer within Discord's 3 seconds. */
export function drawFailedRun(view: View, { id, createdAtMs }: InteractionView): TemplateResult {
  const command = view.commandNames[id];
  return html`<article class="message is-private" aria-label="Failed command">
    <div class="origin">
      ${drawAvatar(view.me.name)}<b>${view.me.name}</b>
      ${command === undefined ? 'used a command' : html`used <span class="mention">${command}</span>`}
    </div>
    ${drawAvatar('seedance', true)}
    <header>
      <b class="author">seedance</b><span class="badge">APP</span>
      <time>${clockTime(new Date(createdAtMs).toISOString())}</time>
    </header>
    <p class="failure" role="alert">The application did not respond</p>
    ${drawDismissal(id)}
  </article>`;
}

function drawDismissal(id: string): TemplateResult {
  return html`<footer class="only-you">
    Only you can see this ·
    <button type="button" class="link" @click=${() => dismiss(id)}>Dismiss message</button>
  </footer>`;
}

function dismiss(id: string): void {
  state.dismissed.add(id);
  requestRender();
}

function originText(
  view: View,
  { interaction_metadata: origin }: APIMessage,
): TemplateResult | string {
  if (origin === undefined) return '';
  const opener =
    'triggering_interaction_metadata' in origin ? origin.triggering_interaction_metadata.id : '';
  const command = view.commandNames[origin.id] ?? view.commandNames[opener];
  if (command !== undefined) return html`used <span class="mention">${command}</span>`;
  return origin.type === InteractionType.MessageComponent ? 'pressed a button' : 'used a command';
}

export function contextOf(view: View): MessageContext {
  return {
    locale: state.locale,
    nameOf: (kind, id) => nameOf(view, kind, id),
    entities: (type) => entitiesOf(view, type),
    press: (message, customId) =>
      void remember(message, customId, { kind: 'press', messageId: message.id, customId }),
    choose: (message, customId, values) =>
      void remember(message, customId, { kind: 'choose', messageId: message.id, customId, values }),
    isBusy: (message, customId) =>
      view.interactions.some(({ id, state: how }) => {
        const press = state.presses.get(id);
        return how === 'waiting' && press?.messageId === message.id && press.customId === customId;
      }),
  };
}

async function remember(message: APIMessage, customId: string, what: object): Promise<void> {
  const { interactionId } = await actWithFeedback(what);
  if (interactionId !== undefined)
    state.presses.set(interactionId, { messageId: message.id, customId });
}

/** Whether the latest click on the message got no response. */
function failedPress(view: View, messageId: string): boolean {
  const last = view.interactions.findLast(
    ({ kind, sourceMessageId }) => kind === 'component' && sourceMessageId === messageId,
  );
  return last?.state === 'failed';
}

export function entitiesOf(view: View, type: number): Option[] {
  const { server } = openChannel(view);
  if (server === undefined) return [];
  const users = server.members.map(({ id, name }) => ({ value: id, label: `@${name}` }));
  const roles = server.roles.map(({ id, name }) => ({ value: id, label: `@${name}` }));
  switch (type) {
    case SELECT.users:
      return users;
    case SELECT.roles:
      return roles;
    case SELECT.mentionables:
      return [...users, ...roles];
    default:
      return server.channels.map(({ id, name }) => ({ value: id, label: `#${name}` }));
  }
}

function clockTime(timestamp: string): string {
  return new Intl.DateTimeFormat(state.locale, { timeStyle: 'short' }).format(new Date(timestamp));
}

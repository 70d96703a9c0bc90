/**
 * Renders a message of Discord’s API as Discord’s client does: JSON in, DOM out. Independent of the
 * source of messages; `style.css` in this folder belongs to it.
 */
import { MessageFlags, type APIMessage } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import { drawComponent } from './components.ts';
import { drawEmbed } from './embeds.ts';
import { markdown } from './markdown.ts';
import { drawMedia } from './media.ts';
import type { MessageContext } from './names.ts';

/** Renders the content of the message, without its author’s line. */
export function drawMessageBody(message: APIMessage, context: MessageContext): TemplateResult {
  if (hasFlag(message, MessageFlags.Loading)) return drawThinking(message);
  const [snapshot] = message.message_snapshots ?? [];
  return html`<div class="message-body">
    ${
      snapshot === undefined
        ? nothing
        : html`<div class="forwarded">
            <div class="small">Forwarded</div>
            ${drawContents({ ...message, ...snapshot.message }, context)}
          </div>`
    }
    ${drawContents(message, context)}
  </div>`;
}

function hasFlag({ flags }: APIMessage, flag: number): boolean {
  return ((flags ?? 0) & flag) !== 0;
}

function drawContents(message: APIMessage, context: MessageContext): TemplateResult {
  const { content, attachments, embeds, components = [] } = message;
  return html`
    ${content === '' ? nothing : markdown(content, context)}
    ${attachments.map((file) =>
      drawMedia({
        url: file.url,
        fileName: file.filename,
        contentType: file.content_type,
        width: file.width,
        height: file.height,
        sizeBytes: file.size,
        description: file.description,
        isSpoiler: file.filename.startsWith('SPOILER_'),
      }),
    )}
    ${embeds.map((embed) => drawEmbed(embed, context))}
    ${components.map((component) => drawComponent(component, { message, context }))}
  `;
}

function drawThinking({ author }: APIMessage): TemplateResult {
  return html`<div class="message-body thinking" role="status">
    <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
    ${author.username} is thinking…
  </div>`;
}

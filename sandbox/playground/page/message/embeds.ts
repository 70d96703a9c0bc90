/** Embeds: rich ones of bots, and pictures behind links. */
import type { APIEmbed } from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import { hexColour } from './components.ts';
import { markdown } from './markdown.ts';
import type { MessageContext } from './names.ts';

export function drawEmbed(embed: APIEmbed, context: MessageContext): TemplateResult {
  const { title, url, description, fields, image, thumbnail, footer, author, color } = embed;
  const border = color === undefined ? '' : `--accent: ${hexColour(color)}`;
  return html`<div class="embed" style=${border}>
    ${author === undefined ? nothing : html`<div class="embed-author">${author.name}</div>`}
    ${title === undefined ? nothing : html`<div class="embed-title">${drawTitle(title, url)}</div>`}
    ${description === undefined ? nothing : markdown(description, context)}
    ${(fields ?? []).map(
      ({ name, value }) =>
        html`<div class="embed-field"><strong>${name}</strong>${markdown(value, context)}</div>`,
    )}
    ${[image, thumbnail].map((picture) =>
      picture === undefined ? nothing : html`<img src=${picture.url} alt="" />`,
    )}
    ${footer === undefined ? nothing : html`<div class="small">${footer.text}</div>`}
  </div>`;
}

function drawTitle(title: string, url: string | undefined): TemplateResult {
  if (url === undefined || !/^https?:\/\//i.test(url)) return html`${title}`;
  return html`<a href=${url} target="_blank" rel="noreferrer noopener">${title}</a>`;
}

/** Components of messages: containers, texts, galleries, buttons, menus. */
import {
  ButtonStyle,
  ComponentType,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInMessageActionRow,
  type APIContainerComponent,
  type APIMessage,
  type APIMessageComponent,
  type APISelectMenuComponent,
  type APIUnfurledMediaItem,
} from 'discord-api-types/v10';
import { html, nothing, type TemplateResult } from 'lit-html';

import { markdown } from './markdown.ts';
import { drawFile, drawMedia, type MediaItem } from './media.ts';
import type { MessageContext } from './names.ts';
import { drawSelect } from './select.ts';

export interface Place {
  readonly message: APIMessage;
  readonly context: MessageContext;
}

type Drawn = TemplateResult | typeof nothing;

export function drawComponent(component: APIMessageComponent, place: Place): Drawn {
  switch (component.type) {
    case ComponentType.ActionRow:
      return drawRow(component, place);
    case ComponentType.Button:
      return drawButton(component, place);
    case ComponentType.TextDisplay:
      return markdown(component.content, place.context);
    case ComponentType.Container:
      return drawContainer(component, place);
    case ComponentType.Section:
      return html`<div class="section">
        <div>${component.components.map((child) => drawComponent(child, place))}</div>
        ${drawComponent(component.accessory, place)}
      </div>`;
    case ComponentType.Thumbnail:
      return html`<div class="thumbnail">
        ${drawMedia({ ...mediaItem(component.media), description: component.description })}
      </div>`;
    case ComponentType.MediaGallery:
      return html`<div class="gallery count-${Math.min(component.items.length, 4)}">
        ${component.items.map(({ media, description, spoiler }) =>
          drawMedia({ ...mediaItem(media), description, isSpoiler: spoiler }),
        )}
      </div>`;
    case ComponentType.File:
      return drawFile({
        ...mediaItem(component.file),
        ...(component.name === undefined ? {} : { fileName: component.name }),
        sizeBytes: component.size,
      });
    case ComponentType.Separator:
      return html`<div
        class="separator ${component.spacing === 2 ? 'is-large' : ''} ${
          component.divider === false ? 'is-bare' : ''
        }"
        role="presentation"
      ></div>`;
    default:
      return drawMenu(component, place);
  }
}

function drawContainer(container: APIContainerComponent, place: Place): TemplateResult {
  const { accent_color: colour, spoiler, components } = container;
  const border = typeof colour === 'number' ? `--accent: ${hexColour(colour)}` : '';
  const inner = components.map((child) => drawComponent(child, place));
  const box = html`<div class="container" style=${border}>${inner}</div>`;
  return spoiler === true
    ? html`<details class="spoiler-media">
        <summary>Spoiler</summary>
        ${box}
      </details>`
    : box;
}

function drawRow(
  { components }: APIActionRowComponent<APIComponentInMessageActionRow>,
  place: Place,
): TemplateResult {
  return html`<div class="row">${components.map((child) => drawComponent(child, place))}</div>`;
}

const STYLE_NAMES: Readonly<Record<number, string>> = {
  [ButtonStyle.Primary]: 'primary',
  [ButtonStyle.Secondary]: 'secondary',
  [ButtonStyle.Success]: 'success',
  [ButtonStyle.Danger]: 'danger',
  [ButtonStyle.Link]: 'secondary',
};

function drawButton(button: APIButtonComponent, { message, context }: Place): TemplateResult {
  const style = STYLE_NAMES[button.style] ?? 'secondary';
  const face = 'label' in button ? faceOf(button) : nothing;
  if (button.style === ButtonStyle.Link)
    return html`<a
      class="button ${style}"
      href=${button.url}
      target="_blank"
      rel="noreferrer noopener"
      >${face}<span class="outward" aria-label="opens a page">↗</span></a
    >`;
  const customId = 'custom_id' in button ? button.custom_id : '';
  const isBusy = context.isBusy?.(message, customId) ?? false;
  return html`<button
    type="button"
    class="button ${style} ${isBusy ? 'is-busy' : ''}"
    ?disabled=${button.disabled ?? false}
    aria-busy=${isBusy ? 'true' : nothing}
    data-custom-id=${customId}
    @click=${() => {
      if (!isBusy) context.press?.(message, customId);
    }}
  >
    ${face}
  </button>`;
}

function faceOf({ label, emoji }: { label?: string; emoji?: { name?: string | null } }) {
  return html`${emoji?.name ?? nothing}${emoji?.name && label ? ' ' : ''}${label ?? nothing}`;
}

function drawMenu(menu: APISelectMenuComponent, { message, context }: Place): TemplateResult {
  const options =
    menu.type === ComponentType.StringSelect
      ? menu.options.map((option) => ({ ...option, isDefault: option.default }))
      : (context.entities?.(menu.type) ?? []);
  return drawSelect({
    key: `${message.id}/${menu.custom_id}/${message.edited_timestamp ?? ''}`,
    label: menu.placeholder ?? 'Make a selection',
    options,
    min: menu.min_values ?? 1,
    max: menu.max_values ?? 1,
    isDisabled: menu.disabled ?? false,
    isBusy: context.isBusy?.(message, menu.custom_id) ?? false,
    choose: (values) => context.choose?.(message, menu.custom_id, values),
  });
}

function mediaItem(media: APIUnfurledMediaItem): MediaItem {
  return {
    url: media.url,
    fileName: decodeURIComponent(media.url.split('?')[0]?.split('/').at(-1) ?? 'file'),
    contentType: media.content_type ?? undefined,
    width: media.width,
    height: media.height,
  };
}

export function hexColour(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

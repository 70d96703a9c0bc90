/** Pictures, videos, audio and files of a message. */
import { html, nothing, type TemplateResult } from 'lit-html';

export interface MediaItem {
  readonly url: string;
  readonly fileName: string;
  readonly contentType: string | undefined;
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
  readonly sizeBytes?: number | undefined;
  readonly description?: string | null | undefined;
  readonly isSpoiler?: boolean | undefined;
}

/** A video, a picture or audio inline; anything else as a download. */
export function drawMedia(item: MediaItem): TemplateResult {
  const kind = item.contentType?.split('/')[0];
  switch (kind) {
    case 'video':
      return drawSpoiler(
        item,
        html`<video
          src=${item.url}
          controls
          playsinline
          loop
          preload="metadata"
          aria-label=${item.description ?? `Video ${item.fileName}`}
        ></video>`,
      );
    case 'image':
      return drawSpoiler(
        item,
        html`<a href=${item.url} target="_blank" rel="noreferrer noopener">
          <img
            src=${item.url}
            alt=${item.description ?? item.fileName}
            width=${item.width ?? nothing}
            height=${item.height ?? nothing}
          />
        </a>`,
      );
    case 'audio':
      return html`<div class="media">
        ${drawFile(item)}
        <audio src=${item.url} controls preload="metadata" aria-label=${item.fileName}></audio>
      </div>`;
    default:
      return drawFile(item);
  }
}

export function drawFile({ url, fileName, sizeBytes }: MediaItem): TemplateResult {
  return html`<div class="file">
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 2h8l5 5v15H6zM14 2v5h5" /></svg>
    <div>
      <a href=${url} download=${fileName}>${fileName}</a>
      ${sizeBytes === undefined ? nothing : html`<div class="size">${sizeText(sizeBytes)}</div>`}
    </div>
  </div>`;
}

function drawSpoiler({ isSpoiler }: MediaItem, inner: TemplateResult): TemplateResult {
  if (isSpoiler !== true) return html`<div class="media">${inner}</div>`;
  return html`<details class="media spoiler-media">
    <summary>Spoiler</summary>
    ${inner}
  </details>`;
}

function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  const isLarge = bytes >= 1_024 ** 2;
  const amount = bytes / (isLarge ? 1_024 ** 2 : 1_024);
  return `${amount.toFixed(2)} ${isLarge ? 'MB' : 'KB'}`;
}

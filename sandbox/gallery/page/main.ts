/**
 * The gallery’s page: every message that the bot can send. The address selects the content:
 * `?locale=zh-CN&width=phone`, and `&group=jobs-done` for one group alone, without controls.
 */
import { html, nothing, render, type TemplateResult } from 'lit-html';

import { drawFields } from '../../playground/page/form-fields.ts';
import { drawMessageBody } from '../../playground/page/message/message.ts';
import type { MessageContext } from '../../playground/page/message/names.ts';
import { drawAvatar } from '../../playground/page/sidebar.ts';
import type { GalleryData, GalleryGroup, PageEntry } from '../protocol.ts';

const WIDTHS = ['phone', 'desktop'] as const;
const STILL_AT_SECONDS = 1;
const LANGUAGE_NAMES: Readonly<Record<string, string>> = { 'en-US': 'English', 'zh-CN': '中文' };

interface Shown {
  readonly locale: string;
  readonly width: string;
  readonly group: string | undefined;
}

start();

function start(): void {
  const root = document.querySelector<HTMLElement>('#gallery');
  const json = document.querySelector('#data')?.textContent ?? '';
  if (root === null || json === '') return;
  const data = readData(json);
  const query = new URLSearchParams(location.search);
  const shown: Shown = {
    locale: query.get('locale') ?? data.languages[0]?.locale ?? '',
    width: query.get('width') ?? (innerWidth < 800 ? 'phone' : 'desktop'),
    group: query.get('group') ?? undefined,
  };
  render(drawPage(data, shown), root);
  if (shown.group !== undefined) showStills(root);
}

/** For pictures: shows videos untouched, a little after their beginning. */
function showStills(root: HTMLElement): void {
  for (const video of root.querySelectorAll('video')) {
    video.controls = false;
    video.currentTime = STILL_AT_SECONDS;
  }
}

/** Times are shown relative to now as they were relative to then. */
function readData(json: string): GalleryData<PageEntry> {
  const madeAtMs = Number(/"madeAtMs":(\d+)/.exec(json)?.[1] ?? Date.now());
  const later = Math.round((Date.now() - madeAtMs) / 1000);
  return JSON.parse(json.replace(/<t:(\d+)/g, (_all, at) => `<t:${Number(at) + later}`));
}

function drawPage({ languages, names }: GalleryData<PageEntry>, shown: Shown): TemplateResult {
  const groups = languages.find(({ locale }) => locale === shown.locale)?.groups ?? [];
  const chosen = groups.filter(({ id }) => shown.group === undefined || id === shown.group);
  const context = contextOf(names, shown.locale);
  return html`${shown.group === undefined ? drawControls(groups, shown) : nothing}
    <main class="gallery-page width-${shown.width}">
      ${chosen.map((group) => drawGroup(group, context))}
    </main>`;
}

function contextOf(names: Readonly<Record<string, string>>, locale: string): MessageContext {
  return { locale, nameOf: (kind, id) => names[`${kind}/${id}`] };
}

function drawControls(
  groups: ReadonlyArray<GalleryGroup<PageEntry>>,
  shown: Shown,
): TemplateResult {
  const choice = (name: string, isChosen: boolean, query: Record<string, string>) =>
    html`<a
      href="?${new URLSearchParams({ locale: shown.locale, width: shown.width, ...query }).toString()}"
      aria-current=${isChosen ? 'true' : nothing}
      >${name}</a
    >`;
  return html`<header class="gallery-controls">
    <h1>Every message of the bot</h1>
    <nav aria-label="Language and width">
      ${Object.entries(LANGUAGE_NAMES).map(([locale, name]) =>
        choice(name, locale === shown.locale, { locale }),
      )}
      ${WIDTHS.map((width) => choice(width, width === shown.width, { width }))}
    </nav>
    <nav aria-label="Groups">
      ${groups.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}
    </nav>
  </header>`;
}

function drawGroup(group: GalleryGroup<PageEntry>, context: MessageContext): TemplateResult {
  return html`<section class="group" id=${group.id}>
    <h2>${group.title}</h2>
    <div class="examples">${group.entries.map((entry) => drawEntry(entry, context))}</div>
  </section>`;
}

function drawEntry({ title, ...entry }: PageEntry, context: MessageContext): TemplateResult {
  return html`<article class="example">
    <h3>${title}</h3>
    ${entry.form === undefined ? nothing : drawForm(entry.form, context)}
    ${entry.message === undefined ? nothing : drawMessage({ title, ...entry }, context)}
  </article>`;
}

function drawMessage(
  { origin, message, isForThemAlone }: PageEntry,
  context: MessageContext,
): TemplateResult {
  return html`<div class="message ${isForThemAlone ? 'is-private' : ''}">
    ${
      origin === undefined
        ? nothing
        : html`<div class="origin">
            ${drawAvatar(origin.name)}<b>${origin.name}</b>
            <span class="mention">${origin.command}</span>
          </div>`
    }
    ${drawAvatar('seedance', true)}
    <header><b class="author">seedance</b><span class="badge">APP</span></header>
    ${message === undefined ? nothing : drawMessageBody(message, context)}
    ${isForThemAlone ? html`<footer class="only-you">Only you can see this</footer>` : nothing}
  </div>`;
}

function drawForm(form: NonNullable<PageEntry['form']>, context: MessageContext): TemplateResult {
  return html`<div class="form">
    <header><h4>${form.title}</h4></header>
    ${drawFields(form, context)}
    <footer>
      <button type="button" class="button secondary">Cancel</button>
      <button type="button" class="button primary">Submit</button>
    </footer>
  </div>`;
}

/** Discord’s Markdown: blocks line by line here, the content of a line by discord-markdown-parser. */
import { parse } from 'discord-markdown-parser';
import { html, type TemplateResult } from 'lit-html';

import './time-element.ts';
import type { MessageContext } from './names.ts';

type Part = TemplateResult | string;
interface Node {
  readonly type: string;
  readonly content?: string | Node[];
  readonly [key: string]: unknown;
}

type Block =
  | { readonly kind: 'text' | 'quote' | 'small'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string; readonly level: number }
  | { readonly kind: 'item'; readonly text: string; readonly depth: number; readonly sign: string };

const LINE_KINDS: readonly (readonly [RegExp, (match: RegExpExecArray) => Block])[] = [
  [/^-# (.*)$/, ([, text = '']) => ({ kind: 'small', text })],
  [
    /^(#{1,3}) (.*)$/,
    ([, signs = '', text = '']) => ({ kind: 'heading', text, level: signs.length }),
  ],
  [/^> ?(.*)$/, ([, text = '']) => ({ kind: 'quote', text })],
  [
    /^( *)[-*] (.*)$/,
    ([, indent = '', text = '']) => ({ kind: 'item', text, depth: indent.length >> 1, sign: '•' }),
  ],
  [
    /^( *)(\d{1,3}\.) (.*)$/,
    ([, indent = '', sign = '', text = '']) => ({
      kind: 'item',
      text,
      depth: indent.length >> 1,
      sign,
    }),
  ],
];
const MESSAGE_LINK = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)\/\d+$/;
const FENCE = /```(?:[\w+-]+\n|\n)?([\s\S]*?)```/;

export function markdown(text: string, context: MessageContext): TemplateResult {
  return html`<div class="markdown">
    ${blocksOf(text).map((block) => drawBlock(block, context))}
  </div>`;
}

function blocksOf(text: string): Block[] {
  const fence = FENCE.exec(text);
  if (fence === null) return lineBlocks(text);
  const [whole, code = ''] = fence;
  const before = text.slice(0, fence.index).replace(/\n$/, '');
  const after = text.slice(fence.index + whole.length).replace(/^\n/, '');
  return [
    ...(before === '' ? [] : lineBlocks(before)),
    { kind: 'code', text: code },
    ...(after === '' ? [] : blocksOf(after)),
  ];
}

/** Consecutive lines of the same kind form one block; headings and items are separate. */
function lineBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.split('\n')) {
    const block = blockOf(line);
    const last = blocks.at(-1);
    const joins = block.kind === 'text' || block.kind === 'quote';
    if (joins && last?.kind === block.kind)
      blocks[blocks.length - 1] = { kind: block.kind, text: `${last.text}\n${block.text}` };
    else blocks.push(block);
  }
  return blocks;
}

function blockOf(line: string): Block {
  for (const [pattern, make] of LINE_KINDS) {
    const match = pattern.exec(line);
    if (match !== null) return make(match);
  }
  return { kind: 'text', text: line };
}

function drawBlock(block: Block, context: MessageContext): TemplateResult {
  if (block.kind === 'code') return html`<pre><code>${block.text}</code></pre>`;
  const parts = inline(block.text, context);
  switch (block.kind) {
    case 'quote':
      return html`<blockquote>${parts}</blockquote>`;
    case 'small':
      return html`<div class="small">${parts}</div>`;
    case 'heading':
      return html`<div class="heading level-${block.level}">${parts}</div>`;
    case 'item':
      return html`<div class="item" style="--depth: ${block.depth}">
        <span class="sign">${block.sign}</span><span>${parts}</span>
      </div>`;
    default:
      return html`<div class="text">${parts}</div>`;
  }
}

function inline(text: string, context: MessageContext): Part[] {
  return parse(text, 'extended').map((node) => drawNode(node, context));
}

type Draw = (node: Node, inner: () => Part[] | string, context: MessageContext) => Part;

const DRAW: Readonly<Record<string, Draw>> = {
  strong: (_, inner) => html`<strong>${inner()}</strong>`,
  em: (_, inner) => html`<em>${inner()}</em>`,
  underline: (_, inner) => html`<u>${inner()}</u>`,
  strikethrough: (_, inner) => html`<s>${inner()}</s>`,
  inlineCode: (_, inner) => html`<code>${inner()}</code>`,
  codeBlock: (_, inner) => html`<code>${inner()}</code>`,
  br: () => '\n',
  newline: () => '\n',
  spoiler: (_, inner) =>
    html`<button type="button" class="spoiler" aria-label="Spoiler" @click=${reveal}>
      <span>${inner()}</span>
    </button>`,
  url: (node, inner, context) =>
    messageLink(node['target'], context) ?? link(node['target'], inner()),
  autolink: (node, inner) => link(node['target'], inner()),
  link: (node, inner) => link(node['target'], inner()),
  user: (node, _, context) => mention('@', 'user', node['id'], context),
  role: (node, _, context) => mention('@', 'role', node['id'], context),
  channel: (node, _, context) => mention('#', 'channel', node['id'], context),
  everyone: () => html`<span class="mention">@everyone</span>`,
  here: () => html`<span class="mention">@here</span>`,
  slashCommand: (node) => html`<span class="mention">/${nameIn(node)}</span>`,
  twemoji: (node) => String(node['name']),
  emoji: (node) => `:${nameIn(node)}:`,
  timestamp: (node, _, context) =>
    html`<discord-time
      at=${String(node['timestamp'])}
      format=${typeof node['format'] === 'string' ? node['format'] : 'f'}
      locale=${context.locale}
    ></discord-time>`,
};

function drawNode(node: Node, context: MessageContext): Part {
  const inner = (): Part[] | string =>
    typeof node.content === 'string'
      ? node.content
      : (node.content ?? []).map((child) => drawNode(child, context));
  const draw = DRAW[node.type];
  if (draw !== undefined) return draw(node, inner, context);
  const drawn = inner();
  return typeof drawn === 'string' ? drawn : html`${drawn}`;
}

function nameIn(node: Node): string {
  const name = node['fullName'] ?? node['name'] ?? node.content;
  return typeof name === 'string' ? name : 'command';
}

function mention(
  sign: string,
  kind: 'user' | 'role' | 'channel',
  id: unknown,
  context: MessageContext,
): TemplateResult {
  const name = context.nameOf(kind, String(id));
  return html`<span class="mention">${sign}${name ?? `unknown-${kind}`}</span>`;
}

/** A bare link to a message of a known channel, drawn as Discord does: `#videos › 💬`. */
function messageLink(target: unknown, context: MessageContext): TemplateResult | undefined {
  const address = String(target);
  const [, channelId = ''] = MESSAGE_LINK.exec(address) ?? [];
  const name = context.nameOf('channel', channelId);
  if (name === undefined) return undefined;
  return html`<a class="mention" href=${address} target="_blank" rel="noreferrer noopener"
    >#${name} › 💬</a
  >`;
}

/** Only web addresses become links: others could run as a script. */
function link(target: unknown, inner: Part[] | string): TemplateResult {
  const address = String(target);
  if (!/^https?:\/\//i.test(address)) return html`${inner}`;
  return html`<a href=${address} target="_blank" rel="noreferrer noopener">${inner}</a>`;
}

function reveal(event: Event): void {
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.classList.add('is-open');
}

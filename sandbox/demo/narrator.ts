/** Tells in the terminal what a member does and what they see, as it happens. */
import colours from 'picocolors';

import type { MessageView } from '../discord/message-view.ts';

const GUTTER = '   ';

export interface Narrator {
  say(line?: string): void;
  title(number: number, text: string): void;
  does(who: string, what: string): void;
  sees(atMs: number, text: string): void;
  note(text: string): void;
}

export function createNarrator(write: (line: string) => void): Narrator {
  const say = (line = ''): void => write(line);
  return {
    say,
    title: (number, text) => say(`\n${colours.bold(colours.cyan(`${number}. ${text}`))}`),
    does: (who, what) => say(`${GUTTER}${colours.yellow(who)} types ${colours.bold(what)}`),
    sees(atMs, text) {
      const [first = '', ...rest] = text.split('\n');
      say(`${GUTTER}${colours.dim(`${(atMs / 1000).toFixed(2).padStart(6)} s`)} │ ${first}`);
      for (const line of rest) say(`${GUTTER}         │ ${line}`);
    },
    note: (text) => say(`${GUTTER}${colours.dim(text)}`),
  };
}

/** A message as plain text: Markdown gone, timestamps said in words, media and buttons named. */
export function asSeen(message: MessageView, nowMs: number): string {
  const lines = message.text
    .replace(/<t:(\d+):R>/g, (_, seconds: string) => relative(Number(seconds) * 1000 - nowMs))
    .replace(/<@(\d+)>/g, '@member')
    .replace(/\*\*|^-# /gm, '')
    .replace(/\\([^\w\s])/g, '$1')
    .split('\n')
    .filter((line) => !line.startsWith('> '));
  const media = message.media.map(
    ({ fileName, sizeBytes }) =>
      `▶ ${fileName} (${Math.round(sizeBytes / 1000)} kB), playing in the message`,
  );
  const buttons = message.buttons.map(({ label }) => `[ ${label} ]`);
  return [...media, ...lines, ...(buttons.length > 0 ? [buttons.join(' ')] : [])].join('\n');
}

function relative(inMs: number): string {
  const seconds = Math.round(Math.abs(inMs) / 1000);
  if (seconds === 0) return 'now';
  if (seconds < 120) return inMs > 0 ? `in ${seconds} s` : `${seconds} s ago`;
  const days = Math.round(seconds / 86_400);
  const amount = days > 1 ? `${days} days` : `${Math.round(seconds / 60)} minutes`;
  return inMs > 0 ? `in ${amount}` : `${amount} ago`;
}

/** Prints in the terminal what a member does and sees, as it happens. */
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

/** The name of a member, role or channel by its id. */
export type Names = (id: string) => string | undefined;

/** A message as plain text: without Markdown, mentions by name, timestamps in words, media and buttons named. */
export function asSeen(
  message: MessageView,
  nowMs: number,
  names: Names = () => undefined,
): string {
  const lines = asPlain(message.text, nowMs, names)
    .split('\n')
    .filter((line) => !line.startsWith('> '));
  const media = message.media.map(mediaLine);
  const buttons = message.buttons.map(({ label }) => `[ ${label} ]`);
  return [...media, ...lines, ...(buttons.length > 0 ? [buttons.join(' ')] : [])].join('\n');
}

/** Text as Discord shows it, as far as a terminal can. */
export function asPlain(text: string, nowMs: number, names: Names): string {
  return text
    .replace(/<t:(\d+):R>/g, (_, seconds: string) => relative(Number(seconds) * 1000 - nowMs))
    .replace(/<t:(\d+):([fD])>/g, (_, seconds: string, style: string) =>
      new Date(Number(seconds) * 1000)
        .toISOString()
        .slice(0, style === 'D' ? 'YYYY-MM-DD'.length : 'YYYY-MM-DDTHH:MM'.length)
        .replace('T', ' '),
    )
    .replace(/<@&?(\d+)>/g, (_, id: string) => `@${names(id) ?? 'member'}`)
    .replace(/<#(\d+)>/g, (_, id: string) => `#${names(id) ?? 'channel'}`)
    .replace(/\*\*|^-# /gm, '')
    .replace(/\\([^\w\s])/g, '$1');
}

function mediaLine({ fileName, sizeBytes }: MessageView['media'][number]): string {
  const size = `${fileName} (${Math.max(1, Math.round(sizeBytes / 1000))} kB)`;
  if (fileName.endsWith('.mp4')) return `▶ ${size}, playing in the message`;
  return fileName.endsWith('.png') ? `▣ ${size}, shown in the message` : `▤ ${size}, to download`;
}

function relative(inMs: number): string {
  const seconds = Math.round(Math.abs(inMs) / 1000);
  if (seconds === 0) return 'now';
  if (seconds < 120) return inMs > 0 ? `in ${seconds} s` : `${seconds} s ago`;
  const days = Math.round(seconds / 86_400);
  const minutes = Math.round(seconds / 60);
  const hours = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
  const amount = days > 1 ? `${days} days` : hours;
  return inMs > 0 ? `in ${amount}` : `${amount} ago`;
}

/** What a scene can do: let Alice run a command, and tell what she sees until it ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Member } from '../discord/actors.ts';
import type { OptionValue } from '../discord/command-options.ts';
import type { MessageView } from '../discord/message-view.ts';
import type { Reply } from '../discord/reply.ts';
import { asSeen, type Narrator } from './narrator.ts';

export interface SceneOutcome {
  readonly kind: 'video' | 'refused' | 'told';
  readonly credits: number;
  readonly isAsExpected: boolean;
  readonly file?: string | undefined;
}

export type Options = Record<string, OptionValue>;

const DONE_WITHIN_MS = 60_000;
const CREDITS = /(\d+) credits?/g;

export class Stage {
  readonly #alice: Member;
  readonly #narrator: Narrator;
  readonly #folder: string;

  constructor({ alice, narrator, folder }: { alice: Member; narrator: Narrator; folder: string }) {
    this.#alice = alice;
    this.#narrator = narrator;
    this.#folder = folder;
  }

  /** Runs `/video` to the finished video and saves it under `name`. */
  async makes(name: string, options: Options): Promise<SceneOutcome> {
    const { reply, startedAtMs } = this.#runs('video', options);
    const done = await this.#follow(reply, startedAtMs, (message) => message.media.length > 0);
    const [video] = done.media;
    const file = `${name}.mp4`;
    if (video !== undefined) await writeFile(join(this.#folder, file), video.bytes());
    this.#narrator.note(`saved as ${file}`);
    const held = lastCredits(
      reply.versions.find((version) => version.text.includes('held'))?.text ?? '',
    );
    const paid = lastCredits(done.text);
    const isAsExpected = video !== undefined && paid > 0 && paid <= held;
    this.#narrator.note(`held ${held} credits, settled at ${paid}`);
    return { kind: 'video', credits: paid, isAsExpected, file };
  }

  /** Runs `/video` to its refusal, which must contain `because`. */
  async isRefused(options: Options, because: string): Promise<SceneOutcome> {
    const { reply, startedAtMs } = this.#runs('video', options);
    const sentence = await reply.refusal();
    this.#narrator.sees(Date.now() - startedAtMs, `${sentence}\n(only alice sees this)`);
    return { kind: 'refused', credits: 0, isAsExpected: sentence.includes(because) };
  }

  /** Runs a command that answers at once. */
  async asks(command: string): Promise<SceneOutcome> {
    const { reply, startedAtMs } = this.#runs(command, {});
    const message = await reply.until(({ text, isLoading }) => !isLoading && text !== '');
    this.#narrator.sees(Date.now() - startedAtMs, asSeen(message, Date.now()));
    return { kind: 'told', credits: 0, isAsExpected: message.isEphemeral };
  }

  #runs(command: string, options: Options): { reply: Reply; startedAtMs: number } {
    const typed = Object.entries(options).map(([option, value]) => `${option}:${shown(value)}`);
    this.#narrator.does(this.#alice.name, [`/${command}`, ...typed].join(' '));
    const startedAtMs = Date.now();
    return { reply: this.#alice.runs(command, options), startedAtMs };
  }

  /** Tells each new look of the reply until it is the one waited for. */
  async #follow(
    reply: Reply,
    startedAtMs: number,
    isDone: (message: MessageView) => boolean,
  ): Promise<MessageView> {
    let told = 0;
    for (;;) {
      const message = await reply.until((view) => reply.versions.length > told || isDone(view), {
        timeoutMs: DONE_WITHIN_MS,
      });
      for (const version of reply.versions.slice(told)) {
        const text = version.isLoading ? 'thinking …' : asSeen(version, version.atMs);
        this.#narrator.sees(version.atMs - startedAtMs, text);
      }
      told = reply.versions.length;
      if (isDone(message)) return message;
      if (message.text.includes('Nothing was charged'))
        throw new Error(`the video failed: ${message.text}`);
    }
  }
}

function shown(value: OptionValue): string {
  return typeof value === 'object' ? value.name : String(value);
}

function lastCredits(text: string): number {
  return Number([...text.matchAll(CREDITS)].at(-1)?.[1] ?? 0);
}

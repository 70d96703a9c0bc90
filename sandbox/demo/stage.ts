/** What a scene can do: let a member run a command, and tell what they see until it ends. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Member } from '../discord/actors.ts';
import type { OptionValue } from '../discord/command-options.ts';
import type { MessageView } from '../discord/message-view.ts';
import type { Reply } from '../discord/reply.ts';
import type { Cast } from './cast.ts';
import { asPlain, asSeen, type Narrator } from './narrator.ts';

export interface SceneOutcome {
  readonly kind: 'video' | 'refused' | 'told';
  readonly credits: number;
  readonly isAsExpected: boolean;
  readonly file?: string | undefined;
}

export type Options = Record<string, OptionValue>;

const DONE_WITHIN_MS = 60_000;
const CREDITS = /(\d+) credits?/g;

export interface StageOptions {
  readonly cast: Cast;
  /** Who acts. */
  readonly member: Member;
  readonly narrator: Narrator;
  readonly folder: string;
}

export class Stage {
  readonly cast: Cast;
  readonly #options: StageOptions;
  readonly #member: Member;
  readonly #narrator: Narrator;
  readonly #folder: string;

  constructor(options: StageOptions) {
    const { cast, member, narrator, folder } = options;
    this.cast = cast;
    this.#options = options;
    this.#member = member;
    this.#narrator = narrator;
    this.#folder = folder;
  }

  /** The same stage, with somebody else acting. */
  as(member: Member): Stage {
    return new Stage({ ...this.#options, member });
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
    this.#narrator.sees(
      Date.now() - startedAtMs,
      `${asPlain(sentence, Date.now(), this.cast.names)}\n(only ${this.#member.name} sees this)`,
    );
    return { kind: 'refused', credits: 0, isAsExpected: sentence.includes(because) };
  }

  /** Runs a command that answers at once, and saves what files it brings. */
  async asks(
    command: string,
    options: Options = {},
    expected: readonly string[] = [],
  ): Promise<SceneOutcome> {
    const { reply, startedAtMs } = this.#runs(command, options);
    const message = await reply.until(({ text, isLoading }) => !isLoading && text !== '');
    this.#narrator.sees(Date.now() - startedAtMs, asSeen(message, Date.now(), this.cast.names));
    for (const file of message.media) {
      await writeFile(join(this.#folder, file.fileName), file.bytes());
      this.#narrator.note(`saved as ${file.fileName}`);
    }
    const isAsExpected =
      message.isEphemeral && expected.every((words) => message.text.includes(words));
    return { kind: 'told', credits: 0, isAsExpected };
  }

  #runs(command: string, options: Options): { reply: Reply; startedAtMs: number } {
    const typed = Object.entries(options).map(
      ([option, value]) => `${option}:${this.#shown(value)}`,
    );
    this.#narrator.does(this.#member.name, [`/${command}`, ...typed].join(' '));
    const startedAtMs = Date.now();
    return { reply: this.#member.runs(command, options), startedAtMs };
  }

  /** As typed: members and roles by their names. */
  #shown(value: OptionValue): string {
    if (typeof value === 'object') return value.name;
    const name = typeof value === 'string' ? this.cast.names(value) : undefined;
    return name === undefined ? String(value) : `@${name}`;
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
        const text = version.isLoading
          ? 'thinking …'
          : asSeen(version, version.atMs, this.cast.names);
        this.#narrator.sees(version.atMs - startedAtMs, text);
      }
      told = reply.versions.length;
      if (isDone(message)) return message;
      if (message.text.includes('Nothing was charged'))
        throw new Error(`the video failed: ${message.text}`);
    }
  }
}

function lastCredits(text: string): number {
  return Number([...text.matchAll(CREDITS)].at(-1)?.[1] ?? 0);
}

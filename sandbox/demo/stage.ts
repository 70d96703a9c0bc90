/** What a scene can do: let a member run a command, and print what they see until its end. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Member } from '../discord/actors.ts';
import type { OptionValue, SandboxFile } from '../discord/command-options.ts';
import type { MessageView } from '../discord/message-view.ts';
import type { Reply } from '../discord/reply.ts';
import type { VendorSandbox } from '../vendor/vendor.ts';
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
const ALL_DONE_WITHIN_MS = 300_000;
/** The price at the end of a line, without the price of a draft’s final. */
const CREDITS = /· (?:up to )?(\d+) credits?/g;

/** In credits, as shown to the member. */
export interface Prices {
  readonly held: number;
  readonly paid: number;
}

interface Run {
  readonly reply: Reply;
  readonly startedAtMs: number;
}

export interface StageOptions {
  readonly cast: Cast;
  /** The acting member. */
  readonly member: Member;
  readonly narrator: Narrator;
  readonly folder: string;
  readonly vendor: VendorSandbox;
}

export class Stage {
  readonly cast: Cast;
  readonly vendor: VendorSandbox;
  readonly #options: StageOptions;
  readonly #member: Member;
  readonly #narrator: Narrator;
  readonly #folder: string;

  constructor(options: StageOptions) {
    const { cast, member, narrator, folder } = options;
    this.cast = cast;
    this.vendor = options.vendor;
    this.#options = options;
    this.#member = member;
    this.#narrator = narrator;
    this.#folder = folder;
  }

  /** The same stage with another acting member. */
  as(member: Member): Stage {
    return new Stage({ ...this.#options, member });
  }

  /** Runs `/video` to the finished video and saves it under `name`. */
  async makes(name: string, options: Options): Promise<SceneOutcome> {
    return this.#finishes(name, this.#runs('video', options));
  }

  /** Makes a draft, then presses the button that makes its final. */
  async makesDraftAndFinal(name: string, options: Options): Promise<SceneOutcome[]> {
    const run = this.#runs('video', { ...options, draft: true });
    const draft = await this.#finishes(`${name}-draft`, run);
    const buttons = run.reply.message?.buttons ?? [];
    const label = buttons.findLast((button) => button.label.startsWith('Make final'))?.label ?? '';
    this.#narrator.note(`${this.#member.name} presses [ ${label} ]`);
    const startedAtMs = Date.now();
    const reply = this.#member.clicks(run.reply, label);
    return [draft, await this.#finishes(`${name}-final`, { reply, startedAtMs })];
  }

  /** Posts a message with a picture, and uses the menu of that message. */
  async animates(name: string, picture: SandboxFile, prompt: string): Promise<SceneOutcome> {
    const said = this.#member.says('Look at this', { attachments: [picture] });
    this.#narrator.does(this.#member.name, `“Look at this” with ${picture.name}`);
    const menu = this.#member.runsOnMessage('Animate image', said);
    const form = await menu.formOpened();
    const fields = form.fields.map(({ label, options, value }) =>
      [label, options.find(({ isDefault }) => isDefault)?.label ?? value].join(': '),
    );
    this.#narrator.note(`Apps → ${form.title} opens a form: ${fields.join(' · ')}`);
    const startedAtMs = Date.now();
    const reply = this.#member.submits(menu, { prompt });
    return this.#finishes(name, { reply, startedAtMs });
  }

  /** Runs many at once; `tell` makes a line of each one’s final message. */
  async makesAll<Run extends { readonly options: Options }>(
    runs: readonly Run[],
    tell: (run: Run, prices: Prices) => { readonly line: string; readonly isAsExpected: boolean },
  ): Promise<SceneOutcome[]> {
    const started = runs.map((run) => ({ run, reply: this.#member.runs('video', run.options) }));
    const outcomes: SceneOutcome[] = [];
    for (const { run, reply } of started) {
      const done = await reply.until(hasEnded, { timeoutMs: ALL_DONE_WITHIN_MS });
      if (done.media.length === 0) throw new Error(`the video failed: ${done.text}`);
      const prices = pricesOf(reply, done);
      const { line, isAsExpected } = tell(run, prices);
      this.#narrator.say(`   ${line}`);
      outcomes.push({ kind: 'video', credits: prices.paid, isAsExpected });
    }
    return outcomes;
  }

  async #finishes(name: string, { reply, startedAtMs }: Run): Promise<SceneOutcome> {
    const done = await this.#follow(reply, startedAtMs, isDelivered);
    const [video] = done.media;
    const file = `${name}.mp4`;
    if (video !== undefined) await writeFile(join(this.#folder, file), video.bytes());
    const kind = (await this.vendor.rendersVideos()) ? '' : ', a stand-in clip';
    this.#narrator.note(video === undefined ? 'it comes as a link' : `saved as ${file}${kind}`);
    if (done.isEphemeral) this.#narrator.note(`only ${this.#member.name} sees this`);
    const { held, paid } = pricesOf(reply, done);
    // A vendor may be free, and then nothing is held either.
    const isAsExpected = paid <= held && paid > 0 === held > 0;
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

  /** Runs a command that replies at once, and saves its files. */
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

  #runs(command: string, options: Options): Run {
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

  /** Prints each new version of the reply until the awaited one. */
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

/** As a file, or as a link when it cannot be one. */
function isDelivered({ media, text }: MessageView): boolean {
  return media.length > 0 || text.includes('Your video is ready');
}

function hasEnded(message: MessageView): boolean {
  const isRefused = message.isEphemeral && !message.isLoading && !message.text.startsWith('>');
  return isDelivered(message) || isRefused || message.text.includes('Nothing was charged');
}

function pricesOf(reply: Reply, done: MessageView): Prices {
  const before = reply.versions.find((version) => version.text.includes('held'));
  return { held: lastCredits(before?.text ?? ''), paid: lastCredits(done.text) };
}

function lastCredits(text: string): number {
  return Number([...text.matchAll(CREDITS)].at(-1)?.[1] ?? 0);
}

/** Keeps the bot running as a separate process, and restarts it when it dies. */
import { setTimeout as delay } from 'node:timers/promises';

import { startBotProcess, type BotProcess } from '../bot-process.ts';
import type { BotState } from './protocol.ts';

const RESTART_AFTER_MS = 1_000;
const MAX_LOG_LINES = 200;

export interface BotKeeperOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** The bot’s working directory. */
  readonly folder: string;
  /** Called when the bot's state changes. */
  readonly onChange: () => void;
}

export class BotKeeper {
  readonly log: string[] = [];
  state: BotState = 'starting';
  readonly #options: BotKeeperOptions;
  readonly #stopping = new AbortController();
  #bot: BotProcess | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BotKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#keep();
  }

  /** Kills the bot’s process, like a crash. */
  kill(): void {
    void this.#bot?.stop('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#bot?.stop();
    await this.#running;
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#runOnce();
      this.#became('stopped');
      await delay(RESTART_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #runOnce(): Promise<void> {
    const { environment, folder } = this.#options;
    this.#became('starting');
    const bot = startBotProcess(environment, folder, { onLine: (line) => this.#note(line) });
    this.#bot = bot;
    await bot.ready().then(
      () => this.#became('online'),
      // It ended first: its output is in the log, and it is restarted below.
      () => undefined,
    );
    await bot.ended;
  }

  #note(line: string): void {
    this.log.push(line);
    if (this.log.length > MAX_LOG_LINES) this.log.shift();
  }

  #became(state: BotState): void {
    this.state = state;
    this.#options.onChange();
  }
}

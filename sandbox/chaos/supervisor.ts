/**
 * Keeps the bots running, like an operator’s supervisor: a killed bot is restarted on request, and a
 * bot that exits by itself is restarted at once.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { startBotProcess, type BotProcess } from '../bot-process.ts';

const START_AGAIN_AFTER_MS = 300;
/** A supervisor cannot repair a bot that never starts. */
const MOST_STARTS = 8;

export interface SupervisorOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** The bots' working directory. */
  readonly folder: string;
  readonly bots: number;
  readonly onLine: (line: string) => void;
}

interface Slot {
  bot: BotProcess | undefined;
  /** Resolves when the bot in this place accepts commands: the running one, or the next. */
  ready: Promise<void>;
  /** Changes when the bot is killed or stopped: its end is then expected. */
  life: symbol;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[];
  /** Each unexpected end of a bot, with its exit status. */
  readonly ownExits: (number | null)[] = [];

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.bots }, () => ({
      bot: undefined,
      ready: Promise.resolve(),
      life: Symbol('none'),
    }));
  }

  get bots(): number {
    return this.#slots.length;
  }

  /** @throws Error when one does not start */
  async startAll(): Promise<void> {
    // One after the other: the first creates the tables.
    for (const slot of this.#slots) {
      this.#begin(slot, async () => {});
      await slot.ready;
    }
  }

  /**
   * SIGKILL: nothing is finished or announced. The bot is restarted at once.
   *
   * @returns when it is dead
   */
  async kill(index: number): Promise<void> {
    const slot = this.#slot(index);
    const dying = slot.bot?.stop('SIGKILL');
    this.#begin(slot, async () => void (await dying));
    await dying;
  }

  /** Resolves when every bot accepts commands. @throws Error when one does not start */
  async allReady(): Promise<void> {
    await Promise.all(this.#slots.map(readyNow));
  }

  /** Resolves when any bot accepts commands. @throws AggregateError when none starts */
  async anyReady(): Promise<void> {
    await Promise.any(this.#slots.map(readyNow));
  }

  /** Sends the signal to all, and returns their exit statuses. */
  async stopAll(signal: NodeJS.Signals = 'SIGTERM'): Promise<(number | null)[]> {
    return Promise.all(
      this.#slots.map(async (slot) => {
        slot.life = Symbol('leaving');
        return (await slot.bot?.stop(signal)) ?? null;
      }),
    );
  }

  /** The current output of the bot in this place. */
  pid(index: number): number | undefined {
    return this.#slot(index).bot?.pid;
  }

  #begin(slot: Slot, after: () => Promise<void>): void {
    const life = Symbol('life');
    slot.life = life;
    slot.ready = after().then(async () => this.#live(slot, life));
    // Its callers get the failure; it must not become an unhandled rejection.
    slot.ready.catch(() => {});
  }

  async #live(slot: Slot, life: symbol): Promise<void> {
    const { environment, folder, onLine } = this.#options;
    for (let start = 1; slot.life === life; start += 1) {
      const bot = startBotProcess(environment, folder, { onLine });
      slot.bot = bot;
      try {
        await bot.ready();
        void this.#reviveAfter(bot, slot, life);
        return;
      } catch (error) {
        const status = await bot.ended;
        if (slot.life !== life) return;
        this.ownExits.push(status);
        if (start >= MOST_STARTS) throw error;
        await delay(START_AGAIN_AFTER_MS);
      }
    }
  }

  async #reviveAfter(bot: BotProcess, slot: Slot, life: symbol): Promise<void> {
    const status = await bot.ended;
    if (slot.life !== life) return;
    this.ownExits.push(status);
    this.#begin(slot, async () => {});
  }

  #slot(index: number): Slot {
    const slot = this.#slots[index];
    if (slot === undefined) throw new RangeError(`There is no bot ${index}`);
    return slot;
  }
}

/** Waits again when a bot dies meanwhile. */
async function readyNow(slot: Slot): Promise<void> {
  let ready: Promise<void> | undefined;
  while (ready !== slot.ready) {
    ready = slot.ready;
    await ready;
  }
}

/**
 * Keeps the bots running, as an operator's supervisor does: who is killed is started again when told
 * to, who ends by itself is started again at once.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { startBotProcess, type BotProcess } from '../bot-process.ts';

const START_AGAIN_AFTER_MS = 300;
/** A bot that never comes up is not for a supervisor to mend. */
const MOST_STARTS = 8;

export interface SupervisorOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Where the bots run. */
  readonly folder: string;
  readonly bots: number;
  readonly onLine: (line: string) => void;
}

interface Slot {
  bot: BotProcess | undefined;
  /** Resolves when the bot of this place takes commands: the one that runs, or the next. */
  ready: Promise<void>;
  /** Changes when the bot is killed or told to leave: its end is then none of its own. */
  life: symbol;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[];
  /** Each time a bot has ended though nobody killed it, with its exit status. */
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

  /** @throws Error when one does not come up */
  async startAll(): Promise<void> {
    // One after the other: the first makes the tables.
    for (const slot of this.#slots) {
      this.#begin(slot, async () => {});
      await slot.ready;
    }
  }

  /**
   * SIGKILL: nothing is ended, nothing is said. It is started again at once.
   *
   * @returns when it is dead
   */
  async kill(index: number): Promise<void> {
    const slot = this.#slot(index);
    const dying = slot.bot?.stop('SIGKILL');
    this.#begin(slot, async () => void (await dying));
    await dying;
  }

  /** Resolves when every bot takes commands. @throws Error when one does not come up */
  async allReady(): Promise<void> {
    await Promise.all(this.#slots.map(readyNow));
  }

  /** Resolves when any bot takes commands. @throws AggregateError when none comes up */
  async anyReady(): Promise<void> {
    await Promise.any(this.#slots.map(readyNow));
  }

  /** Sends the signal to all, and gives their exit statuses. */
  async stopAll(signal: NodeJS.Signals = 'SIGTERM'): Promise<(number | null)[]> {
    return Promise.all(
      this.#slots.map(async (slot) => {
        slot.life = Symbol('leaving');
        return (await slot.bot?.stop(signal)) ?? null;
      }),
    );
  }

  /** Of the bot that runs in this place now. */
  pid(index: number): number | undefined {
    return this.#slot(index).bot?.pid;
  }

  #begin(slot: Slot, after: () => Promise<void>): void {
    const life = Symbol('life');
    slot.life = life;
    slot.ready = after().then(async () => this.#live(slot, life));
    // Whoever waits for it hears of a failure; nobody else is to fall over it.
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

/** Whoever dies while this waits is waited for anew. */
async function readyNow(slot: Slot): Promise<void> {
  let ready: Promise<void> | undefined;
  while (ready !== slot.ready) {
    ready = slot.ready;
    await ready;
  }
}

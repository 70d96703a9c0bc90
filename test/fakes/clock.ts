/**
 * Time that a test owns. It moves only when it is told to, and stops at each timer on the way, in
 * order of time, until everything that the timer set off has come to rest: promises, and real work
 * on databases and files.
 */
import { HOUR, type Clock } from '#src/clock.ts';

/**
 * So many turns of the event loop without anything new count as rest: many where work goes on that
 * the clock cannot see, since each query on SQLite takes one. Turns are half of what a long time costs.
 */
const QUIET_TURNS = { unseen: 200, seen: 25 } as const;
/** Timers fired without time moving: beyond this, something spins. */
const MOST_AT_ONE_INSTANT = 10_000;
const START_MS = Date.parse('2026-11-21T12:00:00Z');

export interface FakeClockOptions {
  startMs?: number;
  /**
   * Whether work is under way, or was since it was last asked, that the clock cannot see by itself:
   * all there is of it, such as queries and calls over a socket.
   */
  isBusy?: () => boolean;
}

export interface FakeClock extends Clock {
  /** How many sleepers there are: 0 when nothing was left running. */
  readonly sleeping: number;
  /** Waits until nothing goes on any more without time moving. */
  settle(): Promise<void>;
  /** Moves time on by `ms`, stopping at each timer on the way. */
  advance(ms: number): Promise<void>;
  /**
   * Moves from timer to timer until the condition holds.
   *
   * @throws Error when it does not within `withinMs` (an hour), or when nothing sleeps any more
   */
  advanceUntil(
    isDone: () => boolean | Promise<boolean>,
    options?: { withinMs?: number },
  ): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly wake: () => void;
}

export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  return new SteppingClock(options);
}

class SteppingClock implements FakeClock {
  #nowMs: number;
  readonly #isBusy: () => boolean;
  readonly #quietTurns: number;
  readonly #timers = new Set<Timer>();
  /** Counts whatever happens: while it grows, something is going on. */
  #activity = 0;

  constructor({ startMs = START_MS, isBusy }: FakeClockOptions) {
    this.#nowMs = startMs;
    this.#isBusy = isBusy ?? (() => false);
    this.#quietTurns = isBusy === undefined ? QUIET_TURNS.unseen : QUIET_TURNS.seen;
  }

  get sleeping(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    this.#activity += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer: Timer = { atMs: this.#nowMs + Math.max(ms, 0), wake };
    this.#timers.add(timer);
    signal?.addEventListener('abort', wake, { once: true });
    await promise;
    signal?.removeEventListener('abort', wake);
    this.#timers.delete(timer);
    this.#activity += 1;
  }

  async settle(): Promise<void> {
    let fired = 0;
    do {
      await this.#rest();
      fired += 1;
      if (fired > MOST_AT_ONE_INSTANT) throw new Error('Something spins: time stands still for it');
    } while (this.#fireNext(this.#nowMs));
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.settle();
    while (this.#fireNext(untilMs)) await this.settle();
    this.#nowMs = untilMs;
  }

  async advanceUntil(
    isDone: () => boolean | Promise<boolean>,
    { withinMs = HOUR }: { withinMs?: number } = {},
  ): Promise<void> {
    const untilMs = this.#nowMs + withinMs;
    await this.settle();
    while (!(await isDone())) {
      if (this.sleeping === 0) throw new Error('Nothing sleeps any more: it will never be so');
      if (!this.#fireNext(untilMs)) throw new Error(`It is not so after ${withinMs} ms`);
      await this.settle();
    }
  }

  async #rest(): Promise<void> {
    for (let quietTurns = 0; quietTurns < this.#quietTurns; quietTurns += 1) {
      const before = this.#activity;
      await turnOfEventLoop();
      if (this.#activity !== before || this.#isBusy() || isDiskBusy()) quietTurns = -1;
    }
  }

  /** Wakes one sleeper, the longest due; moves time to when it was. */
  #fireNext(untilMs: number): boolean {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
    const [first, ...others] = due;
    if (first === undefined) return false;
    const next = others.reduce((best, timer) => (timer.atMs < best.atMs ? timer : best), first);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    this.#timers.delete(next);
    this.#activity += 1;
    next.wake();
    return true;
  }
}

async function turnOfEventLoop(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function isDiskBusy(): boolean {
  return process
    .getActiveResourcesInfo()
    .some((name) => name.startsWith('FSReq') || name === 'CloseReq');
}

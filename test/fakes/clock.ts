/**
 * Time that a test controls. It moves only on request, and stops at each timer on the way, in order
 * of time, until everything that the timer started has settled: promises, and real work on
 * databases and files.
 */
import { HOUR, type Clock } from '#src/clock.ts';

/**
 * So many turns of the event loop without activity count as settled: many where there is work that the
 * clock cannot see, since each query on SQLite takes one. Turns are half of the cost of a long time.
 */
const QUIET_TURNS = { unseen: 200, seen: 25 } as const;
/** Timers fired without time moving: more than this is a busy loop. */
const MOST_AT_ONE_INSTANT = 10_000;
const START_MS = Date.parse('2026-11-21T12:00:00Z');

export interface FakeClockOptions {
  startMs?: number;
  /**
   * Whether there is, or was since the last call, work that the clock cannot see by itself, such as
   * queries and calls over a socket.
   */
  isBusy?: () => boolean;
}

export interface FakeClock extends Clock {
  /** How many sleepers there are: 0 when nothing was left running. */
  readonly sleeping: number;
  /** Waits until nothing more happens without time moving. */
  settle(): Promise<void>;
  /** Moves time forward by `ms`, stopping at each timer on the way. */
  advance(ms: number): Promise<void>;
  /**
   * Moves from timer to timer until the condition is true.
   *
   * @throws Error when it is not within `withinMs` (an hour), or when nothing sleeps any more
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
  /** Counts all activity: while it grows, work is going on. */
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

  /** Wakes the sleeper that has been due longest, and moves time to its due time. */
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

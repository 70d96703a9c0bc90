/**
 * The order in which callers use the one connection to SQLite: first come, first served, and for a
 * few milliseconds per turn of the event loop. `node:sqlite` answers synchronously, so a chain of
 * queries without such a limit would hold back the acknowledgements that Discord gives 3 seconds for;
 * with one query per turn, a busy bot would wait for thousands of turns.
 */
import { setImmediate } from 'node:timers/promises';

/** The longest that queries occupy the event loop before it turns. */
const TURN_BUDGET_MS = 5;

export class ConnectionQueue {
  readonly #onTurnEnd: () => void;
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;
  #turnStartedAtMs: number | undefined;

  /**
   * @param onTurnEnd runs at the end of each turn of the event loop, or once a connection held at that
   *   time is released. The connection is free when it runs.
   */
  constructor(onTurnEnd: () => void) {
    this.#onTurnEnd = onTurnEnd;
  }

  /** Resolves when the connection belongs to the caller, who then has to call `release`. */
  async acquire(): Promise<void> {
    if (this.#isHeld) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#isHeld = true;
    if (this.#isBudgetSpent()) await this.#pause();
    return undefined;
  }

  release(): void {
    const hasTurned = this.#turnStartedAtMs === undefined;
    if (hasTurned) this.#onTurnEnd();
    const next = this.#waiting.shift();
    if (next === undefined) this.#isHeld = false;
    else void this.#letIn(next);
  }

  async #letIn(next: () => void): Promise<void> {
    if (this.#isBudgetSpent()) await this.#pause();
    next();
  }

  async #pause(): Promise<void> {
    this.#onTurnEnd();
    await setImmediate();
    // Otherwise the first release would find no turn, and end it after a single caller.
    this.#turnStartedAtMs ??= this.#startTurn(performance.now());
  }

  #isBudgetSpent(): boolean {
    const nowMs = performance.now();
    this.#turnStartedAtMs ??= this.#startTurn(nowMs);
    return nowMs - this.#turnStartedAtMs >= TURN_BUDGET_MS;
  }

  #startTurn(nowMs: number): number {
    void setImmediate().then(() => {
      this.#turnStartedAtMs = undefined;
      if (!this.#isHeld) this.#onTurnEnd();
    });
    return nowMs;
  }
}

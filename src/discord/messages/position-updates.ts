/**
 * Chooses the waiting jobs whose message gets its new queue position next. Each start moves every job
 * behind it, and each edit costs the event loop some milliseconds: without a limit, the edits for a
 * queue of thousands would slow down the videos it waits for. The jobs nearest to their start come first.
 */
import { SECOND, type Clock } from '../../clock.ts';

const UPDATES_PER_SECOND = 20;
const MS_PER_UPDATE = SECOND / UPDATES_PER_SECOND;
/** After a pause, this many updates go out together. */
const BURST = UPDATES_PER_SECOND;

export class PositionUpdates {
  readonly #clock: Pick<Clock, 'now'>;
  /** Waiting jobs whose message shows another position. */
  #moved = new Set<string>();
  #positions: ReadonlyMap<string, number> = new Map();
  #paidUntilMs = 0;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  isFor(positions: ReadonlyMap<string, number>): boolean {
    return this.#positions === positions;
  }

  positionOf(jobId: string): number | undefined {
    return this.#positions.get(jobId);
  }

  /** @param shown the positions that the messages show now */
  set(positions: ReadonlyMap<string, number>, shown: ReadonlyMap<string, number>): void {
    this.#positions = positions;
    const ids = [...positions.keys(), ...shown.keys()];
    this.#moved = new Set(ids.filter((id) => shown.get(id) !== positions.get(id)));
  }

  /** Returns the jobs to update now, nearest to their start first; those that no longer wait lead. */
  due(): string[] {
    const nowMs = this.#clock.now();
    // Unless the clock was set back, the last updates are paid off after a second.
    const paidUntilMs = this.#paidUntilMs > nowMs + SECOND ? 0 : this.#paidUntilMs;
    const allowed = Math.min(BURST, Math.floor((nowMs - paidUntilMs) / MS_PER_UPDATE));
    return [...this.#moved]
      .toSorted((one, other) => (this.positionOf(one) ?? 0) - (this.positionOf(other) ?? 0))
      .slice(0, Math.max(0, allowed));
  }

  /** Notes that a message is being drawn, for whatever reason. */
  drawn(jobId: string): void {
    if (!this.#moved.delete(jobId)) return;
    const nowMs = this.#clock.now();
    const fromMs = Math.min(Math.max(this.#paidUntilMs, nowMs - SECOND), nowMs + SECOND);
    this.#paidUntilMs = fromMs + MS_PER_UPDATE;
  }
}

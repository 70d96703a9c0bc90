/**
 * The times at which a track's samples are shown, gathered run by run. All in ticks of the track's
 * time scale, as numbers: an amount over 2^53 is inexact, and refused as too long anyway.
 */

/** Samples of one duration and one offset, one after the other. */
export interface SampleRun {
  readonly count: number;
  /** How long each is shown. */
  readonly delta: number;
  /** How much later than decoded each is shown. May be negative. */
  readonly offset: number;
}

export class TimeSpan {
  samples = 0;
  /** All durations together: how long the samples last when each follows the one before. */
  ticks = 0;
  /** Decoding time behind the last sample. */
  nextTick = 0;
  /** When the first is decoded: later than 0 where fragments start late. */
  startTick = 0;
  /** When the first is shown; Infinity while there is none. */
  firstTick = Number.POSITIVE_INFINITY;
  /** When the last one's time is over. */
  endTick = 0;

  add({ count, delta, offset }: SampleRun): void {
    if (count === 0) return;
    if (this.samples === 0) this.startTick = this.nextTick;
    this.firstTick = Math.min(this.firstTick, this.nextTick + offset);
    this.samples += count;
    this.ticks += count * delta;
    this.nextTick += count * delta;
    this.endTick = Math.max(this.endTick, this.nextTick + offset);
  }

  /** Samples to come are decoded from there on, however long those before were. */
  jumpTo(tick: number): void {
    this.nextTick = tick;
  }
}

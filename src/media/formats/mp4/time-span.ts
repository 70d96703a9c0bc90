/**
 * Accumulates the times of a track's samples, run by run, in ticks of the track's time scale. Values above
 * 2^53 are inexact, but are refused as too long anyway.
 */

/** Consecutive samples with the same duration and offset. */
export interface SampleRun {
  readonly count: number;
  /** Duration of each sample. */
  readonly delta: number;
  /** Presentation time minus decoding time; may be negative. */
  readonly offset: number;
}

export class TimeSpan {
  samples = 0;
  /** Sum of all durations. */
  ticks = 0;
  /** Decoding time after the last sample. */
  nextTick = 0;
  /** Decoding time of the first sample; above 0 if fragments start late. */
  startTick = 0;
  /** Presentation time of the first sample; Infinity without samples. */
  firstTick = Number.POSITIVE_INFINITY;
  /** End of presentation of the last sample. */
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

  /** Sets the decoding time of the next sample, regardless of the previous durations. */
  jumpTo(tick: number): void {
    this.nextTick = tick;
  }
}

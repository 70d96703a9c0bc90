/** Waits for conditions that announce no change: journals, the bot’s log, its database. */
import { setTimeout as delay } from 'node:timers/promises';

/** So that a kill follows its event within milliseconds. */
const LOOK_EVERY_MS = 2;

export class NeverMet extends Error {
  override readonly name = 'NeverMet';
}

export interface Watching {
  readonly withinMs: number;
  readonly everyMs?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** @throws NeverMet after `withinMs`, or when aborted */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs, everyMs = LOOK_EVERY_MS, signal }: Watching,
): Promise<void> {
  const givenUpAtMs = Date.now() + withinMs;
  while (!(await isSo())) {
    if (signal?.aborted === true) throw new NeverMet('not before the end');
    if (Date.now() > givenUpAtMs) throw new NeverMet(`not within ${withinMs} ms`);
    await delay(everyMs);
  }
}

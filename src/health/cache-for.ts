/** Caches an answer, shares a pending query between callers, and limits how long each caller waits. */
import type { Clock } from '../clock.ts';

export interface CacheOptions<Answer> {
  readonly ask: () => Promise<Answer>;
  /** Maximum age of a cached answer. */
  readonly keepMs: number;
  /** How long a caller waits. The query continues after that and is not started twice. */
  readonly withinMs: number;
  readonly clock: Clock;
}

/** @returns a function that returns the answer. It throws what `ask` throws, or an Error after `withinMs`. */
export function cacheFor<Answer>(options: CacheOptions<Answer>): () => Promise<Answer> {
  const { ask, keepMs, withinMs, clock } = options;
  let underWay: Promise<Answer> | undefined;
  let last: { readonly answer: Answer; readonly atMs: number } | undefined;

  async function askNow(): Promise<Answer> {
    try {
      const answer = await ask();
      last = { answer, atMs: clock.now() };
      return answer;
    } finally {
      underWay = undefined;
    }
  }

  return async () => {
    if (last !== undefined && clock.now() - last.atMs < keepMs) return last.answer;
    underWay ??= askNow();
    const answered = new AbortController();
    const timeUp = clock.sleep(withinMs, answered.signal).then((): never => {
      throw new Error(`There was no answer within ${withinMs} ms`);
    });
    try {
      return await Promise.race([underWay, timeUp]);
    } finally {
      answered.abort();
    }
  };
}

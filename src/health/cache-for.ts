/** One question for all who ask at about the same time, and no waiting without end for its answer. */
import type { Clock } from '../clock.ts';

export interface CacheOptions<Answer> {
  readonly ask: () => Promise<Answer>;
  /** How old an answer may be when it is given again. */
  readonly keepMs: number;
  /** How long one who asks waits at most. The question goes on, and is not asked twice meanwhile. */
  readonly withinMs: number;
  readonly clock: Clock;
}

/** @returns what gives the answer. It throws what `ask` throws, or an Error when the answer is not there in time. */
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

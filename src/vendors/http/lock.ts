/** Gives a turn: resolves, in order of asking, to the function that ends it. Ending twice does nothing. */
export type AcquireLock = (signal?: AbortSignal) => Promise<() => void>;

/**
 * Turns for something that only one may do at a time, first come, first served. Whoever took a turn
 * must end it.
 */
export function createLock(): AcquireLock {
  let previous: Promise<void> = Promise.resolve();
  return async (signal) => {
    const before = previous;
    const { promise: ended, resolve: releaseLock } = Promise.withResolvers<void>();
    previous = ended;
    try {
      await unlessAborted(before, signal);
    } catch (error) {
      // The place in the line is given up, not jumped: those behind still wait for those before.
      void before.then(releaseLock);
      throw error;
    }
    return releaseLock;
  };
}

async function unlessAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return wait;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([wait, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waiting for something to become true, by being told of changes; nothing sleeps or polls. */
import type { Store } from './store.ts';

export interface WaitOptions {
  /** Milliseconds until the wait is given up with an error; 20 000 when omitted. */
  readonly timeoutMs?: number | undefined;
}

/** Long enough for a slow machine, shorter than a test's own limit. */
const DEFAULT_TIMEOUT_MS = 60_000;

interface Waiting extends WaitOptions {
  /** What was seen instead, for the error. */
  readonly describe: () => string;
  /** Whether a change about this id is worth looking; every change is when omitted. */
  readonly concerns?: ((topic: string) => boolean) | undefined;
}

export class NeverHappened extends Error {
  override readonly name = 'NeverHappened';
}

/**
 * The first defined value that `probe` gives, now or after any change.
 * Rejects with `NeverHappened` after the time-out, or when the sandbox closes; `describe` says what
 * there was instead.
 */
export function waitFor<T>(
  { store, closing }: { store: Store; closing: AbortSignal },
  probe: () => T | undefined,
  { timeoutMs = DEFAULT_TIMEOUT_MS, describe, concerns }: Waiting,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const look = (): void => {
    try {
      const found = probe();
      if (found !== undefined) resolve(found);
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const fail = (why: string) => (): void => reject(new NeverHappened(`${why}: ${describe()}`));
  const onClose = fail('The sandbox was closed while waiting');
  const timer = setTimeout(fail(`Nothing of the kind within ${timeoutMs} ms`), timeoutMs);
  const stopListening = store.onChange((topics) => {
    if (concerns === undefined || topics.some(concerns)) look();
  });
  closing.addEventListener('abort', onClose, { once: true });
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    stopListening();
    closing.removeEventListener('abort', onClose);
  });
}

/** Waits for a condition by listening to changes; nothing sleeps or polls. */
import type { Store } from './store.ts';

export interface WaitOptions {
  /** Milliseconds after which the wait fails; 20 000 when omitted. */
  readonly timeoutMs?: number | undefined;
}

/** Long enough for a slow machine, shorter than a test’s own limit. */
const DEFAULT_TIMEOUT_MS = 60_000;

interface Waiting extends WaitOptions {
  /** The last state, for the error. */
  readonly describe: () => string;
  /** Whether a change of this id is relevant; every change is when omitted. */
  readonly concerns?: ((topic: string) => boolean) | undefined;
}

export class NeverHappened extends Error {
  override readonly name = 'NeverHappened';
}

/**
 * Resolves with the first defined value of `probe`, now or after any change.
 * Rejects with `NeverHappened` after the time-out, or when the sandbox closes; `describe` supplies
 * the last state.
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
  const timer = setTimeout(fail(`No such change within ${timeoutMs} ms`), timeoutMs);
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

/** Shows every payload sent to the bot, before injected faults change it. */
import type { Json } from './store.ts';

/** @param name of the event, or method and template of the responding route */
export type PayloadListener = (name: string, payload: Json) => void;

export class PayloadWatch {
  readonly #listeners = new Set<PayloadListener>();

  /** @returns ends it */
  listen(listener: PayloadListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  saw(name: string, payload: Json): void {
    for (const listener of this.#listeners) listener(name, payload);
  }
}

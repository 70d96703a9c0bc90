/** The mutations that change nothing, as `docs/mutation-testing.md` lists them with a reason each. */
import type { Mutation } from './mutations.ts';

const ENTRY = /^- `(src\/[^`]+)`: `` (.+?) `` → (?:`` (.*?) ``|nothing): (.+)$/gm;

export class Equivalents {
  readonly #known: ReadonlySet<string>;

  /** @param page the text of `docs/mutation-testing.md` */
  constructor(page: string) {
    this.#known = new Set(
      [...page.matchAll(ENTRY)].map(([, file = '', before = '', after = '']) =>
        keyOf({ file, before, after }),
      ),
    );
  }

  get size(): number {
    return this.#known.size;
  }

  has(mutation: Mutation): boolean {
    return this.#known.has(keyOf(mutation));
  }
}

function keyOf({ file, before, after }: Pick<Mutation, 'file' | 'before' | 'after'>): string {
  return JSON.stringify([file, before, after]);
}

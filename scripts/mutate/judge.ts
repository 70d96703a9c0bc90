/** Runs the tests against a mutation until one fails. */
import type { Mutation } from './mutations.ts';
import type { Session, TestOutcome } from './session.ts';
import type { Batch, TestChoice } from './test-choice.ts';
import type { Tree } from './tree.ts';

export type Verdict =
  | { readonly kind: 'killed' | 'hung'; readonly by: string }
  | { readonly kind: 'survived'; readonly passed: readonly string[] }
  /** It does not compile where the file is imported. */
  | { readonly kind: 'refused'; readonly by: string }
  /** Tests fail or hang even without the mutation. */
  | { readonly kind: 'undecided'; readonly by: string };

export class Judge {
  readonly #tree: Tree;
  readonly #session: Session;
  readonly #choice: TestChoice;
  /** Whether tests pass without a mutation, by their names. */
  readonly #sound = new Map<string, boolean>();

  constructor(tree: Tree, session: Session, choice: TestChoice) {
    this.#tree = tree;
    this.#session = session;
    this.#choice = choice;
  }

  async judge(mutation: Mutation): Promise<Verdict> {
    const { file } = mutation;
    const passed: string[] = [];
    for (const batch of this.#choice.batchesFor(file)) {
      const outcome = await this.#mutated(mutation, async () => this.#run(file, batch));
      if (outcome.kind !== 'passed') {
        const by = outcome.by ?? batch.tests.join(' ');
        const named = batch.tests.filter((test) => by.includes(test));
        const tests = named.length === 0 ? batch.tests : named;
        if (!(await this.#isSound(file, { ...batch, tests }))) return { kind: 'undecided', by };
        return { kind: outcome.kind === 'hung' ? 'hung' : 'killed', by };
      }
      passed.push(...batch.tests);
    }
    const compiled = await this.#mutated(mutation, async () => this.#tree.run('tsc', []));
    if (compiled.code !== 0) return { kind: 'refused', by: 'tsc' };
    return { kind: 'survived', passed };
  }

  async #mutated<T>({ file, mutated }: Mutation, run: () => Promise<T>): Promise<T> {
    const original = await this.#tree.read(file);
    await this.#tree.write(file, mutated);
    try {
      return await run();
    } finally {
      await this.#tree.write(file, original);
    }
  }

  async #isSound(file: string, batch: Batch): Promise<boolean> {
    const key = batch.tests.join(' ');
    const known = this.#sound.get(key);
    if (known !== undefined) return known;
    const { kind } = await this.#run(file, batch);
    this.#sound.set(key, kind === 'passed');
    return kind === 'passed';
  }

  async #run(file: string, { tests, limitMs }: Batch): Promise<TestOutcome> {
    return this.#session.run(file, tests, limitMs);
  }
}

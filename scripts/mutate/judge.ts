/** Runs the tests against a mutation until one fails. */
import type { Mutation } from './mutations.ts';
import type { Batch, TestChoice } from './test-choice.ts';
import type { Outcome, Tree } from './tree.ts';

export type Verdict =
  | { readonly kind: 'killed' | 'hung'; readonly by: string }
  | { readonly kind: 'survived'; readonly passed: readonly string[] }
  /** It does not compile where the file is imported. */
  | { readonly kind: 'refused'; readonly by: string }
  /** Tests fail or hang without the mutation too. */
  | { readonly kind: 'undecided'; readonly by: string };

const TEST_LIMIT_MS = 60_000;

export class Judge {
  readonly #tree: Tree;
  readonly #choice: TestChoice;
  /** Whether tests pass without a mutation, by their names. */
  readonly #sound = new Map<string, boolean>();

  constructor(tree: Tree, choice: TestChoice) {
    this.#tree = tree;
    this.#choice = choice;
  }

  async judge(mutation: Mutation): Promise<Verdict> {
    const passed: string[] = [];
    for (const batch of this.#choice.batchesFor(mutation.file)) {
      const outcome = await this.#mutated(mutation, async () => this.#run(batch));
      if (outcome.code !== 0) {
        const by = failedTest(outcome) ?? batch.tests.join(' ');
        const named = batch.tests.filter((test) => by.includes(test));
        const tests = named.length === 0 ? batch.tests : named;
        if (!(await this.#isSound({ ...batch, tests }))) return { kind: 'undecided', by };
        return { kind: outcome.code === undefined ? 'hung' : 'killed', by };
      }
      passed.push(...batch.tests);
    }
    const compiled = await this.#mutated(mutation, async () => this.#tree.run('tsc', []));
    if (compiled.code !== 0) return { kind: 'refused', by: 'tsc' };
    return { kind: 'survived', passed };
  }

  async #mutated({ file, mutated }: Mutation, run: () => Promise<Outcome>): Promise<Outcome> {
    const original = await this.#tree.read(file);
    await this.#tree.write(file, mutated);
    try {
      return await run();
    } finally {
      await this.#tree.write(file, original);
    }
  }

  async #isSound(batch: Batch): Promise<boolean> {
    const key = batch.tests.join(' ');
    const known = this.#sound.get(key);
    if (known !== undefined) return known;
    const { code } = await this.#run(batch);
    this.#sound.set(key, code === 0);
    return code === 0;
  }

  async #run({ tests, limitMs }: Batch): Promise<Outcome> {
    const limits = [`--testTimeout=${TEST_LIMIT_MS}`, `--hookTimeout=${TEST_LIMIT_MS}`];
    const projects = ['--project=unit', '--project=scenarios on sqlite'];
    return this.#tree.run(
      'vitest',
      [
        'run',
        ...tests,
        ...projects,
        ...limits,
        '--bail=1',
        '--maxWorkers=1',
        '--silent',
        '--no-color',
      ],
      limitMs,
    );
  }
}

/** The first that vitest reports, as it names it. */
function failedTest({ output }: Outcome): string | undefined {
  return /^ FAIL +(.+)$/m.exec(output)?.[1];
}

/** Keeps one test runner per tree alive between runs, and starts another after one that hung. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { systemClock } from '../../src/clock.ts';
import type { TestReply, TestRequest } from './test-runner.ts';
import { endAll, type Tree } from './tree.ts';

export interface TestOutcome {
  readonly kind: 'passed' | 'failed' | 'hung';
  /** The test that failed, if any. */
  readonly by?: string | undefined;
}

export class Session implements Disposable {
  readonly #tree: Tree;
  #runner: ChildProcess | undefined;
  #lastChanged: string | undefined;

  constructor(tree: Tree) {
    this.#tree = tree;
    process.once('exit', () => this.#end());
  }

  /** @param changed the file that differs from the original, or did until now, below the root */
  async run(changed: string, tests: readonly string[], limitMs: number): Promise<TestOutcome> {
    const runner = (this.#runner ??= this.#start());
    const ended = new AbortController();
    const { signal } = ended;
    const reply = once(runner, 'message', { signal }).then(([answer]): TestOutcome => {
      const { failed: by }: TestReply = answer;
      return by === undefined ? { kind: 'passed' } : { kind: 'failed', by };
    });
    const exit = once(runner, 'exit', { signal }).then(() => ({ kind: 'failed' as const }));
    const late = systemClock.sleep(limitMs, signal).then(() => ({ kind: 'hung' as const }));
    const files = new Set([changed, this.#lastChanged ?? changed]);
    const request: TestRequest = {
      changed: [...files].map((file) => join(this.#tree.path, file)),
      tests,
    };
    this.#lastChanged = changed;
    runner.send(request);
    try {
      const outcome = await Promise.race([reply, exit, late]);
      // A runner that hangs or has exited does not respond any more.
      if (outcome.kind === 'hung' || runner.exitCode !== null) this.#end();
      return outcome;
    } finally {
      for (const waiting of [reply, exit, late]) waiting.catch(() => undefined);
      ended.abort();
    }
  }

  #start(): ChildProcess {
    const { path } = this.#tree;
    return fork(join(path, 'scripts/mutate/test-runner.ts'), {
      cwd: path,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  #end(): void {
    endAll(this.#runner?.pid);
    this.#runner = undefined;
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}

/** A copy of the working tree, in which files are mutated and tests run. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../../src/clock.ts';

export interface Outcome {
  /** `undefined`: it did not end in time, and was killed. */
  readonly code: number | undefined;
  readonly output: string;
}

export class Tree implements AsyncDisposable {
  readonly path: string;
  /** Files below the root, without those that git ignores. */
  readonly files: readonly string[];

  private constructor(path: string, files: readonly string[]) {
    this.path = path;
    this.files = files;
  }

  static async copyOf(root: string): Promise<Tree> {
    const path = await realpath(await mkdtemp(join(tmpdir(), 'mutate-')));
    // An interrupted process disposes of nothing.
    process.once('exit', () => rmSync(path, { recursive: true, force: true }));
    const listed = await run(
      root,
      ['git', 'ls-files', '-co', '--exclude-standard', '--deduplicate'],
      {},
    );
    if (listed.code !== 0) throw new Error(`git lists no files: ${listed.output}`);
    const files = listed.output.split('\n').filter((file) => file !== '');
    for (const file of files) await cp(join(root, file), join(path, file));
    await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
    return new Tree(path, files);
  }

  async read(file: string): Promise<string> {
    return readFile(join(this.path, file), 'utf8');
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.path, file), text);
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.path, file));
  }

  /** Runs a tool of `node_modules/.bin`. */
  async run(tool: string, words: readonly string[], limitMs?: number): Promise<Outcome> {
    return run(this.path, [join(this.path, 'node_modules/.bin', tool), ...words], { limitMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Kills the command with all processes it started when they take too long. */
async function run(
  cwd: string,
  [command = '', ...words]: readonly string[],
  { limitMs }: { limitMs?: number | undefined },
): Promise<Outcome> {
  const child = spawn(command, words, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const end = (): void => endAll(child.pid);
  process.once('exit', end);
  const ended = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  const late =
    limitMs === undefined
      ? promise
      : Promise.race([promise, systemClock.sleep(limitMs, ended.signal).then(() => undefined)]);
  try {
    const code = await late;
    if (code === undefined) {
      end();
      await promise;
    }
    return { code, output };
  } finally {
    ended.abort();
    process.off('exit', end);
  }
}

export function endAll(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

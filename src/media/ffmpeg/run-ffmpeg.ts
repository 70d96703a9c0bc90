/** One run of ffmpeg: an argument array, no shell, no keyboard, none of our environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';

import { endWithProcess } from './end-with-process.ts';

/**
 * Where programs lie on Unix machines. The process's own PATH is not asked: only the settings read
 * the environment, and ffmpeg, which reads files from outside, is given none of our keys.
 */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/snap/bin';
const MAX_STDOUT_BYTES = 256 * 1024;
const MAX_STDERR_BYTES = 4096;
const MAX_COMPLAINT_LENGTH = 160;

export type FfmpegFailure = 'missing' | 'timeout' | 'failed';

/** ffmpeg gave no usable result. */
export class FfmpegError extends Error {
  readonly kind = 'ffmpeg';
  override readonly name = 'FfmpegError';
  readonly failure: FfmpegFailure;

  constructor(failure: FfmpegFailure, detail: string, options: ErrorOptions = {}) {
    super(`ffmpeg: ${failure}: ${detail}`, options);
    this.failure = failure;
  }
}

/**
 * Runs ffmpeg to its end. Returns only when the process is gone, also when it was killed.
 *
 * @returns the first part of what it wrote to its output
 * @throws the signal's reason when that aborts, after killing it; FfmpegError
 */
export async function runFfmpeg(
  ffmpegPath: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  using guard = endWithProcess();
  const child = spawn(ffmpegPath, ['-hide_banner', '-nostdin', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: SEARCH_PATH },
  });
  guard.guard(child);
  const stdout = collect(child.stdout, (text, chunk) => (text + chunk).slice(0, MAX_STDOUT_BYTES));
  const stderr = collect(child.stderr, (text, chunk) => (text + chunk).slice(-MAX_STDERR_BYTES));
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const end = await endOf(child);
    signal.throwIfAborted();
    if (end !== 0) throw new FfmpegError('failed', `ended with ${end}, ${complaint(stderr())}`);
    return stdout();
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** The exit code, or the name of the signal that ended it. */
async function endOf(child: ChildProcess): Promise<number | string> {
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  child.once('error', (error) =>
    reject(new FfmpegError('missing', 'it cannot be started', { cause: error })),
  );
  child.once('close', (code, signalName) => resolve(code ?? signalName ?? 'nothing'));
  yieldToOthers(child);
  return promise;
}

/** The bot must still answer Discord within seconds while a video is encoded. */
function yieldToOthers({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us: it works without.
  }
}

/** Keeps of a stream what `keep` keeps, and reads all of it, so that the writer never waits. */
function collect(stream: Readable, keep: (text: string, chunk: string) => string): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = keep(text, chunk);
  });
  return () => text;
}

/** Its last line, cut, without names of files. */
function complaint(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return last.replace(/(?:file:)?\/[^\s'"]+/g, '…').slice(0, MAX_COMPLAINT_LENGTH);
}

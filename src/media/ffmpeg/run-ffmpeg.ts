/** Runs ffmpeg with an argument array, without a shell, standard input or our environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';

import { endWithProcess } from './end-with-process.ts';

/**
 * The usual program folders on Unix. The process's own PATH is not used: only the configuration reads the
 * environment, and ffmpeg, which reads untrusted files, must not get our keys.
 */
const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/snap/bin';
const MAX_STDOUT_BYTES = 256 * 1024;
const MAX_STDERR_BYTES = 4096;
const MAX_COMPLAINT_LENGTH = 160;

export type FfmpegFailure = 'missing' | 'timeout' | 'failed';

/** ffmpeg produced no usable result. */
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
 * Runs ffmpeg and returns only when the process has ended, even if it was killed.
 *
 * @returns the start of its standard output
 * @throws the signal's reason when that aborts, after killing ffmpeg; FfmpegError
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

/** Resolves to the exit code, or the name of the signal that ended the process. */
async function endOf(child: ChildProcess): Promise<number | string> {
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  child.once('error', (error) =>
    reject(new FfmpegError('missing', 'it cannot be started', { cause: error })),
  );
  child.once('close', (code, signalName) => resolve(code ?? signalName ?? 'nothing'));
  yieldToOthers(child);
  return promise;
}

/** Lowers the priority, because the bot must answer Discord within seconds while a video is encoded. */
function yieldToOthers({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The process has ended or the system forbids it; a lower priority is optional.
  }
}

/** Reads the whole stream, so that the writer never blocks, and collects what `keep` returns. */
function collect(stream: Readable, keep: (text: string, chunk: string) => string): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = keep(text, chunk);
  });
  return () => text;
}

/** Returns the last line of the error output, shortened and without file names. */
function complaint(stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return last.replace(/(?:file:)?\/[^\s'"]+/g, '…').slice(0, MAX_COMPLAINT_LENGTH);
}

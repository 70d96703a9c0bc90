/** Programs that replace ffmpeg and do what a test needs. */
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { mp4File, type Mp4Settings } from '../../../fakes/videos.ts';

export interface FakeFfmpeg {
  /** The value for `ffmpegPath`. */
  readonly path: string;
  /** The arguments of its calls, one line per call. */
  calls(): Promise<string[]>;
  /** The process ids of its calls, in order. */
  pids(): Promise<number[]>;
}

/**
 * A shell script that records its call and then runs `body`, in which `$out` is the output file and
 * `$folder` the folder with its own files.
 */
export async function fakeFfmpeg(folder: string, body: string): Promise<FakeFfmpeg> {
  const path = join(folder, 'fake-ffmpeg');
  const script = [
    '#!/bin/sh',
    `folder='${folder}'`,
    'for out in "$@"; do :; done',
    'out="${out#file:}"',
    'echo "$*" >> "$folder/calls"',
    'echo "$$" >> "$folder/pids"',
    body,
  ];
  // Written in one step: a script that is still open for writing cannot be started.
  await writeFile(`${path}.new`, `${script.join('\n')}\n`);
  await chmod(`${path}.new`, 0o755);
  await rename(`${path}.new`, path);
  return {
    path,
    calls: async () => linesOf(join(folder, 'calls')),
    pids: async () => (await linesOf(join(folder, 'pids'))).map(Number),
  };
}

/** A video that the script can output, as `$folder/<name>`. */
export async function putVideo(folder: string, name: string, settings: Mp4Settings): Promise<void> {
  await writeFile(join(folder, name), mp4File(settings));
}

async function linesOf(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  return (await readFile(path, 'utf8')).trim().split('\n');
}

/** Whether the process exists, even as a zombie. */
export function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const PATIENCE_MS = 30_000;

/** Waits until another process has done its part. @throws Error when it does not */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const givenUpAtMs = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > givenUpAtMs) throw new Error(`It did not come about in ${PATIENCE_MS} ms`);
    await delay(5);
  }
}

/** The measured bots, each a separate process: `build-participants.ts` builds their files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import packageFile from '../package.json' with { type: 'json' };

const SCRIPTS = {
  shipped: '../dist-bench/src/main.js',
  bare: '../dist-bench/bench/bare-bot.js',
  naive: '../dist-bench/bench/naive-bot.js',
} as const;

/** As in `npm start` and the Dockerfile. */
const SHIPPED_FLAGS = packageFile.scripts.start.split(' ').filter((word) => word.startsWith('--'));

export type ParticipantName = keyof typeof SCRIPTS;

/** The output of each when it is connected and has registered its commands. */
export const READY_LINE = '"msg":"ready"';

const KIBIBYTE = 1024;
const MEBIBYTE = KIBIBYTE * KIBIBYTE;
const MS_PER_TICK = 10;
/** Enough of its output to see why it ended. */
const KEPT_CHARACTERS = 4_000;

export interface Participant extends AsyncDisposable {
  /** From the start of the process until it reports ready. */
  readonly readyAfterMs: number;
  /** Current resident memory. */
  memoryMebibytes(): Promise<number>;
  /** Processor time of all its threads so far, user and system. */
  cpuMs(): Promise<number>;
  /** Peak resident memory so far. */
  peakMebibytes(): Promise<number>;
}

/**
 * Resolves when it accepts commands.
 *
 * @param folder its working directory, without any `.env` of the reader
 * @throws Error with its output when it ends before it is ready
 */
export async function startParticipant(
  name: ParticipantName,
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Participant> {
  const { PATH = '', BENCH_NODE_OPTIONS = '' } = process.env;
  const startedAtMs = performance.now();
  const script = fileURLToPath(new URL(SCRIPTS[name], import.meta.url));
  const flags = name === 'shipped' ? SHIPPED_FLAGS : [];
  const child = spawn(process.execPath, [...flags, script], {
    cwd: folder,
    env: { PATH, NODE_OPTIONS: BENCH_NODE_OPTIONS, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  await saysReady(child, name);
  const readyAfterMs = performance.now() - startedAtMs;
  return {
    readyAfterMs,
    cpuMs: async () => cpuOf(child.pid),
    memoryMebibytes: async () => memoryOf(child.pid, 'VmRSS'),
    peakMebibytes: async () => memoryOf(child.pid, 'VmHWM'),
    async [Symbol.asyncDispose]() {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      child.kill('SIGTERM');
      if (!hasEnded) await once(child, 'exit');
      process.off('exit', killWithUs);
    },
  };
}

/** Keeps reading its output, so that it never blocks on it. */
async function saysReady(child: ChildProcess, name: ParticipantName): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let written = '';
  let isReady = false;
  const hear = (chunk: Buffer): void => {
    if (isReady) return;
    written = (written + chunk.toString('utf8')).slice(-KEPT_CHARACTERS);
    isReady = written.includes(READY_LINE);
    if (isReady) resolve();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.once('exit', () => reject(new Error(`${name} ended before it was ready:\n${written}`)));
  await promise;
}

/** Linux provides it in /proc; elsewhere there is no figure. */
async function memoryOf(pid: number | undefined, figure: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8').catch(() => '');
  const line = status.split('\n').find((one) => one.startsWith(figure)) ?? '';
  const kibibytes = Number(/(\d+) kB/.exec(line)?.[1] ?? Number.NaN);
  return (kibibytes * KIBIBYTE) / MEBIBYTE;
}

/** Milliseconds; the kernel counts in hundredths of a second. */
async function cpuOf(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid ?? 'self'}/stat`, 'utf8').catch(() => '');
  // After the name in brackets, which may contain spaces: user time is the 12th field, system time the 13th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? Number.NaN) + Number(fields[12] ?? Number.NaN)) * MS_PER_TICK;
}

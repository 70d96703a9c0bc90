/** The bot as a separate process, as an operator would start it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The bot’s log line when it is connected and its commands are registered. */
const READY_LINE = '"msg":"ready"';

export interface BotProcess {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** All output so far. */
  output(): string;
  /**
   * Resolves when it accepts commands.
   *
   * @throws Error with its output when it ends before
   */
  ready(): Promise<void>;
  /** Sends the signal and resolves with the exit status, or null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<number | null>;
}

export interface BotProcessOptions {
  /** Called with each line of output. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** The path of its `main`; the checkout’s own unless given. */
  readonly main?: string | undefined;
}

/** @param folder its working directory, without any `.env` of the reader */
export function startBotProcess(
  environment: Readonly<Record<string, string>>,
  folder: string,
  { onLine, main = MAIN }: BotProcessOptions = {},
): BotProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env: { PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  const output = (): string => Buffer.concat(chunks).toString('utf8');
  const { promise: isReady, resolve: becameReady } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    createInterface(stream).on('line', (line) => {
      if (line.includes(READY_LINE)) becameReady();
      onLine?.(line);
    });
  }
  // A dying parent must not leave a bot behind that looks for its Discord for ever.
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const ended = exitOf(child).finally(() => process.off('exit', killed));
  return {
    pid: child.pid,
    output,
    async ready() {
      const endedFirst = ended.then(() => {
        throw new Error(`the bot ended before it was ready:\n${output()}`);
      });
      await Promise.race([isReady, endedFirst]);
    },
    ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  // Not `exit`: the last output may still be on its way then.
  await once(child, 'close');
  return child.exitCode;
}

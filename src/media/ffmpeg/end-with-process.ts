/**
 * Ends a child process with this one, however this one ends. The `exit` event covers handled signals,
 * `process.exit` and uncaught errors. For SIGKILL, which Node cannot see, a shell waits on a pipe that
 * only this process holds open and kills the child when the pipe closes.
 */
import { spawn, type ChildProcess } from 'node:child_process';

const SHELL = '/bin/sh';
/** Reads the child's pid. Then another line ends the wait without a kill; end of file kills the child. */
const WAIT_THEN_KILL = 'read -r pid && { read -r line || kill -9 "$pid"; }';

export interface Guard extends Disposable {
  /** Must be called directly after the child was started. */
  guard(child: ChildProcess): void;
}

/**
 * Create the guard before starting the child, so that hardly any time passes between. Dispose of it when
 * the child has ended, because its pid may then be reused.
 */
export function endWithProcess(): Guard {
  const watcher = process.platform === 'win32' ? undefined : startWatcher();
  let kill: (() => void) | undefined;
  return {
    guard(child) {
      // The child did not start.
      if (child.pid === undefined) return;
      watcher?.stdin?.write(`${child.pid}\n`);
      kill = () => void child.kill('SIGKILL');
      process.once('exit', kill);
    },
    [Symbol.dispose]() {
      if (kill !== undefined) process.off('exit', kill);
      watcher?.stdin?.end('\n');
    },
  };
}

/** Starts the shell in a process group of its own, so that Ctrl+C in a terminal does not end it. */
function startWatcher(): ChildProcess {
  const watcher = spawn(SHELL, ['-c', WAIT_THEN_KILL], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    detached: true,
  });
  // Without a shell only the `exit` event remains; writes to its pipe then fail and are ignored.
  watcher.on('error', () => {});
  watcher.stdin?.on('error', () => {});
  watcher.unref();
  return watcher;
}

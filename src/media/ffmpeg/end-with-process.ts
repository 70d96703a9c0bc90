/**
 * Ends a child process with this one, however this one ends. `exit` covers what Node sees: signals that
 * are handled, `process.exit`, uncaught errors. A SIGKILL it does not see, so a shell waits beside the
 * child on a pipe that only this process holds: when it closes, whatever closed it, the child is killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';

const SHELL = '/bin/sh';
/** After the number of the child, a line ends the wait without a kill; the end of the pipe kills. */
const WAIT_THEN_KILL = 'read -r pid && { read -r line || kill -9 "$pid"; }';

export interface Guard extends Disposable {
  /** Call at once when the child has been started. */
  guard(child: ChildProcess): void;
}

/**
 * To be made before the child is started, so that hardly an instruction lies between, and disposed of when
 * it has ended: its number may be another process's then.
 */
export function endWithProcess(): Guard {
  const watcher = process.platform === 'win32' ? undefined : startWatcher();
  let kill: (() => void) | undefined;
  return {
    guard(child) {
      // It never started.
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

/** In a group of its own, so that Ctrl+C in a terminal does not end it before its time. */
function startWatcher(): ChildProcess {
  const watcher = spawn(SHELL, ['-c', WAIT_THEN_KILL], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    detached: true,
  });
  // Without a shell, only `exit` is left; without a watcher, nobody reads the pipe.
  watcher.on('error', () => {});
  watcher.stdin?.on('error', () => {});
  watcher.unref();
  return watcher;
}

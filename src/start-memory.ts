/**
 * Gives back the memory that only the start needed: what was left over from loading the modules, and
 * the room that V8 made for it. V8 does so by itself only under a pressure that an idle bot never makes.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of `gc` (V8, `gc-extension.cc`): as before running out of memory, so that pages are returned too. */
const THOROUGHLY = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const;

/**
 * A collection takes about 2 ms for each MiB that is in use. A bot of so many servers that its heap is
 * larger than this puts V8 under pressure by itself, and must not keep anybody waiting.
 */
const MAX_HEAP_BYTES = 200 * 1024 * 1024;

/** Stops everything for about 0.1 s: to be called once, when the bot is ready. */
export function releaseStartMemory(): void {
  if (process.memoryUsage().heapUsed > MAX_HEAP_BYTES) return;
  // A context takes the flag when it is made: the bot's own code gets no `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [THOROUGHLY]);
}

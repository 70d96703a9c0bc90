/**
 * Gives back the memory that only the start needed: what was left over from loading some 700 modules, and
 * the room that V8 made for it. V8 does so by itself only under a pressure that an idle bot never makes.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of `gc` (V8, `gc-extension.cc`): as before running out of memory, so that pages are returned too. */
const THOROUGHLY = { type: 'major', execution: 'sync', flavor: 'last-resort' } as const;

/** Stops everything for a few tenths of a second: to be called once, before anybody is heard. */
export function releaseStartMemory(): void {
  // A context takes the flag when it is made: the bot's own code gets no `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [THOROUGHLY]);
}

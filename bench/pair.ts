/** A bot and its sandbox: each participant has its own, with the same settings. */
import type { Participant, ParticipantName } from './participants.ts';
import type { Request } from './sandbox-protocol.ts';
import { startSandbox, type Sandbox } from './sandbox.ts';

export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600 * SECOND_MS;
/** How long a job may be overdue before it counts as never done. */
export const PATIENCE_MS = 60 * SECOND_MS;

export interface Pair extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly bot: Participant;
}

/** @param renderMs the vendor’s render time */
export async function startPair(name: ParticipantName, renderMs = HOUR_MS): Promise<Pair> {
  const sandbox = await startSandbox(name, renderMs);
  try {
    const bot = await sandbox.startBot();
    return {
      sandbox,
      bot,
      async [Symbol.asyncDispose]() {
        await bot[Symbol.asyncDispose]();
        await sandbox[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await sandbox[Symbol.asyncDispose]();
    throw error;
  }
}

/** What never arrived is Infinity, so that percentiles include it. */
export async function milliseconds(sandbox: Sandbox, request: Request): Promise<number[]> {
  const { milliseconds: answered = [] } = await sandbox.ask(request);
  return answered.map((ms) => ms ?? Number.POSITIVE_INFINITY);
}

/** A sandbox process and its bot. */
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { startParticipant, type Participant, type ParticipantName } from './participants.ts';
import { answerSchema, type Answer, type Request } from './sandbox-protocol.ts';

const SCRIPT = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url));
/** So that no limit is reached: a third of the setting’s maximum, in credits. */
const PLENTY = '300000000';
export const RICH = {
  DEFAULT_GUILD_CREDITS: PLENTY,
  MAX_GUILD_CREDITS_PER_MONTH: PLENTY,
  OPERATOR_CREDITS_PER_MONTH: PLENTY,
};

export interface Sandbox extends AsyncDisposable {
  /** Executes one command in the sandbox; see `sandbox-protocol.ts`. */
  ask(request: Request): Promise<Answer>;
  startBot(): Promise<Participant>;
}

/** @param renderMs the vendor’s render time */
export async function startSandbox(name: ParticipantName, renderMs: number): Promise<Sandbox> {
  const child = fork(SCRIPT, [String(renderMs)], { stdio: 'inherit' });
  const messages = on(child, 'message');
  const next = async (): Promise<Answer> => {
    const { value } = await messages.next();
    return answerSchema.parse(Array.isArray(value) ? value[0] : undefined);
  };
  const { environment, folder } = await next();
  return {
    async ask(request) {
      child.send(request);
      return next();
    },
    startBot: async () => startParticipant(name, { ...environment, ...RICH }, folder ?? '.'),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

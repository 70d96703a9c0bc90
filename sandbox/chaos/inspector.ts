/**
 * Asks Node's own inspector to collect garbage in another process: what is in the heap then is what
 * is really held. The program in that process knows nothing of it.
 */
import { once } from 'node:events';

import { WebSocket } from 'ws';
import { z } from 'zod';

/** What Node says on stderr when it was started with `--inspect`. */
const LISTENING = /^Debugger listening on (ws:\S+)/;

/** Node's options for a process that can be inspected, on a port of its own choice. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

const answerSchema = z.looseObject({ id: z.int().optional() });

export function inspectorUrl(line: string): string | undefined {
  return LISTENING.exec(line)?.[1];
}

export interface Inspector {
  collectGarbage(): Promise<void>;
  close(): void;
}

/** @param url as Node has said it */
export async function openInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, () => void>();
  socket.on('message', (data: Buffer) => {
    const { id } = answerSchema.parse(JSON.parse(data.toString('utf8')));
    if (id !== undefined) waiting.get(id)?.();
  });
  let asked = 0;
  return {
    async collectGarbage() {
      asked += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(asked, resolve);
      socket.send(JSON.stringify({ id: asked, method: 'HeapProfiler.collectGarbage' }));
      await promise;
      waiting.delete(asked);
    },
    close: () => socket.close(),
  };
}

/**
 * Asks Node’s own inspector to collect garbage in another process: the heap then contains only what
 * is really in use. The program in that process knows nothing of it.
 */
import { once } from 'node:events';

import { WebSocket } from 'ws';
import { z } from 'zod';

/** Node’s line on stderr when it was started with `--inspect`. */
const LISTENING = /^Debugger listening on (ws:\S+)/;

/** Node’s options for an inspectable process, on any free port. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

const answerSchema = z.looseObject({ id: z.int().optional() });

export function inspectorUrl(line: string): string | undefined {
  return LISTENING.exec(line)?.[1];
}

export interface Inspector {
  collectGarbage(): Promise<void>;
  close(): void;
}

/** @param url as printed by Node */
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

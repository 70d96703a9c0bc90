import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createLogger, type Logger } from '#src/logger.ts';

export interface OddServer {
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server on loopback that each test scripts. */
export async function startMisbehavingServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OddServer> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** A logger at its most verbose level, and everything it wrote. */
export function recordingLogger(): { logger: Logger; written: () => string } {
  const lines: string[] = [];
  const logger = createLogger('trace', { write: (line) => lines.push(line) });
  return { logger, written: () => lines.join('') };
}

/** A host that serves an endless picture. */
import { createServer } from 'node:http';

import { z } from 'zod';

export interface EndlessHost extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly name: string;
}

/** Serves an endless PNG; reports how many bytes were sent. */
export async function endlessHost(onBytes: (bytes: number) => void): Promise<EndlessHost> {
  const chunk = Buffer.alloc(256 * 1024);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    const send = (): void => {
      while (!response.destroyed) {
        onBytes(chunk.length);
        if (!response.write(chunk)) return void response.once('drain', send);
      }
    };
    send();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    name: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { afterEach, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import { createAzerionVendor } from '#src/vendors/official/official.ts';

import { recordingLogger, startMisbehavingServer, type OddServer } from '../misbehaving-server.ts';

const servers: OddServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close()));
});

/** Returns `queued` at first and accepts the delete; the test chooses the status after it. */
async function vendorSaying(after: { status: number; body: unknown }) {
  const asked: string[] = [];
  const server = await startMisbehavingServer((request, response) => {
    let bytes = 0;
    request.on('data', (piece: Buffer) => (bytes += piece.byteLength));
    request.on('end', () => {
      const isSecondLook = request.method === 'GET' && asked.length > 0;
      asked.push(`${request.method} ${request.url} with ${bytes} bytes`);
      const queued = { id: 'cgt-1', status: 'queued' };
      response.writeHead(isSecondLook ? after.status : 200);
      response.end(JSON.stringify(isSecondLook ? after.body : queued));
    });
  });
  servers.push(server);
  const { logger } = recordingLogger();
  const vendor = createAzerionVendor({
    name: 'azerion',
    apiKey: 'key',
    baseUrl: `${server.url}/v1`,
    wireModels: {},
    logger,
    clock: systemClock,
  });
  return { vendor, asked };
}

test.each([
  [{ status: 200, body: { id: 'cgt-1', status: 'cancelled' } }, 'cancelled'],
  [{ status: 404, body: { error: { message: 'gone', code: 'NotFound' } } }, 'cancelled'],
  // Its response is not documented: a success that changes nothing does not count.
  [{ status: 200, body: { id: 'cgt-1', status: 'queued' } }, 'too-late'],
  [{ status: 200, body: { id: 'cgt-1', status: 'running' } }, 'too-late'],
])('the outcome of a delete is checked with a status call: %j is %s', async (after, outcome) => {
  const { vendor, asked } = await vendorSaying(after);

  expect(await vendor.cancel?.({ taskId: 'cgt-1' })).toBe(outcome);
  expect(asked).toEqual([
    'GET /v1/contents/generations/tasks/cgt-1 with 0 bytes',
    'POST /v1/contents/generations/tasks/cgt-1 with 0 bytes',
    'GET /v1/contents/generations/tasks/cgt-1 with 0 bytes',
  ]);
});

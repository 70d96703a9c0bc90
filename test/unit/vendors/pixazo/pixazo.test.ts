import { afterEach, describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import { systemClock } from '#src/clock.ts';
import { createPixazoVendor } from '#src/vendors/pixazo/pixazo.ts';
import { createRequest } from '#src/vendors/pixazo/request.ts';
import type { Submission } from '#src/vendors/vendor.ts';

import { recordingLogger, startMisbehavingServer, type OddServer } from '../misbehaving-server.ts';

const REQUEST: VideoRequest = {
  model: '1.0-lite-t2v',
  prompt: 'a crab',
  resolution: '720p',
  ratio: '16:9',
  length: { unit: 'seconds', seconds: 5 },
  seed: 7,
  isCameraFixed: false,
  hasWatermark: false,
  inputs: [],
};
const RULES = { vendor: 'pixazo', wireModel: 'seedance-1-0-lite-t2v-250428' };

function submission(request: Partial<VideoRequest> = {}): Submission {
  return {
    request: { ...REQUEST, ...request },
    inputs: [],
    safetyIdentifier: 'member',
    expiresAfterSeconds: 170_001,
  };
}

describe('the prompt text', () => {
  test('the prompt ends in the checked options, each as a flag', async () => {
    expect(await createRequest(submission(), RULES)).toEqual({
      path: '/byteplus/v1/generateVideoTask',
      json: {
        model: 'seedance-1-0-lite-t2v-250428',
        text: 'a crab --resolution 720p --ratio 16:9 --duration 5 --seed 7 --camerafixed false --watermark false',
      },
    });
  });

  test('a fractional length is counted in frames', async () => {
    const { json } = await createRequest(
      submission({ length: { unit: 'frames', frames: 57 } }),
      RULES,
    );

    expect(JSON.stringify(json)).toContain('--frames 57');
    expect(JSON.stringify(json)).not.toContain('--duration');
  });

  test.each([
    'a crab --duration 12',
    'a crab --rs 1080p',
    'a crab----seed 1',
    'a crab -\u200B-duration 12',
    'a crab －－duration 12',
  ])('the prompt never contains a member’s own flag: %s', async (prompt) => {
    await expect(createRequest(submission({ prompt }), RULES)).rejects.toMatchObject({
      kind: 'rejected',
      code: 'FLAG_IN_PROMPT',
      isDefinite: true,
    });
  });

  test('the prompt may contain dashes that are not flags', async () => {
    const prompt = 'slow -- then fast – a crab - 5 --2';

    await expect(createRequest(submission({ prompt }), RULES)).resolves.toBeDefined();
  });
});

describe('a refused create', () => {
  const servers: OddServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(async (server) => server.close()));
  });

  const DENIED = { error: 'Access denied for this operation' };
  const NO_ROUTE = { error: 'Endpoint not found' };

  test.each([
    // "The subscription does not have access to this API": the same key may still have other models.
    ['2.0-mini', 403, DENIED, { kind: 'model-unavailable', isDefinite: true }],
    ['2.0-mini', 404, NO_ROUTE, { kind: 'model-unavailable', isDefinite: true }],
    [
      '2.0-mini',
      401,
      { error: 'Invalid or missing authentication' },
      { kind: 'auth', isDefinite: true },
    ],
    [
      '2.0-mini',
      402,
      { error: 'Insufficient Balance' },
      { kind: 'out-of-funds', isDefinite: true },
    ],
    ['2.0-mini', 400, { error: 'Invalid parameters' }, { kind: 'rejected', isDefinite: true }],
    ['2.0-mini', 500, DENIED, { kind: 'unavailable', isDefinite: false }],
    // A gateway’s page, possibly in front of a vendor that accepted the task.
    ['2.0-mini', 404, '<html>', { kind: 'bad-response', isDefinite: false }],
    ['2.0-mini', 403, '<html>', { kind: 'unavailable', isDefinite: false }],
    ['1.0-lite-t2v', 403, DENIED, { kind: 'auth', isDefinite: true }],
    ['1.0-lite-t2v', 404, NO_ROUTE, { kind: 'not-found', isDefinite: true }],
  ] as const)('a create for %s refused with %i %j is %j', async (model, status, body, expected) => {
    const server = await startMisbehavingServer((request, response) => {
      request.resume();
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    servers.push(server);
    const { logger } = recordingLogger();
    const vendor = createPixazoVendor({
      name: 'pixazo',
      apiKey: 'key',
      baseUrl: server.url,
      wireModels: { '1.0-lite-t2v': RULES.wireModel, '2.0-mini': 'seedance-2-0-mini' },
      logger,
      clock: systemClock,
    });
    const request =
      model === '2.0-mini' ? { model, isCameraFixed: undefined, hasAudio: true } : { model };

    await expect(vendor.start(submission(request))).rejects.toMatchObject({
      ...expected,
      status,
      vendor: 'pixazo',
      operation: 'create',
    });
  });
});

describe('the polling URL', () => {
  const servers: OddServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(async (server) => server.close()));
  });

  async function vendorAnswering(answer: (own: string) => unknown, basePath = '') {
    const asked: string[] = [];
    const server = await startMisbehavingServer((request, response) => {
      request.resume();
      asked.push(`${request.method} ${request.url}`);
      response.end(JSON.stringify(answer(server.url)));
    });
    servers.push(server);
    const { logger, written } = recordingLogger();
    const vendor = createPixazoVendor({
      name: 'pixazo',
      apiKey: 'key-must-not-leak',
      baseUrl: server.url + basePath,
      wireModels: { '1.0-lite-t2v': RULES.wireModel },
      logger,
      clock: systemClock,
    });
    return { vendor, asked, written };
  }

  test('a polling URL elsewhere is refused with an unknown outcome, and no other host is called', async () => {
    const elsewhere = await vendorAnswering(() => ({}));
    const [other] = servers;
    const { vendor } = await vendorAnswering(() => ({
      request_id: 'r-1',
      status: 'QUEUED',
      polling_url: `${other?.url}/v2/requests/status/r-1`,
    }));

    await expect(vendor.start(submission())).rejects.toMatchObject({
      kind: 'bad-response',
      isDefinite: false,
    });
    expect(elsewhere.asked).toEqual([]);
  });

  test('a stored path that looks like another host stays with the vendor', async () => {
    const { vendor, asked } = await vendorAnswering(() => ({ status: 'QUEUED' }));

    await vendor.check({ taskId: '//evil.example/v2/requests/status/1' });

    expect(asked).toEqual(['GET //evil.example/v2/requests/status/1']);
  });

  test('a polling URL is used unchanged, wherever the base URL ends', async () => {
    const { vendor, asked } = await vendorAnswering(
      (own) => ({ request_id: 'r-1', status: 'QUEUED', polling_url: `${own}/v2/status/r-1?a=b` }),
      '/relay',
    );

    const handle = await vendor.start(submission());
    await vendor.check(handle);

    expect(asked).toEqual(['POST /relay/byteplus/v1/generateVideoTask', 'GET /v2/status/r-1?a=b']);
  });

  test('a redirect is not followed', async () => {
    const server = await startMisbehavingServer((request, response) => {
      request.resume();
      response.writeHead(302, { location: 'https://evil.example/' }).end();
    });
    servers.push(server);
    const { logger } = recordingLogger();
    const options = { apiKey: 'key', baseUrl: server.url, wireModels: {}, logger };
    const vendor = createPixazoVendor({ ...options, name: 'pixazo', clock: systemClock });

    await expect(vendor.check({ taskId: '/v2/requests/status/1' })).rejects.toMatchObject({
      kind: 'bad-response',
    });
  });
});

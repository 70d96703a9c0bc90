import { inspect } from 'node:util';

import { afterEach, expect } from 'vitest';
import { z } from 'zod';

import { systemClock } from '#src/clock.ts';
import { VendorError } from '#src/errors.ts';
import { mapErrors } from '#src/vendors/error-mapping.ts';
import { createVendorHttp, type VendorRequest } from '#src/vendors/http/http.ts';

import { recordingLogger, startMisbehavingServer } from '../misbehaving-server.ts';

export const KEY = 'sk-0123456789-secret';
export const PROMPT = 'a confidential crab';
const TIMEOUTS = { connectMs: 500, createMs: 400, otherMs: 400, silenceMs: 200 };

export const servers: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export async function server(
  ...handlers: Parameters<typeof startMisbehavingServer>
): Promise<string> {
  const started = await startMisbehavingServer(...handlers);
  servers.push(started);
  return started.url;
}

export function httpAt(baseUrl: string, maxAnswerBytes = 1_000, timeouts = TIMEOUTS) {
  const { logger, written } = recordingLogger();
  const http = createVendorHttp({
    vendor: 'byteplus',
    baseUrl,
    headers: { authorization: `Bearer ${KEY}` },
    mapError: mapErrors(),
    logger,
    clock: systemClock,
    timeouts,
    maxAnswerBytes,
  });
  return { http, written };
}

const schema = z.object({ id: z.string() });
export const CREATE: VendorRequest<{ id: string }> = {
  operation: 'create',
  method: 'POST',
  path: '/tasks',
  json: { prompt: PROMPT },
  schema,
};

export async function failureOf(promise: Promise<unknown>): Promise<VendorError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VendorError)) throw new Error(`not a VendorError: ${inspect(error)}`);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(KEY);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(PROMPT);
  return error;
}

/** The dialects' error mappings, and the envelopes of their refusals. */
import type { VendorErrorKind } from '#src/errors.ts';
import { mapErrors } from '#src/vendors/error-mapping.ts';
import type { VendorOperation } from '#src/vendors/http/http.ts';

export const plain = mapErrors();
export const pixazo = mapErrors({ taskNotFound: /^endpoint not found\.?$/i });
export const aimlapi = mapErrors({ kinds: { 403: 'out-of-funds' } });

export function kindAt(
  map: typeof plain,
  status: number,
  body: unknown,
  operation: VendorOperation = 'create',
): VendorErrorKind {
  return map({ operation, status, body }).kind;
}

/** The envelopes of the dialects, each with a message and a status. */
const ENVELOPES: ReadonlyArray<readonly [name: string, body: (message: string) => unknown]> = [
  [
    'the official dialect',
    (message) => ({ error: { code: '', message, param: '', type: 'BadRequest' } }),
  ],
  [
    'Azerion',
    (message) => ({
      error: { message, type: 'invalid_request_error', code: null, param: null, status_code: 400 },
    }),
  ],
  ['kyyAiPower and PowerTokens', (message) => ({ error: { message, type: 'new_api_error' } })],
  ['one-api tasks', (message) => ({ code: 'invalid_request', message, data: null })],
  ['Pixazo', (message) => ({ error: message })],
  ['Pixazo’s gateway', (message) => ({ statusCode: 400, message })],
  [
    'AI/ML API',
    (message) => ({
      message,
      path: '/v2/generate/video/bytedance/generation',
      requestId: 'a1b2',
      statusCode: 400,
      timestamp: '2026-11-28T10:00:00.000Z',
    }),
  ],
];

export const inEveryEnvelope = ENVELOPES.map(([name, body]) => ({ name, body }));

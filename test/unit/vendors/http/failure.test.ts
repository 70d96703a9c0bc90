import { expect, test } from 'vitest';

import { describeFailure, retryAfterMs } from '#src/vendors/http/failure.ts';

const AFTER_SENDING = { isBodyIncomplete: false, isDeadline: false, isAborted: false };

function errorWithCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

test.each([
  ['ECONNREFUSED', 'unavailable', true],
  ['ENOTFOUND', 'unavailable', true],
  ['EAI_AGAIN', 'unavailable', true],
  ['EHOSTUNREACH', 'unavailable', true],
  ['ENETUNREACH', 'unavailable', true],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', true],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout', false],
  ['UND_ERR_BODY_TIMEOUT', 'timeout', false],
  ['ETIMEDOUT', 'timeout', false],
  ['ECONNRESET', 'unavailable', false],
  ['EPIPE', 'unavailable', false],
  ['UND_ERR_SOCKET', 'unavailable', false],
  ['NEVER_SEEN', 'unavailable', false],
])('%s is %s; certainly not done: %s', (code, kind, isDefinite) => {
  expect(describeFailure(errorWithCode(code), AFTER_SENDING)).toMatchObject({
    code,
    kind,
    isDefinite,
  });
});

test.each(['read', 'write', 'writev'])(
  'a connection lost in a %s may have carried the whole request',
  (syscall) => {
    const lost = Object.assign(errorWithCode('EHOSTUNREACH'), { syscall });

    expect(describeFailure(lost, AFTER_SENDING).isDefinite).toBe(false);
  },
);

test('a request whose body was not fully sent has not arrived, such as after a failed TLS handshake', () => {
  const context = { ...AFTER_SENDING, isBodyIncomplete: true };

  expect(describeFailure(errorWithCode('CERT_HAS_EXPIRED'), context).isDefinite).toBe(true);
});

test('Retry-After may be a date', () => {
  const nowMs = Date.UTC(2026, 10, 21, 3, 0, 0);

  expect(retryAfterMs('Sat, 21 Nov 2026 03:00:20 GMT', nowMs)).toBe(20_000);
  expect(retryAfterMs('Sat, 21 Nov 2026 02:00:00 GMT', nowMs)).toBe(0);
  expect(retryAfterMs(undefined, nowMs)).toBeUndefined();
});

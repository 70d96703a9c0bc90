import { expect, test } from 'vitest';

import { relayFailure } from '#src/vendors/relay-errors.ts';

test('A failure without a reason is the vendor’s', () => {
  expect(relayFailure(undefined)).toEqual({
    status: 'failed',
    kind: 'unavailable',
    code: 'unknown',
  });
});

test.each([
  [{ code: 'InvalidParameter', message: 'no' }, 'rejected', 'InvalidParameter'],
  [{ code: undefined, message: 'upstream: InvalidParameter' }, 'rejected', 'InvalidParameter'],
  [{ code: 'Error', message: 'InternalServiceError' }, 'unavailable', 'InternalServiceError'],
  [{ code: 'Error', message: 'no' }, 'unavailable', 'Error'],
])('A failure for %j was %s', (reason, kind, code) => {
  expect(relayFailure(reason)).toEqual({ status: 'failed', kind, code });
});

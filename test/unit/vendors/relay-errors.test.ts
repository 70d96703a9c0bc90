import { expect, test } from 'vitest';

import { relayFailure } from '#src/vendors/relay-errors.ts';

test('a failure without a reason counts as the vendor’s', () => {
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
])('a failure for %j was %s', (reason, kind, code) => {
  expect(relayFailure(reason)).toEqual({ status: 'failed', kind, code });
});

test.each([
  ['content moderation failed: sexual content', 'unknown'],
  ['内容违规', 'unknown'],
  ['The output video was flagged by our safety system', 'unknown'],
])('a failure for "%s" was moderation', (message, code) => {
  expect(relayFailure({ code: undefined, message })).toEqual({
    status: 'failed',
    kind: 'moderated',
    code,
  });
});

test('an undocumented code is classified by its message', () => {
  expect(relayFailure({ code: 'CONTENT_POLICY_VIOLATION', message: 'no' })).toEqual({
    status: 'failed',
    kind: 'moderated',
    code: 'CONTENT_POLICY_VIOLATION',
  });
});

test('a documented code takes precedence over the message', () => {
  const reason = { code: 'InternalServiceError', message: 'content policy service failed' };

  expect(relayFailure(reason)).toMatchObject({ kind: 'unavailable' });
});

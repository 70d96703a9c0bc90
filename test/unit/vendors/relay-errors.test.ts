import { describe, expect, test } from 'vitest';

import { relayErrors, relayFailure } from '#src/vendors/relay-errors.ts';

const map = relayErrors();

describe('an error answer of a relay', () => {
  test.each([
    ['Azerion', { error: { message: 'no', type: 'x', code: 'AccessDenied', status_code: 403 } }],
    ['a sentence', { error: 'AccessDenied: no' }],
    ['AI/ML API', { message: 'AccessDenied: no', path: '/', statusCode: 403 }],
  ])('is read in the envelope of %s', (_, body) => {
    expect(map({ status: 403, body })).toEqual({
      kind: 'auth',
      code: 'AccessDenied',
      isDefinite: true,
    });
  });

  test.each([
    [400, 'rejected', true],
    [401, 'auth', true],
    [402, 'out-of-funds', true],
    [404, 'not-found', true],
    [408, 'unavailable', false],
    [422, 'rejected', true],
    [429, 'rate-limited', true],
    [500, 'unavailable', false],
  ])('without a code, %i is %s; definite: %s', (status, kind, isDefinite) => {
    expect(map({ status, body: { error: 'no' } })).toMatchObject({ kind, isDefinite });
  });

  test('A status can mean something else at a vendor', () => {
    expect(relayErrors({ 403: 'out-of-funds' })({ status: 403, body: { message: 'x' } })).toEqual({
      kind: 'out-of-funds',
      code: undefined,
      isDefinite: true,
    });
  });

  test.each([
    ['the input text may contain sensitive information.', 'InputTextSensitiveContentDetected'],
    [
      'the input image may contain real person.',
      'InputImageSensitiveContentDetected.PrivacyInformation',
    ],
    [
      'the output audio may violate platform rules.',
      'OutputAudioSensitiveContentDetected.PolicyViolation',
    ],
    [
      'upstream: InputVideoSensitiveContentDetected.PolicyViolation',
      'InputVideoSensitiveContentDetected.PolicyViolation',
    ],
  ])('"%s" is ByteDance’s %s', (message, code) => {
    expect(map({ status: 400, body: { error: message } })).toEqual({
      kind: 'moderated',
      code,
      isDefinite: true,
    });
  });

  test('An overdue balance is told, whatever the status', () => {
    const message = 'The request failed because your account has an overdue balance.';

    expect(map({ status: 400, body: { message } })).toMatchObject({ kind: 'out-of-funds' });
  });

  test('Behind a 5xx only a code of its own proves that nothing was made', () => {
    const coded = { error: { code: 'InternalServiceError', message: 'no' } };
    const worded = { error: 'upstream answered InternalServiceError' };

    expect(map({ status: 500, body: coded })).toMatchObject({ isDefinite: true });
    expect(map({ status: 500, body: worded })).toMatchObject({ isDefinite: false });
  });

  test('A 404 page of a gateway does not say that the task is gone', () => {
    expect(map({ status: 404, body: undefined })).toMatchObject({ kind: 'bad-response' });
  });

  test.each([[null], [7], ['<html>'], [[]], [{ error: [] }], [{ error: { code: {} } }]])(
    'The body %j says nothing beside its status',
    (body) => {
      expect(map({ status: 429, body })).toEqual({
        kind: 'rate-limited',
        code: undefined,
        isDefinite: true,
      });
    },
  );
});

test('A failure that says nothing is the vendor’s', () => {
  expect(relayFailure(undefined)).toEqual({
    status: 'failed',
    kind: 'unavailable',
    code: 'unknown',
  });
});

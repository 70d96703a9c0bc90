import { describe, expect, test } from 'vitest';

import type { VendorErrorKind } from '#src/errors.ts';
import { ERROR_RULES, mapOfficialError, taskFailureKind } from '#src/vendors/error-policy.ts';

/** Every code of BytePlus ModelArk's and Volcengine Ark's error tables, with its documented status. */
const DOCUMENTED: ReadonlyArray<readonly [status: number, code: string, kind: VendorErrorKind]> = [
  [400, 'MissingParameter', 'rejected'],
  [400, 'MissingParameter.content', 'rejected'],
  [400, 'InvalidParameter', 'rejected'],
  [400, 'InvalidParameter.duration', 'rejected'],
  [400, 'InvalidParameter.TaskTypeConstraint', 'rejected'],
  ...['Text', 'Image', 'Video', 'Audio'].flatMap(
    (medium) =>
      [
        [400, `Input${medium}SensitiveContentDetected`, 'moderated'],
        [400, `Input${medium}SensitiveContentDetected.PolicyViolation`, 'moderated'],
        [400, `Output${medium}SensitiveContentDetected`, 'moderated'],
      ] as const,
  ),
  [400, 'InputImageSensitiveContentDetected.PrivacyInformation', 'moderated'],
  [400, 'InputVideoSensitiveContentDetected.PrivacyInformation', 'moderated'],
  [400, 'SensitiveContentDetected', 'moderated'],
  [400, 'SensitiveContentDetected.SevereViolation', 'moderated'],
  [400, 'SensitiveContentDetected.Violence', 'moderated'],
  [400, 'InputTextRiskDetection', 'moderated'],
  [400, 'InputImageRiskDetection', 'moderated'],
  [400, 'OutputTextRiskDetection', 'moderated'],
  [400, 'OutputImageRiskDetection', 'moderated'],
  [400, 'ContentSecurityDetectionError', 'moderated'],
  [400, 'InvalidImageURL.EmptyURL', 'rejected'],
  [400, 'InvalidImageURL.InvalidFormat', 'rejected'],
  [400, 'InvalidEndpoint.ClosedEndpoint', 'auth'],
  [401, 'AuthenticationError', 'auth'],
  [401, 'InvalidAccountStatus', 'out-of-funds'],
  [403, 'AccountOverdueError', 'out-of-funds'],
  [403, 'AccessDenied', 'auth'],
  [403, 'OperationDenied.ServiceNotOpen', 'auth'],
  [403, 'OperationDenied.ServiceOverdue', 'out-of-funds'],
  [403, 'OperationDenied.PermissionDenied', 'auth'],
  [403, 'OperationDenied.InvalidState', 'auth'],
  [404, 'InvalidEndpointOrModel.NotFound', 'auth'],
  [404, 'ModelNotOpen', 'auth'],
  [404, 'InvalidEndpointOrModel.ModelIDAccessDisabled', 'auth'],
  [404, 'NotFound.Task', 'not-found'],
  [404, 'NotFound', 'not-found'],
  [409, 'InvalidAction.RunningTaskDeletion', 'conflict'],
  [429, 'RateLimitExceeded.EndpointRPMExceeded', 'rate-limited'],
  [429, 'RateLimitExceeded.EndpointTPMExceeded', 'rate-limited'],
  [429, 'ModelAccountRpmRateLimitExceeded', 'rate-limited'],
  [429, 'ModelAccountTpmRateLimitExceeded', 'rate-limited'],
  [429, 'ModelAccountIpmRateLimitExceeded', 'rate-limited'],
  [429, 'APIAccountRpmRateLimitExceeded', 'rate-limited'],
  [429, 'AccountRateLimitExceeded', 'rate-limited'],
  [429, 'ServerOverloaded', 'rate-limited'],
  [429, 'RequestBurstTooFast', 'rate-limited'],
  [429, 'InflightBatchsizeExceeded', 'rate-limited'],
  [429, 'SetLimitExceeded', 'out-of-funds'],
  [500, 'InternalServiceError', 'unavailable'],
];

function answer(status: number, code: unknown, message = 'no') {
  return mapOfficialError({ status, body: { error: { code, message, param: '', type: '' } } });
}

describe('documented codes', () => {
  test.each(DOCUMENTED)('%i %s is %s, a definite no', (status, code, kind) => {
    expect(answer(status, code)).toEqual({ kind, code, isDefinite: true });
  });

  test('Each rule is the one that decides about some documented code', () => {
    const texts = ['no', 'has exhausted its free trial quota'];
    const codes = [...DOCUMENTED.map(([, code]) => code), 'QuotaExceeded'];

    const deciding = new Set(
      codes.flatMap((code) =>
        texts.map((text) =>
          ERROR_RULES.find(
            (rule) =>
              (rule.code.endsWith('*')
                ? code.startsWith(rule.code.slice(0, -1))
                : code === rule.code) &&
              (rule.message?.test(text) ?? true),
          ),
        ),
      ),
    );

    expect(ERROR_RULES.filter((rule) => !deciding.has(rule))).toEqual([]);
  });

  test.each([
    ['The request has exceeded the quota.', 'rate-limited'],
    ['Your account [1] has exhausted its free trial quota for the [m] model.', 'out-of-funds'],
    ['You have exceeded the 5-hour usage quota. It will reset at 12:00', 'out-of-funds'],
    ['You have exceeded the weekly usage quota. It will reset at 12:00', 'out-of-funds'],
    ['You have exceeded the monthly usage quota. It will reset at 12:00', 'out-of-funds'],
  ])('QuotaExceeded saying "%s" is %s', (message, kind) => {
    expect(answer(429, 'QuotaExceeded', message).kind).toBe(kind);
  });
});

describe('what is not in the tables', () => {
  test.each([
    [400, 'rejected', true],
    [401, 'auth', true],
    [402, 'out-of-funds', true],
    [403, 'auth', true],
    [404, 'not-found', true],
    [409, 'conflict', true],
    [418, 'rejected', true],
    [429, 'rate-limited', true],
    // A relay's own words for "I do not know what became of it".
    [408, 'unavailable', false],
    [500, 'unavailable', false],
    [502, 'unavailable', false],
    [504, 'unavailable', false],
  ])('An unknown code with %i is %s; definite: %s', (status, kind, isDefinite) => {
    expect(answer(status, 'do_request_failed')).toMatchObject({ kind, isDefinite });
  });

  test('A code that begins like a known one is not that one', () => {
    expect(answer(400, 'AccessDeniedNot').kind).toBe('rejected');
  });

  test.each([[null], [undefined], [{}], [''], ['a b c'], ['x'.repeat(200)]])(
    'The code %j is left out',
    (code) => {
      expect(answer(400, code)).toEqual({ kind: 'rejected', code: undefined, isDefinite: true });
    },
  );

  test('A number is a code too', () => {
    expect(answer(400, 1205).code).toBe('1205');
  });

  test('A 404 page of a gateway does not say that the task is gone', () => {
    expect(mapOfficialError({ status: 404, body: undefined }).kind).toBe('bad-response');
    expect(mapOfficialError({ status: 404, body: { message: 'gone' } }).kind).toBe('not-found');
  });
});

test.each([
  ['OutputVideoSensitiveContentDetected', 'moderated'],
  ['OutputVideoSensitiveContentDetected.PolicyViolation', 'moderated'],
  ['InputImageSensitiveContentDetected', 'moderated'],
  ['InvalidParameter.image', 'rejected'],
  ['InternalServiceError', 'unavailable'],
  ['ServerOverloaded', 'unavailable'],
  ['NeverSeen', 'unavailable'],
])('A task that failed with %s was %s', (code, kind) => {
  expect(taskFailureKind(code)).toBe(kind);
});

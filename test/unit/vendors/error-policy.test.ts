import { describe, expect, test } from 'vitest';

import type { VendorErrorKind } from '#src/errors.ts';
import { mapErrors } from '#src/vendors/error-mapping.ts';
import { ERROR_RULES, ruleFor, taskFailureKind } from '#src/vendors/error-policy.ts';

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
  [400, 'InvalidEndpoint.ClosedEndpoint', 'model-unavailable'],
  [401, 'AuthenticationError', 'auth'],
  [401, 'InvalidAccountStatus', 'out-of-funds'],
  [403, 'AccountOverdueError', 'out-of-funds'],
  [403, 'AccessDenied', 'auth'],
  [403, 'OperationDenied.ServiceNotOpen', 'auth'],
  [403, 'OperationDenied.ServiceOverdue', 'out-of-funds'],
  [403, 'OperationDenied.PermissionDenied', 'auth'],
  [403, 'OperationDenied.InvalidState', 'auth'],
  [404, 'InvalidEndpointOrModel.NotFound', 'model-unavailable'],
  [404, 'ModelNotOpen', 'model-unavailable'],
  [404, 'InvalidEndpointOrModel.ModelIDAccessDisabled', 'model-unavailable'],
  [404, 'NotFound.Task', 'task-not-found'],
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
  const body = { error: { code, message, param: '', type: '' } };
  return mapErrors()({ operation: 'create', status, body });
}

describe('documented codes', () => {
  test.each(DOCUMENTED)('%i %s is %s, a definite refusal', (status, code, kind) => {
    expect(answer(status, code)).toEqual({ kind, code, status, isDefinite: true });
  });

  test.each(ERROR_RULES.map((rule) => [rule.code, rule] as const))(
    'the rule of %s is not hidden behind another',
    (code, rule) => {
      const message = rule.message === undefined ? 'no' : 'has exhausted its free trial quota';

      expect(ruleFor(code.replace('*', ''), message)).toBe(rule);
    },
  );

  test.each([
    ['The request has exceeded the quota.', 'rate-limited'],
    ['Your account [1] has exhausted its free trial quota for the [m] model.', 'out-of-funds'],
    ['You have exceeded the 5-hour usage quota. It will reset at 12:00', 'out-of-funds'],
    ['You have exceeded the weekly usage quota. It will reset at 12:00', 'out-of-funds'],
    ['You have exceeded the monthly usage quota. It will reset at 12:00', 'out-of-funds'],
  ])('QuotaExceeded with "%s" is %s', (message, kind) => {
    expect(answer(429, 'QuotaExceeded', message).kind).toBe(kind);
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
])('a task that failed with %s was %s', (code, kind) => {
  expect(taskFailureKind(code)).toBe(kind);
});

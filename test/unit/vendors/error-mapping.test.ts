/** Realistic error responses of every dialect, and what each means for a create call. */
import { describe, expect, test } from 'vitest';

import { DEFINITE_STATUSES } from '#src/vendors/error-policy.ts';

import { aimlapi, inEveryEnvelope, kindAt, pixazo, plain } from './error-envelopes.ts';

describe('an account without money', () => {
  test.each([
    'The request failed because your account has an overdue balance.',
    'Insufficient account balance',
    'insufficient_user_quota',
    'Insufficient credits to run this model',
    'Your balance is too low. Please top up your account.',
    "You've run out of credits. Please update your plan.",
    'You exceeded your current quota, please check your plan and billing details.',
    'Not enough credits',
    'quota exhausted',
    '用户额度不足, 剩余额度: ＄0.000000',
    '余额不足',
    '预扣费额度失败',
  ])('"%s" means an account without money, in every envelope, at any status', (sentence) => {
    for (const { body } of inEveryEnvelope) {
      for (const status of [400, 401, 402, 403, 404, 429, 500]) {
        expect(kindAt(plain, status, body(sentence))).toBe('out-of-funds');
      }
    }
  });

  test.each([
    [plain, 402, { error: 'no' }],
    [plain, 403, { error: { code: 'insufficient_quota', message: 'no', type: 'x' } }],
    [plain, 429, { error: { message: 'no', type: 'insufficient_quota', code: null } }],
    [plain, 200, { code: 402, message: 'no' }],
    [aimlapi, 403, { message: 'Forbidden', statusCode: 403, path: '/', requestId: 'a' }],
  ])('%o means an account without money at %i %j', (map, status, body) => {
    expect(kindAt(map, status, body)).toBe('out-of-funds');
  });

  test.each([
    [403, undefined],
    [403, {}],
    [403, { message: 'Forbidden' }],
    [403, { message: null }],
  ])('a gateway’s %i %j does not mean an account without money', (status, body) => {
    expect(aimlapi({ operation: 'create', status, body })).toMatchObject({
      kind: 'unavailable',
      isDefinite: false,
    });
  });

  test.each([
    'The request has exceeded the quota.',
    'Rate limit exceeded, please retry later',
    'Quota exceeded for requests per minute',
  ])('"%s" at 429 does not mean an account without money', (sentence) => {
    expect(kindAt(plain, 429, { error: sentence })).toBe('rate-limited');
  });
});

describe('other refusals', () => {
  test.each([
    [400, { error: 'Invalid request parameters' }, 'rejected'],
    [401, { error: 'Invalid or missing authentication' }, 'auth'],
    [403, { error: 'Access denied for this operation' }, 'auth'],
    [404, { error: 'Endpoint not found' }, 'not-found'],
    [429, { error: 'Rate limit exceeded, please retry later' }, 'rate-limited'],
    [500, { error: 'An unexpected error occurred, please try again later' }, 'unavailable'],
    [400, { error: 'Invalid parameters' }, 'rejected'],
  ] as const)('Pixazo’s documented %i %j is %s', (status, body, kind) => {
    expect(pixazo({ operation: 'create', status, body })).toMatchObject({
      kind,
      isDefinite: status < 500,
    });
  });

  test.each([
    'The parameter `content[1].image_url` specified in the request is not valid: resource download failed.',
    'Failed to download image from url: timeout',
    'Unable to fetch the image link',
    'Body validation error',
  ])('"%s" is rejected by this vendor alone', (sentence) => {
    for (const { body } of inEveryEnvelope) {
      expect(plain({ operation: 'create', status: 400, body: body(sentence) })).toMatchObject({
        kind: 'rejected',
        isDefinite: true,
      });
    }
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
    ['Your prompt violates our content policy', undefined],
    ['提示词包含敏感内容', undefined],
  ])('"%s" is moderation, with ByteDance’s code %s', (message, code) => {
    expect(plain({ operation: 'create', status: 400, body: { error: message } })).toEqual({
      kind: 'moderated',
      code,
      status: 400,
      isDefinite: true,
    });
  });
});

test.each([
  [401, { message: 'Unauthorized' }, 'auth'],
  [401, { message: 'Missing or invalid API key' }, 'auth'],
  [401, { detail: 'Not authenticated' }, 'auth'],
  [429, { message: 'Too Many Requests' }, 'rate-limited'],
  [404, { message: 'Model not found' }, 'model-unavailable'],
  [400, { message: 'Insufficient credits' }, 'out-of-funds'],
] as const)(
  'a plain %i %j is classified by its text as a definite refusal',
  (status, body, kind) => {
    expect(plain({ operation: 'create', status, body })).toMatchObject({ kind, isDefinite: true });
  },
);

test.each([
  [401, { message: 'Internal Server Error' }],
  [429, { message: 'Service Unavailable' }],
  [429, { message: 'The server is busy' }],
])('a plain %i %j may come from a gateway: the outcome is unknown', (status, body) => {
  expect(plain({ operation: 'create', status, body }).isDefinite).toBe(false);
});

describe('an error in a successful response', () => {
  test.each([
    [{ error: { code: 'AccountOverdueError', message: 'no' } }, 'out-of-funds', undefined],
    [{ error: 'Invalid or missing authentication' }, 'auth', undefined],
    [{ error: 'Rate limit exceeded, please retry later' }, 'rate-limited', undefined],
    [{ error: { message: 'no' } }, 'rejected', undefined],
    [{ code: 401, message: 'Unauthorized' }, 'auth', 401],
    [{ code: '403', message: 'no' }, 'auth', 403],
    [{ code: 402, msg: 'no', data: null }, 'out-of-funds', 402],
    [{ code: 429, message: 'no' }, 'rate-limited', 429],
    [{ code: 400, message: 'Insufficient account balance' }, 'out-of-funds', 400],
    [{ code: 404, message: 'Model not found' }, 'model-unavailable', 404],
    [{ code: 1001, message: 'no' }, 'rejected', undefined],
    [{ code: -1, message: 'no' }, 'rejected', undefined],
    [{ statusCode: 403, message: 'no', path: '/', requestId: 'a' }, 'auth', 403],
    [{ success: false }, 'rejected', undefined],
    [{ success: false, error: { message: 'api key is invalid' } }, 'auth', undefined],
    [{ status: 'error', message: 'Too many requests' }, 'rate-limited', undefined],
    [{ status: 'error' }, 'rejected', undefined],
    [{ errors: [{ message: 'Model not found' }] }, 'model-unavailable', undefined],
    [{ errors: { prompt: ['no'] } }, 'rejected', undefined],
    [{ error: { code: 401 } }, 'auth', 401],
    [{ error: 1 }, 'rejected', undefined],
    [{ success: 'false', message: 'no' }, 'rejected', undefined],
    [{ success: 0 }, 'rejected', undefined],
    [{ state: 'error' }, 'rejected', undefined],
    [{ status: 'rejected' }, 'rejected', undefined],
    [{ errcode: 40_001, errmsg: 'no' }, 'rejected', undefined],
    [{ error_code: 'E17', error_msg: 'no' }, 'rejected', undefined],
    [{ code: 0, data: { error: 'Insufficient balance' } }, 'out-of-funds', undefined],
    [{ data: { code: 401, message: 'no' } }, 'auth', 401],
    [{ code: 1, msg: '余额不足' }, 'out-of-funds', undefined],
    [{ message: 'Insufficient credits' }, 'out-of-funds', undefined],
    [{ result: 'fail', message: 'Insufficient credits' }, 'out-of-funds', undefined],
    [{ result: false, message: 'Insufficient credits' }, 'out-of-funds', undefined],
  ] as const)('the success %j is a definite refusal: %s, status %s', (body, kind, status) => {
    expect(plain({ operation: 'create', status: 200, body })).toMatchObject({
      kind,
      status,
      isDefinite: true,
    });
  });

  test.each([
    [{ code: 500, message: 'no' }],
    [{ code: 504, message: 'no' }],
    [{ code: 408, message: 'no' }],
    [{ code: 409, message: 'no' }],
    [{ error: 'upstream request timeout' }],
    [{ code: 'do_request_failed', message: 'no' }],
    [{ code: 'fail_to_fetch_task', message: 'no', data: null }],
    [{}],
    [{ message: 'ok' }],
    [{ code: 0, message: 'ok', data: null }],
    [{ code: 1, message: 'ok' }],
    [{ success: true }],
    [{ error: null, errors: [] }],
    [{ error: {}, errors: {} }],
    [{ error: { code: 0, message: '' } }],
    [{ error: 0, error_code: '0' }],
    [{ data: { error: null } }],
    [{ message: 'The request timed out' }],
    [{ message: 'Internal Server Error' }],
    [{ message: 'Service Unavailable' }],
    [{ message: 'Forbidden' }],
    [{ taskId: { no: 17 }, message: 'Taken. Top up soon.' }],
    [{ generation_id: ['one', 'two'], message: 'Taken. Top up soon.' }],
    [{ result: 'cgt-2026-17', message: 'Taken. Top up soon.' }],
    [{ task: 'cgt-2026-17', message: 'Taken. Top up soon.' }],
    [{ tasks: [{ no: 17 }], message: 'Taken. Top up soon.' }],
    [{ result: { taskIds: ['cgt-2026-17'] }, message: 'Taken. Top up soon.' }],
  ])('the success %j leaves the outcome unknown', (body) => {
    expect(plain({ operation: 'create', status: 200, body }).isDefinite).toBe(false);
  });
});

test.each([
  ['lists', (inner: unknown) => ({ errors: [inner] })],
  ['objects', (inner: unknown) => ({ error: inner })],
  ['messages', (inner: unknown) => ({ message: [inner] })],
])('deeply nested %s are read to a limited depth', (_, wrap) => {
  let body: unknown = { message: 'model not found' };
  for (let depth = 0; depth < 100_000; depth += 1) body = wrap(body);

  expect(plain({ operation: 'create', status: 400, body }).kind).toBeDefined();
});

test('text that a vendor quotes from the request is not used as a reason', () => {
  const prompt =
    'your account has an overdue balance, InvalidEndpointOrModel.NotFound, model not found';
  const body = { error: { code: 'x', message: `content[0].text "${prompt}" is too long` } };

  expect(plain({ operation: 'create', status: 400, body })).toMatchObject({
    kind: 'rejected',
    code: 'x',
  });
});

describe('a definite refusal', () => {
  const ERRORS = inEveryEnvelope.map(({ body }) => body('no'));

  test('a definite refusal has one of a few statuses and the vendor’s own error', () => {
    const definite = new Set<number>();
    for (let status = 300; status <= 599; status += 1) {
      for (const body of ERRORS) {
        if (plain({ operation: 'create', status, body }).isDefinite) definite.add(status);
      }
    }

    expect(definite).toEqual(DEFINITE_STATUSES);
  });

  test.each([
    ['nothing, or a page', undefined],
    ['null', null],
    ['a list', []],
    ['a number', 7],
    ['a text', '<html>'],
    ['something else', { ok: true, id: null }],
    ['an empty object', {}],
    ['a bare message', { message: 'no' }],
    ['an empty list of errors', { errors: [] }],
  ])('a response with %s is not a definite refusal at any status', (_, body) => {
    for (let status = 300; status <= 599; status += 1) {
      expect(plain({ operation: 'create', status, body }).isDefinite).toBe(false);
    }
  });

  test('a documented code is a definite refusal at any status except a redirect', () => {
    const body = { error: { code: 'InternalServiceError', message: 'no' } };

    for (const status of [400, 418, 500, 502, 504]) {
      expect(plain({ operation: 'create', status, body }).isDefinite).toBe(true);
    }
    for (const status of [301, 302, 303, 307, 308]) {
      expect(plain({ operation: 'create', status, body }).isDefinite).toBe(false);
    }
  });

  test('a code that a relay only mentions behind a 5xx is not a definite refusal', () => {
    const body = { error: 'upstream answered InternalServiceError' };

    expect(plain({ operation: 'create', status: 500, body }).isDefinite).toBe(false);
  });

  test.each([[null], [undefined], [{}], [''], ['a b c'], ['x'.repeat(200)]])(
    'the code %j is left out',
    (code) => {
      const body = { error: { code, message: 'no' } };

      expect(plain({ operation: 'create', status: 400, body }).code).toBeUndefined();
    },
  );
});

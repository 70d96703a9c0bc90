/** Messages and undocumented codes, as relays write them, in every envelope. */
import { describe, expect, test } from 'vitest';

import { inEveryEnvelope, kindAt, plain } from './error-envelopes.ts';

function kindsOf(sentence: string): Set<string> {
  return new Set(inEveryEnvelope.map(({ body }) => kindAt(plain, 400, body(sentence))));
}

test.each([
  'seedance-1-5-pro-251215 does not exist',
  'seedance-1-0-lite-i2v-250428 is not a valid model ID',
  'Seedance 1.5 Pro was shut down on November 11, 2026',
  'Resource not found: model seedance-1-5-pro',
  'You are not authorized to use model seedance-2-5',
  'Access to the model seedance-2-5 is denied',
  'model must be one of [seedance-2-0, seedance-2-5]',
  "body.model: Input should be 'seedance-2-0' or 'seedance-2-5'",
  '未找到模型 seedance-1-5-pro',
  '找不到该模型',
  '当前模型已停止服务',
  '模型 seedance-1-5-pro 已退役',
  '该模型已废弃，请使用新模型',
  '不支持该模型',
  '您没有该模型的访问权限',
  '模型未启用',
])('"%s" means a retired or inactive model', (sentence) => {
  expect(kindsOf(sentence)).toEqual(new Set(['model-unavailable']));
});

test.each([
  'Model seedance-2-0: 21:9 is not supported',
  'Model seedance-2-0-mini: 1080p is not available',
  'model seedance-2-0 in t2v: 4k is not available',
  'Seedance 2.0 needs 4 to 15 seconds, 30 seconds is not valid',
  '模型 seedance-2-0 不支持 1080p 分辨率',
  '该模型不支持参数 draft',
  '参数 draft 不支持该模型',
])('"%s" does not mean a retired model', (sentence) => {
  expect(kindsOf(sentence)).toEqual(new Set(['rejected']));
});

test.each([
  'You do not have enough credits',
  'You have no credits left',
  'Not enough money on your account',
  'Credit limit reached',
  'Your account does not have sufficient funds',
  '积分不足',
  '点数不足，请购买',
  '账户余额已用完',
])('"%s" means an account without money', (sentence) => {
  expect(kindsOf(sentence)).toEqual(new Set(['out-of-funds']));
});

test.each([
  'Your prompt was flagged by our moderation system',
  'The request was rejected by moderation',
  'Sexual content is not allowed',
  'The prompt contains banned words',
  'Harmful content detected',
  '内容审核不通过',
  '提示词涉及色情',
  '图片违反平台规则',
  '触发风控，内容不合规',
])('"%s" means refused content', (sentence) => {
  expect(kindsOf(sentence)).toEqual(new Set(['moderated']));
});

test.each([
  'The content moderation service is unavailable, try again later',
  'Content filter timed out',
  'Your request was flagged as malicious traffic',
  'Illegal content type: application/json expected',
  '内容审核服务繁忙，请稍后重试',
])('"%s" does not mean refused content', (sentence) => {
  expect(kindsOf(sentence)).not.toContain('moderated');
});

test.each(['This model is temporarily unavailable', '模型暂时不可用，请稍后重试'])(
  '"%s" means a temporary pause',
  (sentence) => {
    expect(kindsOf(sentence)).toEqual(new Set(['unavailable']));
  },
);

describe('an undocumented code', () => {
  test.each([
    ['ModelNotFound', 'model-unavailable'],
    ['MODEL_NOT_FOUND', 'model-unavailable'],
    ['model_deprecated', 'model-unavailable'],
    ['model-retired', 'model-unavailable'],
    ['InvalidModel', 'model-unavailable'],
    ['NotFound.Model', 'model-unavailable'],
    ['INSUFFICIENT_CREDITS', 'out-of-funds'],
    ['InsufficientBalance', 'out-of-funds'],
    ['ContentPolicyViolation', 'moderated'],
    ['RATE_LIMITED', 'rate-limited'],
    ['InvalidApiKey', 'auth'],
  ] as const)('the undocumented code %s is %s', (code, kind) => {
    for (const body of [{ error: { code, message: 'no' } }, { code, message: 'no', data: null }]) {
      expect(kindAt(plain, 400, body)).toBe(kind);
      expect(kindAt(plain, 200, body)).toBe(kind);
    }
  });

  test.each(['TaskNotFound', 'TASK_NOT_FOUND', 'task-not-exist', 'JobNotFound'])(
    'the undocumented code %s from a status call means an unknown task',
    (code) => {
      const body = { error: { code, message: 'no' } };

      expect(kindAt(plain, 404, body, 'retrieve')).toBe('task-not-found');
    },
  );

  test('the message of an undocumented code takes precedence', () => {
    const body = { error: { code: 'InvalidModel', message: 'Insufficient balance' } };

    expect(kindAt(plain, 400, body)).toBe('out-of-funds');
  });
});

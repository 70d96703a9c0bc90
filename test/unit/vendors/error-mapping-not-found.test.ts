/** What is missing: a model, a task or the address. Realistic responses of every dialect. */
import { describe, expect, test } from 'vitest';

import { inEveryEnvelope, kindAt, pixazo, plain } from './error-envelopes.ts';

describe('a model that is retired or not activated', () => {
  const SENTENCES = [
    'The model or endpoint seedance-1-5-pro-251215 does not exist or you do not have access to it. Request id: 02174',
    'Your account 2100001 has not activated the model seedance-1-5-pro. Please activate the model service in the Ark Console.',
    'Accessing the model via Model ID is not allowed: model not found',
    'The model `seedance-1-0-lite-i2v-250428` has been deprecated.',
    'The model seedance-1.5-pro has been retired. Use dreamina-seedance-2-0-mini-260615 instead.',
    'Model seedance_1_5_pro_720p not found',
    'Model not found: bytedance/seedance-1-0-lite-t2v',
    "Model 'bytedance/seedance-1-0-lite-i2v' is not available.",
    'The requested model is no longer available.',
    'This model is no longer supported. Please try again with another model.',
    'Unknown model: seedance-1-5-pro',
    'Invalid model: bytedance/seedance-1-5-pro',
    'unsupported model seedance_1_5_pro_1080p',
    'No such model',
    'model_not_found',
    'The model seedance-1-5-pro was shut down on 2026-11-11.',
    'The parameter `model` specified in the request is not valid.',
    'No available channel for model seedance_1_5_pro_720p under group default (distributor)',
    'You do not have access to model dreamina-seedance-2-5-260628',
    '当前分组 default 下对于模型 seedance_1_5_pro_720p 无可用渠道',
    '模型 seedance_1_5_pro_720p 已下线',
    '该模型不存在',
    "Body validation error: Invalid enum value. Expected 'bytedance/seedance-2-0', received 'bytedance/seedance-1-5-pro'",
    'Body validation error: ✖ Invalid option: expected one of "bytedance/seedance-2-0"\n  → at model',
  ];

  test.each(SENTENCES)(
    '"%s" means a missing model in every envelope, at 400, 403, 404 and 503',
    (sentence) => {
      for (const { name, body } of inEveryEnvelope) {
        for (const status of [400, 403, 404, 410, 503]) {
          expect([name, status, kindAt(plain, status, body(sentence))]).toEqual([
            name,
            status,
            'model-unavailable',
          ]);
        }
      }
    },
  );

  test.each([
    [404, { error: { code: 'ModelNotOpen', message: 'no', type: 'NotFound' } }],
    [404, { error: { code: 'InvalidEndpointOrModel.NotFound', message: 'no' } }],
    [404, { error: { code: 'InvalidEndpointOrModel.ModelIDAccessDisabled', message: 'no' } }],
    [400, { error: { code: 'InvalidEndpoint.ClosedEndpoint', message: 'no' } }],
    [503, { error: { code: 'model_not_found', message: 'no', type: 'new_api_error' } }],
    [410, { error: { code: 'Gone', message: 'Gone' } }],
    [410, { error: 'no longer here' }],
    [
      400,
      { error: { code: 'InvalidParameter', message: 'The model seedance-1-0-lite is deprecated' } },
    ],
    [403, { error: { code: 'AccessDenied', message: 'the model is not activated' } }],
    [422, { detail: [{ loc: ['body', 'model'], msg: 'model is not supported' }] }],
    [
      400,
      {
        message: 'Body validation error',
        statusCode: 400,
        errors: [{ path: ['model'], message: 'Invalid enum value' }],
      },
    ],
  ])('%i %j means a missing model', (status, body) => {
    expect(kindAt(plain, status, body)).toBe('model-unavailable');
  });

  test.each([
    'the specified parameter `draft` is not supported for model seedance-1-0-pro in t2v, must be empty',
    'the parameter duration specified in the request must be less than or equal to 12 for model seedance-1-0-pro in t2v',
    'the specified task_type r2v does not support model seedance-1-0-pro',
    'For this model, resolution 4k is not available',
    'Model seedance-1-0-pro: duration 15 is not supported',
    'The model seedance_2_0 does not support audio generation',
    'The model is temporarily unavailable, please try again later',
    'The model is currently overloaded with other requests',
    'The image was not found',
    'The specified task cgt-20260101000000-xxxxx is not found.',
    'The specified draft task cgt-1 for the model is not found',
    'Endpoint not found',
    'A "model that does not exist" was not drawn',
    'content[0].text: "a supermodel that is not available any more" is too long',
  ])('"%s" does not mean a missing model', (sentence) => {
    for (const { body } of inEveryEnvelope) {
      for (const status of [400, 404]) {
        expect(kindAt(plain, status, body(sentence))).not.toBe('model-unavailable');
      }
    }
  });
});

describe('a task that the vendor does not know', () => {
  test.each([
    [404, { error: { code: 'NotFound.Task', message: 'The specified task cgt-1 is not found.' } }],
    [404, { error: { code: 'NotFound', message: 'The specified task cgt-1 is not found.' } }],
    [404, { error: { code: 'ResourceNotFound', message: 'no' } }],
    [404, { error: { code: 'NotFound.Id', message: 'The specified Id cgt-1-a is not found.' } }],
    [404, { error: { message: 'Task not found', type: 'NotFound', code: null } }],
    [404, { error: { message: 'The task does not exist', type: 'new_api_error' } }],
    [400, { code: 'task_not_exist', message: 'task_not_exist', data: null }],
    [404, { error: 'Task not found' }],
    [404, { message: 'Generation not found', statusCode: 404, path: '/v2', requestId: 'a' }],
    [404, { message: 'No such generation', statusCode: 404 }],
    [200, { code: 404, message: 'task not found' }],
    [200, { success: false, message: '任务不存在' }],
  ])('%i %j means an unknown task', (status, body) => {
    expect(kindAt(plain, status, body, 'retrieve')).toBe('task-not-found');
  });

  test('Pixazo’s documented 404 means an unknown task for a status call but not for a create call', () => {
    const body = { error: 'Endpoint not found' };

    expect(kindAt(pixazo, 404, body, 'retrieve')).toBe('task-not-found');
    expect(kindAt(pixazo, 404, body, 'create')).toBe('not-found');
    expect(kindAt(plain, 404, body, 'retrieve')).toBe('not-found');
  });

  test.each([
    [404, { error: { code: 'NotFound', message: 'The specified route is not found.' } }],
    [404, { error: { code: 'InvalidPath', message: 'path /v9/tasks not found' } }],
    [404, { message: 'Cannot GET /v9/contents/generations/tasks/cgt-1', error: 'Not Found' }],
    [404, { statusCode: 404, message: 'Cannot GET /x', error: 'Not Found' }],
    [404, { statusCode: 404, message: 'Resource not found' }],
    [404, { detail: 'Not Found' }],
    [404, { error: 'The requested URL /v9/tasks/cgt-1 was not found on this server.' }],
    [404, { error: 'not found' }],
    [404, { error: {} }],
    [404, {}],
    [404, []],
    [404, undefined],
    [400, { error: { code: 'InvalidParameter', message: 'task failed for an unknown reason' } }],
    [410, { error: 'Gone' }],
  ])(
    '%i %j does not mean an unknown task, because a wrong address gets the same response',
    (status, body) => {
      expect(kindAt(plain, status, body, 'retrieve')).not.toBe('task-not-found');
    },
  );
});

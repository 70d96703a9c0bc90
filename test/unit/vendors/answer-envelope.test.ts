import { describe, expect, test } from 'vitest';

import { listIn, unwrapListedTask, unwrapTask } from '#src/vendors/answer-envelope.ts';

describe('a response about one task', () => {
  test.each([
    ['bare', { id: 'a', status: 'queued' }],
    ['with task_id', { task_id: 'a', status: 'queued' }],
    ['with an empty id beside it', { id: '', task_id: 'a', status: 'queued' }],
    ['with state', { id: 'a', state: 'queued' }],
    ['in data', { data: { id: 'a', status: 'queued' } }],
    ['in data with a code', { code: 200, message: 'ok', data: { task_id: 'a', status: 'queued' } }],
    [
      'in data beside a status of the envelope',
      { status: 'success', data: { id: 'a', state: 'queued' } },
    ],
    ['with taskId', { taskId: 'a', status: 'queued' }],
    ['with generation_id', { generation_id: 'a', status: 'queued' }],
    ['in a list of one', { code: 0, data: [{ id: 'a', status: 'queued' }] }],
    ['in result', { code: 0, result: { id: 'a', status: 'queued' } }],
    ['in task', { task: { id: 'a', status: 'queued' } }],
    [
      'in data twice',
      { code: 'success', data: { status: 'x', data: { id: 'a', status: 'queued' } } },
    ],
    ['in data, the status outside', { status: 'queued', data: { id: 'a' } }],
    ['in data under a request id', { id: 'request-1', status: 'queued', data: { task_id: 'a' } }],
  ])('a task is read %s', (_, answer) => {
    expect(unwrapTask(answer)).toMatchObject({ id: 'a', status: 'queued' });
  });

  test('a response with "success" only in the envelope has no status', () => {
    expect(unwrapTask({ status: 'success', data: { id: 'a' } })).toMatchObject({
      status: undefined,
    });
    expect(unwrapTask({ status: 200, data: { id: 'a' } })).toMatchObject({ status: undefined });
  });

  test('a success in the envelope with a result is finished', () => {
    const answer = { status: 'success', data: { video_url: 'https://files.example/v.mp4' } };

    expect(unwrapTask(answer)).toMatchObject({ status: 'success' });
  });

  test.each([[null], [7], ['text'], [[]], [undefined]])('%j is unchanged', (answer) => {
    expect(unwrapTask(answer)).toEqual(answer);
  });

  test('nested envelopes are unwrapped only to a limit', () => {
    let answer: unknown = { id: 'deep', status: 'queued' };
    for (let depth = 0; depth < 10_000; depth += 1) answer = { data: answer };

    expect(unwrapTask(answer)).toMatchObject({ id: undefined });
  });
});

test('a task in a list keeps the id it was requested by', () => {
  const item = { task_id: 'relay-1', data: { id: 'upstream-1', status: 'queued' } };

  expect(unwrapListedTask(item)).toMatchObject({ id: 'relay-1', status: 'queued' });
});

describe('a list response', () => {
  const items = [{ id: 'a' }];

  test.each([
    ['items', { items, total: 1 }],
    ['data', { object: 'list', data: items }],
    ['data.items', { code: 0, data: { items, total: 1 } }],
    ['tasks', { tasks: items }],
    ['the response itself', items],
  ])('a list is found under %s', (_, answer) => {
    expect(listIn(answer)?.items).toEqual(items);
  });

  test.each([[{ items: [] }], [{ items: [], total: 0 }], [[]], [{ items: null, total: 0 }]])(
    '%j is an empty list',
    (answer) => {
      expect(listIn(answer)?.items).toEqual([]);
    },
  );

  test.each([
    [{}],
    [null],
    [undefined],
    ['<html>'],
    [{ total: 0 }],
    [{ items: null }],
    [{ items: {} }],
    [{ data: {} }],
    [{ message: 'ok' }],
    [{ error: { code: 'AccessDenied' } }],
    [{ error: 'no', items: [] }],
    [{ code: 401, message: 'no', data: [] }],
    [{ success: false, items: [] }],
    [{ status: 'error', items: [] }],
  ])('%j is not a list, and means nothing', (answer) => {
    expect(listIn(answer)).toBeUndefined();
  });
});

import { expect, test } from 'vitest';

import { createdSchema } from '#src/vendors/response-schemas.ts';
import { taskStatusFrom } from '#src/vendors/task-status.ts';

const CODE = 'OutputVideoSensitiveContentDetected';

test.each([
  [{ error: { code: CODE, message: 'no' } }],
  [{ error: [{ code: CODE }] }],
  [{ error: { error: { code: CODE, message: 'no' } } }],
  [{ error: { message: 'no', details: `upstream said ${CODE}` } }],
  [{ error: null, failure_reason: CODE }],
  [{ fail_reason: { code: CODE } }],
  [{ reason: `${CODE}: no` }],
  [{ error_message: CODE }],
  [{ error: { code: 500, msg: CODE } }],
  [{ msg: CODE }],
])('the reason of a failed task is found in %j', (answer) => {
  expect(taskStatusFrom({ ...answer, status: 'failed' })).toEqual({
    status: 'failed',
    kind: 'moderated',
    code: CODE,
  });
});

test.each([
  [{ code: 'success', message: '', data: 'cgt-20261129120000-abcde' }],
  [{ code: 200, data: 'cgt-20261129120000-abcde' }],
])('the id of a created task is found in %j', (answer) => {
  expect(createdSchema.parse(answer)).toEqual({ taskId: 'cgt-20261129120000-abcde' });
});

test.each([
  [{ code: 401, data: 'cgt-20261129120000-abcde' }],
  [{ data: 'ok' }],
  [{ data: 'accepted' }],
  [{ data: 'see https://vendor.example/1' }],
])('no id of a created task is found in %j', (answer) => {
  expect(createdSchema.safeParse(answer).success).toBe(false);
});

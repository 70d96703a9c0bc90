import { describe, expect, test } from 'vitest';

import { taskStatusSchema } from '#src/vendors/aimlapi/responses.ts';
import { createdSchema } from '#src/vendors/response-schemas.ts';

const VIDEO = { url: 'https://cdn.example/video.mp4' };

describe('task statuses', () => {
  test.each([
    ['queued', 'queued'],
    ['waiting', 'queued'],
    ['generating', 'running'],
    ['active', 'running'],
  ])('the status "%s" is %s', (status, expected) => {
    const answer = { id: 'a', status, video: null, error: null };

    expect(taskStatusSchema.parse(answer)).toEqual({ status: expected });
  });

  test.each(['', {}, [], { url: '' }, false])(
    'an unfinished task may have %j in place of the video',
    (video) => {
      expect(taskStatusSchema.parse({ status: 'generating', video })).toEqual({
        status: 'running',
      });
    },
  );

  test.each(['completed', 'succeeded'])('the status "%s" comes with its video', (status) => {
    expect(taskStatusSchema.parse({ status, video: VIDEO })).toMatchObject({
      status: 'succeeded',
      videoUrl: VIDEO.url,
    });
  });

  test.each(['error', 'failed'])('the status "%s" comes with its reason', (status) => {
    const message = 'The input text may violate platform rules.';

    expect(taskStatusSchema.parse({ status, error: { name: 'Error', message } })).toEqual({
      status: 'failed',
      kind: 'moderated',
      code: 'InputTextSensitiveContentDetected.PolicyViolation',
    });
    expect(taskStatusSchema.parse({ status, error: null })).toEqual({
      status: 'failed',
      kind: 'unavailable',
      code: 'unknown',
    });
  });

  test.each(['paused', '', 7, null, undefined, {}])(
    'the malformed status %j is an error',
    (status) => {
      const { error } = taskStatusSchema.safeParse({ status, video: VIDEO });

      expect(error?.message).toContain('unknown status');
    },
  );
});

describe('the video field', () => {
  test('the video may be in a list', () => {
    const other = { url: 'https://cdn.example/other.mp4' };

    expect(taskStatusSchema.parse({ status: 'completed', video: [VIDEO, other] })).toMatchObject({
      videoUrl: VIDEO.url,
    });
  });

  test.each([
    [undefined],
    [null],
    [[]],
    [{}],
    [{ url: 7 }],
    [{ url: 'file:///etc/passwd' }],
    [{ url: 'javascript:alert(1)' }],
    [{ url: 'cdn.example/video.mp4' }],
    [[{ url: 'data:video/mp4;base64,AAAA' }]],
  ])('%j has no video', (video) => {
    expect(taskStatusSchema.parse({ status: 'completed', video })).toEqual({
      status: 'finished-without-file',
    });
  });
});

describe('reported prices', () => {
  test.each([
    [0.0613, 61_300],
    ['0.06', 60_000],
    [0.000_000_4, 1],
    [1e9, 1e15],
    [1e308, Number.MAX_SAFE_INTEGER],
    ['999999999999999', Number.MAX_SAFE_INTEGER],
  ])('%j dollars are %d millionths', (spent, reportedMicroDollars) => {
    const meta = { usage: { credits_used: 120_000, usd_spent: spent } };

    expect(taskStatusSchema.parse({ status: 'completed', video: VIDEO, meta })).toMatchObject({
      reportedMicroDollars,
    });
  });

  test.each([0, -1, 'much', null, Number.NaN, {}])(
    'the impossible price %j is ignored, and the video is kept',
    (spent) => {
      const meta = { usage: { usd_spent: spent } };

      expect(taskStatusSchema.parse({ status: 'completed', video: VIDEO, meta })).toEqual({
        status: 'succeeded',
        videoUrl: VIDEO.url,
        tokens: undefined,
        reportedMicroDollars: undefined,
      });
    },
  );
});

test.each([
  [{}],
  [{ id: '' }],
  [{ id: 7.5 }],
  [{ id: -7 }],
  [null],
  ['id'],
  [{ id: 'x'.repeat(201) }],
])('a create response of %j is unreadable', (answer) => {
  expect(createdSchema.safeParse(answer).success).toBe(false);
});

import { describe, expect, test } from 'vitest';

import { taskStatusSchema } from '#src/vendors/kyyaipower/responses.ts';

/** The format of its result page, with made-up figures. */
const RESULT = {
  id: 'video_abc123def456',
  object: 'video',
  created: 1_761_635_478,
  model: 'seedance_1_5_pro_720p',
  status: 'completed',
  video_url: 'https://files.example/video.mp4',
  actualDuration: 5.04,
  totalTokens: '108900',
  error: null,
};

describe('a response about a task', () => {
  test('the response has the video, its billed seconds and its tokens', () => {
    expect(taskStatusSchema.parse(RESULT)).toEqual({
      status: 'succeeded',
      videoUrl: RESULT.video_url,
      tokens: 108_900,
      seconds: 5,
    });
  });

  test.each([
    ['queued', { status: 'queued' }],
    ['processing', { status: 'running' }],
    ['cancelled', { status: 'cancelled' }],
    ['failed', { status: 'failed', kind: 'unavailable', code: 'unknown' }],
  ])('the status %s is read', (status, expected) => {
    expect(taskStatusSchema.parse({ ...RESULT, status, video_url: null })).toEqual(expected);
  });

  test.each([
    ['InvalidParameter: the parameter duration …', { kind: 'rejected', code: 'InvalidParameter' }],
    [
      'The request failed because the output video may be related to copyright restrictions.',
      { kind: 'moderated', code: 'OutputVideoSensitiveContentDetected.Copyright' },
    ],
    ['something else', { kind: 'unavailable', code: 'unknown' }],
  ])('a failure is classified by its message: %s', (error, expected) => {
    const answer = { ...RESULT, status: 'failed', error };

    expect(taskStatusSchema.parse(answer)).toEqual({ status: 'failed', ...expected });
  });

  test.each([
    ['queued', { status: 'queued' }],
    ['processing', { status: 'running' }],
    ['cancelled', { status: 'cancelled' }],
    ['failed', { status: 'failed', kind: 'unavailable', code: 'unknown' }],
  ])('an unfinished task may lack the key video_url: %s', (status, expected) => {
    const { id, object, created, model } = RESULT;

    expect(taskStatusSchema.parse({ id, object, created, model, status })).toEqual(expected);
  });

  test('an unknown status is an error', () => {
    expect(taskStatusSchema.safeParse({ ...RESULT, status: 'paused' }).success).toBe(false);
  });

  test.each([
    ['no video', null],
    ['a video of another scheme', 'ftp://files.example/video.mp4'],
    ['a video that is not a string', 7],
  ])('a finished task with %s has no file yet', (_, video) => {
    expect(taskStatusSchema.parse({ ...RESULT, video_url: video })).toEqual({
      status: 'finished-without-file',
    });
  });

  test.each(['', {}, [], 'soon'])(
    'an unfinished task may have %j in place of the video',
    (video) => {
      const answer = { ...RESULT, status: 'processing', video_url: video };

      expect(taskStatusSchema.parse(answer)).toEqual({ status: 'running' });
    },
  );

  test('malformed usage figures do not hide the video', () => {
    const odd = { ...RESULT, actualDuration: 'long', totalTokens: -1, error: 7 };

    expect(taskStatusSchema.parse(odd)).toMatchObject({ videoUrl: RESULT.video_url });
  });
});

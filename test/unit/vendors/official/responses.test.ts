import { describe, expect, test } from 'vitest';

import {
  identifiedStatusSchema,
  listedTaskSchema,
  listSchema,
  taskStatusSchema,
} from '#src/vendors/official/responses.ts';

/** A live response of 2026-08-28, as recorded in vercel/ai’s fixture issue-17883, URLs shortened. */
const RECORDED = {
  id: 'cgt-20260828062711-hj94q',
  model: 'seedance-1-0-pro-250528',
  status: 'succeeded',
  content: {
    video_url: 'https://tos.example/v.mp4?X',
    last_frame_url: 'https://tos.example/f.png?X',
  },
  usage: { completion_tokens: 19845, total_tokens: 19845 },
  created_at: 1787869631,
  updated_at: 1787869648,
  seed: 17918,
  resolution: '480p',
  ratio: '16:9',
  duration: 2,
  framespersecond: 24,
  service_tier: 'default',
  execution_expires_after: 172800,
  draft: false,
  priority: 0,
  output_format: 'mp4',
};

const RESULT = {
  status: 'succeeded',
  videoUrl: 'https://tos.example/v.mp4?X',
  lastFrameUrl: 'https://tos.example/f.png?X',
  tokens: 19845,
  seed: 17918,
  resolution: '480p',
  ratio: '16:9',
  seconds: 2,
  frames: undefined,
};

describe('a response about a task', () => {
  test('a recorded response is read', () => {
    expect(taskStatusSchema.parse(RECORDED)).toEqual(RESULT);
  });

  test('numbers may be strings, as in the OpenAPI document', () => {
    const answer = { ...RECORDED, usage: { completion_tokens: '19845' }, duration: '2' };

    expect(taskStatusSchema.parse(answer)).toEqual(RESULT);
  });

  test('any optional field may be null', () => {
    const answer = { ...RECORDED, error: null, usage: null, seed: null, frames: null };

    expect(taskStatusSchema.parse(answer)).toEqual({
      ...RESULT,
      tokens: undefined,
      seed: undefined,
    });
  });

  test('a last frame of another scheme is left out', () => {
    const content = { ...RECORDED.content, last_frame_url: 'ftp://tos.example/f.png' };

    expect(taskStatusSchema.parse({ ...RECORDED, content })).toMatchObject({
      videoUrl: RESULT.videoUrl,
      lastFrameUrl: undefined,
    });
  });

  test('a malformed echo does not hide the video', () => {
    const answer = { ...RECORDED, usage: { completion_tokens: 'many' }, ratio: 7, seed: -2 };

    expect(taskStatusSchema.parse(answer)).toMatchObject({ videoUrl: RESULT.videoUrl });
  });

  test.each(['queued', 'running', 'cancelled', 'expired'])(
    'a response may be as short as %s',
    (status) => {
      expect(taskStatusSchema.parse({ id: 'cgt-1', status })).toEqual({ status });
    },
  );

  test.each(['error', 'failure_reason'])('the reason for a failure is found under %s', (field) => {
    const reason = { code: 'OutputVideoSensitiveContentDetected', message: 'secret words' };

    expect(taskStatusSchema.parse({ id: 'cgt-1', status: 'failed', [field]: reason })).toEqual({
      status: 'failed',
      kind: 'moderated',
      code: 'OutputVideoSensitiveContentDetected',
    });
  });

  test.each([[null], [undefined], ['in a message'], [{}], [7]])(
    'a failure may have no code: %j',
    (error) => {
      expect(taskStatusSchema.parse({ id: 'cgt-1', status: 'failed', error })).toEqual({
        status: 'failed',
        kind: 'unavailable',
        code: 'unknown',
      });
    },
  );

  test.each([
    ['an unknown status', { id: 'cgt-1', status: 'paused' }, 'unknown status "paused"'],
    ['no status', { id: 'cgt-1' }, 'unknown status undefined'],
  ])('a response with %s is an error', (_, answer, words) => {
    const parsed = taskStatusSchema.safeParse(answer);

    expect(parsed.error?.message).toContain(words.replaceAll('"', '\\"'));
  });
});

test.each([[{ video_url: 'file:///etc/passwd' }], [{}], [null], [{ video_url: null }]])(
  'a finished task with the content %j has no file yet',
  (content) => {
    expect(taskStatusSchema.parse({ ...RECORDED, content })).toEqual({
      status: 'finished-without-file',
    });
  },
);

test('a listed task with an unknown status is found by a search, and has no status when polled', () => {
  const odd = { ...RECORDED, status: 'paused' };

  expect(listedTaskSchema.parse(odd)).toMatchObject({ handle: { taskId: RECORDED.id } });
  expect(identifiedStatusSchema.safeParse(odd).success).toBe(false);
});

test.each([[{}], [null], ['[]'], [{ items: null }], [{ total: 0 }], [{ error: 'no', items: [] }]])(
  'a list response of %j means nothing',
  (answer) => {
    expect(listSchema.safeParse(answer).success).toBe(false);
  },
);

test('a listed task has the echoed submission', () => {
  expect(listedTaskSchema.parse(RECORDED)).toEqual({
    handle: { taskId: 'cgt-20260828062711-hj94q' },
    wireModel: 'seedance-1-0-pro-250528',
    createdAtMs: 1_787_869_631_000,
    tier: 'default',
    expiresAfterSeconds: 172_800,
    seed: 17918,
    resolution: '480p',
    ratio: '16:9',
    status: RESULT,
  });
});

test('a listed final names the task of its draft', () => {
  const final = { ...RECORDED, draft_task_id: 'cgt-20260828062000-abcde' };

  expect(listedTaskSchema.parse(final)).toMatchObject({ draftTaskId: 'cgt-20260828062000-abcde' });
});

import { describe, expect, test } from 'vitest';

import {
  createdSchemaFor,
  pollingPath,
  requestStatusSchema,
} from '#src/vendors/pixazo/responses.ts';

const ORIGIN = 'https://gateway.example';
const created = createdSchemaFor(ORIGIN);

describe('a create response', () => {
  test('a create response of the older style has the id', () => {
    const handle = created.parse({ id: 'cgt-20250910201045-sqz6f' });

    expect(handle).toEqual({ taskId: 'cgt-20250910201045-sqz6f' });
    expect(pollingPath(handle)).toBeUndefined();
  });

  test('a create response of the newer style has the polling URL', () => {
    const handle = created.parse({
      request_id: 'byteplus_1',
      status: 'QUEUED',
      polling_url: `${ORIGIN}/v2/requests/status/byteplus_1?v=2#top`,
    });

    expect(pollingPath(handle)).toBe('/v2/requests/status/byteplus_1?v=2');
  });

  test.each([
    'https://gateway.example.evil.example/v2/requests/status/1',
    'http://gateway.example/v2/requests/status/1',
    'https://gateway.example:8443/v2/requests/status/1',
    'https://gateway.example@evil.example/1',
    'https://key@gateway.example/1',
    '//evil.example/1',
    '/v2/requests/status/1',
    'file:///etc/passwd',
    'not a url',
    '',
    7,
    null,
  ])('a create response with the polling URL %j is refused', (pollingUrl) => {
    expect(created.safeParse({ request_id: '1', polling_url: pollingUrl }).success).toBe(false);
  });

  test.each([
    [{}],
    [null],
    ['cgt-1'],
    [{ success: true }],
    [{ error: 'no' }],
    [{ id: '' }],
    [{ id: 7.5 }],
    [{ id: '/v2/requests/status/1' }],
    [{ request_id: '1' }],
    [{ id: 'cgt-1', request_id: '1', polling_url: 'https://evil.example/1' }],
  ])('a create response of %j is unreadable', (answer) => {
    expect(created.safeParse(answer).success).toBe(false);
  });
});

describe('a status response in the newer style', () => {
  const url = 'https://files.example/video.mp4';

  test.each([
    [{ status: 'QUEUED' }, { status: 'queued' }],
    [{ status: 'PROCESSING', output: null, error: null }, { status: 'running' }],
    [{ status: 'PROCESSING', output: '', error: {} }, { status: 'running' }],
    [{ status: 'PROCESSING', output: { media_url: '' } }, { status: 'running' }],
    [
      { status: 'COMPLETED', output: { media_url: [url] } },
      { status: 'succeeded', videoUrl: url },
    ],
    [
      { status: 'COMPLETED', output: { media_url: url } },
      { status: 'succeeded', videoUrl: url },
    ],
    [
      { status: 'FAILED', error: 'The output video may contain sensitive information.' },
      { status: 'failed', kind: 'moderated', code: 'OutputVideoSensitiveContentDetected' },
    ],
    [
      { status: 'ERROR', error: { code: 'InternalServiceError', message: 'no' } },
      { status: 'failed', kind: 'unavailable', code: 'InternalServiceError' },
    ],
    [{ status: 'FAILED' }, { status: 'failed', kind: 'unavailable', code: 'unknown' }],
    [
      { status: 'FAILED', output: null, error: 'Rate limit exceeded upstream' },
      { status: 'failed', kind: 'unavailable', code: 'unknown' },
    ],
  ])('the status response %j is read', (answer, expected) => {
    expect(requestStatusSchema.parse(answer)).toEqual(expected);
  });

  test.each([
    [{ status: 'COMPLETED' }],
    [{ status: 'COMPLETED', output: { media_url: [] } }],
    [{ status: 'COMPLETED', output: { media_url: ['file:///etc/passwd'] } }],
  ])('the status response %j has no file yet', (answer) => {
    expect(requestStatusSchema.parse(answer)).toEqual({ status: 'finished-without-file' });
  });

  test.each([
    [{ status: 'SLEEPING' }],
    [{}],
    [{ status: 'error', message: 'Invalid subscription key' }],
    [{ status: 'error', code: 429, message: 'no' }],
  ])('the status response %j is an error', (answer) => {
    expect(requestStatusSchema.safeParse(answer).success).toBe(false);
  });
});

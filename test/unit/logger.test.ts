import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { VendorError } from '#src/errors.ts';
import { createLogger, describeError, withoutSecrets } from '#src/logger.ts';

const TOKEN = 'aW50ZXJhY3Rpb246MTIzNDU2Nzg5';

/** Errors as discord.js creates them: the token is in the URL, and in some messages. */
class RestError extends Error {
  readonly code = 10_008;
  readonly status = 404;
  readonly method = 'PATCH';
  readonly url = `https://discord.com/api/v10/webhooks/123/${TOKEN}/messages/@original?wait=true`;
  readonly requestBody = { json: { content: 'a prompt that nobody may read' } };
}

describe('text for the log', () => {
  test.each([
    [`PATCH /webhooks/123/${TOKEN}/messages/@original failed`, 'PATCH /webhooks/… failed'],
    [`at /interactions/123/${TOKEN}/callback`, 'at /interactions/…'],
    [
      'see https://host/video.mp4?X-Tos-Signature=abc&x=1 there',
      'see https://host/video.mp4 there',
    ],
    ['(https://host/a?key=b)', '(https://host/a)'],
    ['two\nlines\r\nand \u001B[31mred\u009B31m', 'two lines and  [31mred 31m'],
  ])('%s becomes %s', (text, clean) => {
    expect(withoutSecrets(text)).toBe(clean);
  });

  test('a long text is cut', () => {
    expect(withoutSecrets('x'.repeat(5000)).length).toBeLessThan(400);
  });
});

describe('an error in the log', () => {
  test('a logged error has kind, code, status, method and route, but no token or body', () => {
    const fields = describeError(new RestError('Unknown Message'));

    expect(fields).toMatchObject({
      code: 10_008,
      status: 404,
      method: 'PATCH',
      route: 'https://discord.com/api/v10/webhooks/…',
      message: 'Unknown Message',
    });
    expect(JSON.stringify(fields)).not.toContain(TOKEN);
    expect(JSON.stringify(fields)).not.toContain('prompt');
  });

  test('the causes of an error are logged in the same way, up to a limit', () => {
    const cause: Error = new Error(`fetch of https://host/x?token=${TOKEN} failed`);
    cause.cause = cause;
    const error = new VendorError({
      vendor: 'byteplus',
      kind: 'timeout',
      operation: 'create',
      isDefinite: false,
      cause,
    });
    const fields = describeError(error);

    expect(fields).toMatchObject({
      kind: 'timeout',
      vendor: 'byteplus',
      operation: 'create',
      cause: { message: 'fetch of https://host/x failed' },
    });
    expect(JSON.stringify(fields)).not.toContain(TOKEN);
    expect(JSON.stringify(fields).length).toBeLessThan(10_000);
  });

  test('the stack trace is logged only for unexpected errors', () => {
    const meant = new VendorError({
      vendor: 'byteplus',
      kind: 'auth',
      operation: 'list',
      isDefinite: true,
    });

    expect(describeError(meant)).not.toHaveProperty('at');
    expect(describeError(new TypeError('x is undefined'))).toHaveProperty('at');
  });

  test('a value that is not an error can be logged', () => {
    expect(describeError(`thrown /webhooks/1/${TOKEN}`)).toEqual({ message: 'thrown /webhooks/…' });
  });
});

describe('the logger', () => {
  test('the logger serializes errors under either name', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    logger.error({ err: new RestError('Unknown Message') }, 'first');
    logger.child({ jobId: 'job1' }).warn({ error: new RestError('Unknown Message') }, 'second');
    logger.debug('not at this level');

    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toContain(TOKEN);
    const line = z.looseObject({ err: z.looseObject({ code: z.int() }) });
    expect(line.parse(JSON.parse(lines[0] ?? '')).err.code).toBe(10_008);
  });
});

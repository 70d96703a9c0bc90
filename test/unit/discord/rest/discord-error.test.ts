import { DiscordAPIError, HTTPError } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { catchRefusal, refusalOf } from '#src/discord/rest/discord-error.ts';

function apiError(code: number, status: number): DiscordAPIError {
  const body = { code, message: 'No' };
  return new DiscordAPIError(body, code, status, 'PATCH', 'https://discord.com/api/v10/x', {
    body: undefined,
    files: undefined,
  });
}

describe('a refusal of Discord', () => {
  test.each([
    [50_027, 401, 'token-dead'],
    [10_015, 404, 'token-dead'],
    [10_008, 404, 'message-gone'],
    [50_005, 403, 'message-gone'],
    [10_003, 404, 'no-access'],
    [10_004, 404, 'no-access'],
    [50_001, 403, 'no-access'],
    [50_083, 400, 'no-access'],
    [160_005, 403, 'no-access'],
    [50_013, 403, 'not-allowed'],
    [400_001, 403, 'not-allowed'],
    [40_005, 413, 'too-large'],
    [50_045, 400, 'too-large'],
    [200_000, 400, 'blocked'],
    [240_000, 400, 'blocked'],
    [20_009, 400, 'blocked'],
    [50_035, 400, 'fault'],
    [50_006, 400, 'fault'],
    [30_046, 429, 'try-later'],
    [130_000, 503, 'try-later'],
    [0, 500, 'try-later'],
    [0, 413, 'too-large'],
    [99_999, 400, 'fault'],
  ] as const)('Discord’s refusal %i with status %i is %s', (code, status, meaning) => {
    expect(refusalOf(apiError(code, status))).toBe(meaning);
  });

  test.each([
    [413, 'too-large'],
    [502, 'try-later'],
  ] as const)('a refusal without a body, with status %i, is %s', (status, meaning) => {
    const error = new HTTPError(status, 'No', 'PATCH', 'https://discord.com/api/v10/x', {
      body: undefined,
      files: undefined,
    });

    expect(refusalOf(error)).toBe(meaning);
  });

  test('a refusal that is not from Discord is retried', () => {
    expect(refusalOf(new TypeError('fetch failed'))).toBe('try-later');
  });
});

describe('a request', () => {
  const fail = (error: Error) => async (): Promise<string> => {
    throw error;
  };

  test('a successful request returns its result', async () => {
    expect(await catchRefusal(async () => 'done')).toEqual({ kind: 'answered', answer: 'done' });
  });

  test('a refused request returns the refusal and its error', async () => {
    const error = apiError(50_013, 403);

    expect(await catchRefusal(fail(error))).toEqual({
      kind: 'refused',
      refusal: 'not-allowed',
      error,
    });
  });

  test.each([apiError(0, 503), new TypeError('fetch failed')])(
    'a request that may be retried later throws its error: %s',
    async (error) => {
      await expect(catchRefusal(fail(error))).rejects.toBe(error);
    },
  );
});

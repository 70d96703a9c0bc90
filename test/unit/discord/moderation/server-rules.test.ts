import { describe, expect, test } from 'vitest';

import type { VideoRequest } from '#src/catalogue/request.ts';
import {
  allowedModels,
  channelIdsOf,
  checkRules,
  defaultsWithin,
} from '#src/discord/server/server-rules.ts';
import { NO_SETTINGS, type ServerSettings } from '#src/discord/server/server-settings.ts';
import { UserError } from '#src/errors.ts';

const CHANNEL = '100';
const THREAD = '200';

function aRequest(changes: Partial<VideoRequest> = {}): VideoRequest {
  return {
    model: '1.5-pro',
    prompt: 'A boat on the bay',
    resolution: '720p',
    ratio: '16:9',
    length: { unit: 'seconds', seconds: 5 },
    seed: 1,
    hasWatermark: false,
    inputs: [],
    ...changes,
  };
}

function refusal(
  settings: Partial<ServerSettings>,
  request: Partial<VideoRequest> = {},
  channelIds: readonly string[] = [CHANNEL],
): string | undefined {
  try {
    checkRules({ ...NO_SETTINGS, ...settings }, aRequest(request), channelIds);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe('server rules', () => {
  test('a server without rules allows everything', () => {
    expect(refusal({})).toBeUndefined();
  });

  test.each([
    [{ mode: 'only', ids: [CHANNEL] }, [CHANNEL], 'nothing'],
    [{ mode: 'only', ids: [CHANNEL] }, [THREAD, CHANNEL], 'nothing'],
    [{ mode: 'only', ids: [CHANNEL] }, ['300'], `only in <#${CHANNEL}>`],
    [{ mode: 'except', ids: [CHANNEL] }, [CHANNEL], 'not allow videos in this channel'],
    [{ mode: 'except', ids: [CHANNEL] }, [THREAD, CHANNEL], 'not allow videos in this channel'],
    [{ mode: 'except', ids: [CHANNEL] }, ['300'], 'nothing'],
  ] as const)(
    'a server with the channel rule %j refuses in %j: %s',
    (channels, channelIds, expected) => {
      const said = refusal({ channels: { ...channels, ids: [...channels.ids] } }, {}, channelIds);

      expect(said ?? 'nothing').toContain(expected);
    },
  );

  test('a length up to the maximum is allowed, including frames and the model’s own choice', () => {
    expect(refusal({ maxSeconds: 5 })).toBeUndefined();
    expect(refusal({ maxSeconds: 4 })).toContain('at most 4 s, and this one is 5 s');
    const frames = { length: { unit: 'frames', frames: 121 } } as const;
    expect(refusal({ maxSeconds: 5 }, { model: '1.0-pro', ...frames })).toContain('at most 5 s');
    expect(refusal({ maxSeconds: 8 }, { length: { unit: 'model-chooses' } })).toContain(
      'may choose up to 12 s',
    );
  });

  test('a resolution up to the maximum is allowed, with a model that is not forbidden', () => {
    expect(refusal({ maxResolution: '720p' })).toBeUndefined();
    expect(refusal({ maxResolution: '480p' })).toContain('at most 480p, and you asked for 720p');
    expect(refusal({ forbiddenModels: ['1.5-pro'] })).toContain('the model 1.5-pro');
    expect(
      allowedModels({ ...NO_SETTINGS, forbiddenModels: ['1.5-pro'] }, ['1.5-pro', '2.0']),
    ).toEqual(['2.0']);
  });

  test.each([
    ['bay', 'A boat on the Bay', true],
    ['bay', 'A bayou at night', false],
    ['bay', 'A b\u200Bay at night', true],
    ['bay', 'ＢＡＹ', true],
    ['two  words', 'these two words here', true],
    ['c++', 'written in C++ today', true],
    ['海', '大海边', true],
    ['a.b', 'axb', false],
  ])('the refused word %j is found as a whole word only: %j', (word, prompt, isRefused) => {
    expect(refusal({ words: [word] }, { prompt }) !== undefined).toBe(isRefused);
  });

  test('the refusal never names the refused word', () => {
    expect(refusal({ words: ['bay'] })).not.toContain('bay');
  });
});

describe('server defaults', () => {
  test('server defaults never exceed the server’s own limits', () => {
    const limited = { ...NO_SETTINGS, maxSeconds: 4, maxResolution: '480p' } as const;
    expect(defaultsWithin(limited)).toMatchObject({
      resolution: '480p',
      length: { unit: 'seconds', seconds: 4 },
    });
    const chosen = { ...limited, defaults: { length: { unit: 'model-chooses' } } } as const;
    expect(defaultsWithin(chosen).length).toEqual({ unit: 'seconds', seconds: 4 });
  });

  test('server defaults are the usual ones when none are set', () => {
    expect(defaultsWithin(NO_SETTINGS)).toEqual({
      resolution: '720p',
      length: { unit: 'seconds', seconds: 5 },
    });
  });
});

test('a thread counts as its parent channel, and other channels do not', () => {
  const within = (isThread: boolean) =>
    channelIdsOf({
      channelId: THREAD,
      channel: { isThread: () => isThread, parentId: CHANNEL },
    });

  expect(within(true)).toEqual([THREAD, CHANNEL]);
  expect(within(false)).toEqual([THREAD]);
  expect(channelIdsOf({ channelId: THREAD, channel: null })).toEqual([THREAD]);
});

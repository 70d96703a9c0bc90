import { describe, expect, test } from 'vitest';

import { taskStatusSchema as aimlapi } from '#src/vendors/aimlapi/responses.ts';
import { taskStatusSchema as kyyaipower } from '#src/vendors/kyyaipower/responses.ts';
import { taskStatusSchema as official } from '#src/vendors/official/responses.ts';
import { requestStatusSchema as pixazo } from '#src/vendors/pixazo/responses.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const URL = 'https://files.example/video.mp4';

/** A finished task in each dialect, to which a usage is added. Pixazo’s older style equals the official one. */
const DIALECTS = {
  official: (usage: unknown) =>
    official.parse({ id: 'cgt-1', status: 'succeeded', content: { video_url: URL }, usage }),
  'Pixazo, newer style': (usage: unknown) =>
    pixazo.parse({ status: 'COMPLETED', output: { media_url: [URL] }, usage }),
  kyyAiPower: (usage: unknown) => kyyaipower.parse({ status: 'completed', video_url: URL, usage }),
  'AI/ML API': (usage: unknown) =>
    aimlapi.parse({ status: 'completed', video: { url: URL }, usage }),
} as const;

describe.each(Object.entries(DIALECTS))('the usage of %s', (_name, answerWith) => {
  test.each([
    ['total_tokens when it is alone', { total_tokens: 108_900 }, 108_900],
    ['total_tokens as a numeric string', { total_tokens: '108900' }, 108_900],
    [
      'completion_tokens when both are present',
      { completion_tokens: 49_005, total_tokens: 50_000 },
      49_005,
    ],
    ['total_tokens next to null', { completion_tokens: null, total_tokens: 49_005 }, 49_005],
    ['total_tokens next to 0', { completion_tokens: 0, total_tokens: 49_005 }, 49_005],
    ['total_tokens next to a word', { completion_tokens: 'many', total_tokens: 49_005 }, 49_005],
    ['an implausibly large count unchanged', { total_tokens: 5e12 }, 5e12],
    ['the largest number for an infinite count', { total_tokens: 1e18 }, MOST],
    [
      'the largest number for an infinite count in a string',
      { completion_tokens: '9'.repeat(30) },
      MOST,
    ],
    ['totalTokens in another spelling', { totalTokens: 108_900 }, 108_900],
    ['nothing for an empty usage', undefined, undefined],
    ['nothing for null', null, undefined],
    ['nothing for a fraction', { total_tokens: 49_005.5 }, undefined],
    ['nothing for a negative count', { completion_tokens: -1, total_tokens: -1 }, undefined],
    ['nothing for a list', [108_900], undefined],
  ])('the token count is %s', (_what, usage, tokens) => {
    expect(answerWith(usage)).toMatchObject({ status: 'succeeded', tokens });
  });
});

test('kyyAiPower’s own totalTokens takes precedence over a usage', () => {
  const answer = {
    status: 'completed',
    video_url: URL,
    totalTokens: 7,
    usage: { total_tokens: 8 },
  };

  expect(kyyaipower.parse(answer)).toMatchObject({ tokens: 7 });
});

/** Which language a member and a server are answered in. */
import { describe, expect, test } from 'vitest';

import { scenario } from './harness.ts';
import { moderator } from './moderator.ts';

const HAS_CHINESE = /\p{Script=Han}/u;

describe.concurrent('languages', () => {
  test('a member whose Discord is in Chinese is refused in Chinese, another in English', () =>
    scenario({}, async (s) => {
      s.alice.speaks('zh-CN');

      const toAlice = await s.alice.runs('credits').refusal();
      const toBob = await s.bob.runs('credits').refusal();

      expect(toAlice).toMatch(HAS_CHINESE);
      expect(toBob).not.toMatch(HAS_CHINESE);
    }));

  test('a member whose Discord is in Chinese reads in Chinese why a request does not fit', () =>
    scenario({}, async (s) => {
      s.alice.speaks('zh-CN');

      const options = { prompt: 'A paper boat', model: '1.0-pro', audio: true } as const;
      const refusal = await s.alice.runs('video', options).refusal();

      expect(refusal).toMatch(/^1\.0-pro 不生成声音。请关闭 audio，或改用 2\.0-mini/);
    }));

  test('a public card is in the language that moderators chose for the server', () =>
    scenario({}, async (s) => {
      await moderator(s).runs('settings language', { language: 'zh-CN' }).refusal();

      const reply = s.alice.runs('video', { prompt: 'A paper boat' });

      expect(await reply.until(({ text }) => HAS_CHINESE.test(text))).toBeDefined();
    }));

  test('a private card is in the language of its member', () =>
    scenario({}, async (s) => {
      s.alice.speaks('zh-CN');

      const reply = s.alice.runs('video', { prompt: 'A paper boat', private: true });

      expect(await reply.until(({ text }) => HAS_CHINESE.test(text))).toBeDefined();
    }));
});

/** The language of replies to a member and in a server. */
import { describe, expect, test } from 'vitest';

import { scenario, until } from './harness.ts';
import { moderator } from './moderator.ts';

const HAS_CHINESE = /\p{Script=Han}/u;
/** Names and options are not translated; four English words in a row are a sentence that was forgotten. */
const ENGLISH_SENTENCE = /(?:\b[a-z]+ ){3}[a-z]+\b/;
const CHANNELS = { channels: ['videos', 'log'] };

describe.concurrent('languages', () => {
  test('a member whose Discord is in Chinese is refused in Chinese, and another in English', () =>
    scenario({}, async (s) => {
      s.alice.speaks('zh-CN');

      const toAlice = await s.alice.runs('credits').refusal();
      const toBob = await s.bob.runs('credits').refusal();

      expect(toAlice).toMatch(HAS_CHINESE);
      expect(toBob).not.toMatch(HAS_CHINESE);
    }));

  test('a member whose Discord is in Chinese reads in Chinese why a request is refused', () =>
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

  test('a moderator whose Discord is in Chinese reads the report, the check and a refusal in Chinese', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      mia.speaks('zh-CN');
      await s.video({ prompt: 'A paper boat' }).until(({ media }) => media.length > 0);

      const report = await until(
        async () => mia.runs('quota report').refusal(),
        (text) => text.includes('1 个视频'),
      );
      const check = await mia.runs('settings check').refusal();
      const refusal = await mia.runs('settings words', {}).refusal();

      expect(report).toContain('**按成员**');
      expect(report).toMatch(/左：每天的积分/);
      expect(check).toContain('现在这里可以正常生成视频');
      expect(check).toContain('✅ BytePlus ModelArk 工作正常。');
      expect(refusal).toBe('没有要更改的内容：请填写要添加（add）或移除（remove）的词语。');
      for (const answer of [report, check]) expect(answer).not.toMatch(ENGLISH_SENTENCE);
    }));

  test('a change is logged as data, and each moderator reads it in their own language', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await mia.runs('settings limits', { max_seconds: 6 }).refusal();
      await mia.runs('quota grant', { user: s.bob.id, amount: 40, note: 'thanks' }).refusal();

      const inEnglish = await mia.runs('quota log').refusal();
      mia.speaks('zh-CN');
      const inChinese = await mia.runs('quota log').refusal();

      expect(inEnglish).toContain('**Settings · Limits**: any length · any resolution');
      expect(inChinese).toContain('**设置 · 上限**：时长不限 · 分辨率不限');
      expect(inChinese).toContain(`**已向<@${s.bob.id}>赠送 40 积分**`);
      expect(inChinese).toContain('“thanks”');
    }));

  test('the log channel uses the language that moderators chose, no matter who makes a change', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const mia = moderator(s);
      const log = s.guild.channel('log');
      await mia.runs('settings log-channel', { channel: log.id }).refusal();
      await log.until(({ text }) => text.includes('**Settings · Log channel**'));

      await mia.runs('settings language', { language: 'zh-CN' }).refusal();
      await log.until(({ text }) => text.includes('**设置 · 语言**'));
      await s.video({ prompt: 'A paper boat' }).until(({ media }) => media.length > 0);

      const line = await log.until(({ text }) => text.includes('[一个视频]'));
      expect(line.text).toContain(`<@${s.alice.id}> 生成了`);
    }));

  test('the log channel uses the server’s language in Discord when moderators chose none', () =>
    scenario({ guild: { ...CHANNELS, preferredLocale: 'zh-TW' } }, async (s) => {
      const log = s.guild.channel('log');
      await moderator(s).runs('settings log-channel', { channel: log.id }).refusal();

      const line = await log.until(({ text }) => text.includes('日志频道'));
      expect(line.text).toContain(`没有日志频道 → 日志发布在 <#${log.id}>`);
    }));
});

/** What members can look up before a request: models, prices, and the credits they can spend. */
import { describe, expect, test } from 'vitest';

import { CALLBACK, scenario } from './harness.ts';

describe.concurrent('information commands', () => {
  test('/models lists each model with capabilities and price, to the asking member only', () =>
    scenario({}, async (s) => {
      const answer = await s.alice.runs('models').refusal();

      for (const model of ['2.0-mini', '1.0-pro-fast', '1.0-pro'])
        expect(answer).toMatch(new RegExp(`- ${model}: \\d+ credits for 5 s; text`));
      expect(s.guild.channel().messages).toEqual([]);
    }));

  test('the model option suggests models that match the typed letters, with prices', () =>
    scenario({}, async (s) => {
      const all = await s.alice.types('video', 'model', '');
      const fast = await s.alice.types('video', 'model', 'FAST');

      expect(all.map(({ value }) => value).slice(0, 3)).toEqual([
        '2.0-mini',
        '1.0-pro-fast',
        '1.0-pro',
      ]);
      expect(all.length).toBeLessThanOrEqual(25);
      expect(
        all.every(({ name }) => /: \d+ credits for 5 s; /.test(name) && name.length <= 100),
      ).toBe(true);
      expect(fast.map(({ value }) => value)).toContain('1.0-pro-fast');
      expect(fast.map(({ value }) => value)).not.toContain('1.0-pro');
    }));

  test('/models and its suggestions are in the language of the asker', () =>
    scenario({}, async (s) => {
      s.alice.speaks('zh-CN');

      const answer = await s.alice.runs('models').refusal();
      const [first] = await s.alice.types('video', 'model', '2.0-mini');

      expect(answer).toMatch(/你在这里可以使用的模型\*\*\n- 2\.0-mini：5 秒 \d+ 积分；文本/);
      expect(answer).toContain('1 积分等于 1 美分');
      expect(first?.name).toMatch(/^2\.0-mini：5 秒 \d+ 积分/);
    }));

  test('the ledger is read only after Discord has its acknowledgement', () =>
    scenario({}, async (s) => {
      await s.alice.runs('credits').refusal();

      expect(s.requests(CALLBACK)).toMatchObject([{ body: { type: 5, data: { flags: 64 } } }]);
    }));

  test('a new member is shown the credits they can spend', () =>
    scenario({ environment: { DEFAULT_MEMBER_CREDITS: '120' } }, async (s) => {
      const answer = await s.bob.runs('credits').refusal();

      expect(answer).toContain('You can spend 120 credits');
      expect(answer).toMatch(/You\*\*: 120 credits left of 120 this month/);
      expect(answer).toContain('500 credits left of 500 this month');
      expect(answer).toMatch(/resets <t:\d+:R>/);
    }));
});

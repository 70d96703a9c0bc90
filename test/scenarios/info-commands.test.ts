/** What members can look up before a request: models, prices, and the credits they can spend. */
import { describe, expect, test } from 'vitest';

import { CALLBACK, scenario } from './harness.ts';

describe.concurrent('information commands', () => {
  test('/models lists each model with capabilities and price, to the asking member only', () =>
    scenario({}, async (s) => {
      const answer = await s.alice.runs('models').refusal();

      for (const model of ['2.0-mini', '1.0-pro-fast', '1.0-pro'])
        expect(answer).toMatch(new RegExp(`- ${model}: .* credits for 5 s`));
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
      expect(all.every(({ name }) => /\d+ credits for 5 s$/.test(name) && name.length <= 100)).toBe(
        true,
      );
      expect(fast.map(({ value }) => value)).toContain('1.0-pro-fast');
      expect(fast.map(({ value }) => value)).not.toContain('1.0-pro');
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

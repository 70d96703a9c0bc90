/** Replies that only the asking member sees, whatever happens to the acknowledgement. */
import { describe, expect, test } from 'vitest';

import { CALLBACK, scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

/** Discord has the acknowledgement; the bot, which retries by itself, gets 40060. */
const LOST_ANSWER = { route: CALLBACK, kind: 'cut', when: 'after', how: 'reset' } as const;

describe.concurrent('the price question of a private video', () => {
  test('a private price question is confirmed in private, and nobody else sees it', () =>
    scenario({}, async (s) => {
      const prompt = 'A secret paper boat';
      const asked = s.video({ prompt, private: true, duration: 16 });
      const question = await asked.until(({ buttons }) => buttons.length > 0);
      const pressed = s.alice.clicks(asked, question.buttons[0]?.label ?? '');
      const done = await pressed.until(({ media }) => media.length > 0);

      expect(question.isEphemeral).toBe(true);
      expect(done.isEphemeral).toBe(true);
      expect(await s.job('delivered')).toMatchObject({ isPrivate: true, isEphemeral: true });
      expect(s.guild.channel().messages).toEqual([]);
    }));
});

describe.concurrent('lost responses to acknowledgements', () => {
  test('no member is left with “thinking” after a lost response', () =>
    scenario({}, async (s) => {
      s.discord.inject(LOST_ANSWER);

      expect(await readReply(s.alice.runs('credits', {}))).toContain('can spend');
      expect(s.requests(CALLBACK)).toMatchObject([{ fault: 'cut' }, { code: 40_060 }]);
    }));

  test('a grant after a lost response is made once', () =>
    scenario({}, async (s) => {
      s.discord.inject(LOST_ANSWER);
      const grant = { amount: 40, user: s.alice.id };
      const answer = await readReply(moderator(s).runs('quota grant', grant));

      expect(answer).toContain('40 credits granted');
      expect((await s.ledgers.ledger()).map(({ kind }) => kind)).toEqual(['grant']);
    }));

  test('a page of the audit log turns after a lost response', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      for (let credits = 1; credits <= 11; credits += 1) {
        await readReply(mia.runs('quota server', { credits }));
      }
      const log = mia.runs('quota log', {});
      await log.until(({ text }) => text.includes('Page 1 of 2'));
      s.discord.inject(LOST_ANSWER);
      mia.clicks(log, 'Older');
      const older = await log.until(({ text }) => text.includes('Page 2 of 2'));

      expect(older.isEphemeral).toBe(true);
    }));
});

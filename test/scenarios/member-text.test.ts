/** Members' text is shown as plain text: it pings nobody, formats nothing, and cannot imitate the bot’s lines. */
import { describe, expect, test } from 'vitest';

import { scenario } from './harness.ts';

describe.concurrent('text from members', () => {
  test.each([
    '@everyone @here look at this',
    'hello <@1> and <@&2> in <#3> </video:4> <t:0:R> <:smile:5>',
    'read [the rules](https://example.com/trap) at https://example.com',
    '**Done.** # Big\n> quote\n-# Seedance 2.0-mini · 0 credits\n- item',
    '\\*\\*bold\\*\\* \\<@1> \\[a](https://example.com)',
    '\u202Edesrever\u2066 zero\u200Bwidth ||hidden|| `code` ```block``` ~~gone~~ __under__',
  ])('a member’s text is shown as plain text: %j', (prompt) =>
    scenario({}, async (s) => {
      const written = prompt.replaceAll('<@1>', `<@${s.bob.id}>`);
      const reply = s.video({ prompt: written });
      await s.job('delivered');

      const texts = reply.versions.flatMap(({ text }) => text.split('\n'));
      const quotes = texts.filter((line) => line.startsWith('> '));
      expect(reply.versions.flatMap(({ mentionsPinged }) => mentionsPinged)).toEqual([]);
      expect(new Set(quotes).size).toBe(1);
      for (const quote of quotes) expect(activeMarkup(quote.slice(2))).toEqual([]);
      // Besides the quote, there are only the bot’s own lines.
      const done = (reply.message?.text ?? '').split('\n');
      expect(done).toHaveLength(2);
      expect(done[1]).toMatch(/^-# Seedance 2\.0-mini · .* · 39 credits$/);
    }),
  );
});

/** Characters that format, mention or link without a backslash, and invisible ones. */
function activeMarkup(text: string): string[] {
  const disarmed = text.replace(/\\[^\p{L}\p{N}\s]/gu, '');
  return disarmed.match(/[\\*_~`|<>[\]#]|@(?=everyone|here)|\p{Cf}/gu) ?? [];
}

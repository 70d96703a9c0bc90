import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fileSize, linkTo, quotable, timestamp } from '#src/discord/text.ts';

/** Characters with a meaning to Discord, often next to each other. */
const markup = fc
  .array(
    fc.constantFrom(
      ...'\\*_~`|<>[]()#@:-+.!/ 1a\n\r\t\u2028\u0085\u200B\u202E\uFEFF'.split(''),
      '<@123>',
      '@everyone',
      'https://example.com',
      '```',
      '👩‍👩‍👧',
      '\uD800',
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(markup, fc.string({ unit: 'grapheme', maxLength: 200 }), fc.string());

/** Replaces every escaped character by an ordinary one, and leaves what Discord still reads as markup. */
function unescaped(text: string): string {
  // It is then an ordinary character, and still precedes what follows it.
  return text.replace(/\\[^\p{L}\p{N}\s]/gu, 'x');
}

describe('quoted text', () => {
  test('quoted text contains no character that formats, mentions or links', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 300 }), (text, maxLength) => {
        const left = unescaped(quotable(text, maxLength));
        expect(left).not.toMatch(/[\\*_~`|<>[\]#@:]/);
        expect(left).not.toMatch(/^\s*([-+]|\d+\.)\s/);
      }),
    );
  });

  test('quoted text is one line without invisible characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(quotable(text, 300)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('quoted text fits its limit however much escaping adds', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 100 }), (text, maxLength) => {
        expect(quotable(text, maxLength).length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });

  test('quoted text reads as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 100 }), (text) => {
        const shown = quotable(text, 1000).replace(/\\([^\p{L}\p{N}\s])/gu, '$1');
        expect(shown).toBe(text.trim());
      }),
    );
  });

  test('quoted text is not cut inside a character', () => {
    expect(quotable('👍'.repeat(10), 6)).toBe('👍👍…');
  });

  test.each([
    ['\\<@123> hi', '\\\\\\<\\@123\\> hi'],
    ['\\*\\*bold\\*\\*', '\\\\\\*\\\\\\*bold\\\\\\*\\\\\\*'],
    ['# Title', '\\# Title'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['up\n\n  down', 'up down'],
    ['2.5 m wide', '2\\.5 m wide'],
  ])('%j is shown as %j', (text, shown) => {
    expect(quotable(text, 100)).toBe(shown);
  });
});

describe('formatted values', () => {
  test('a time is a Discord timestamp in whole seconds', () => {
    expect(timestamp(1_700_000_000_999)).toBe('<t:1700000000:R>');
    expect(timestamp(1_700_000_000_000, 'f')).toBe('<t:1700000000:f>');
  });

  test.each([
    [1, '1 kB'],
    [87_400, '87 kB'],
    [999_400, '999 kB'],
    [999_600, '1.0 MB'],
    [3_440_000, '3.4 MB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(fileSize(bytes)).toBe(words);
  });
});

describe('a link', () => {
  test.for<[string, string]>([
    ['https://example.com/a.mp4?x=1&y=2#z', 'https://example.com/a.mp4?x=1&y=2#z'],
    ['https://example.com/a(1).mp4', 'https://example.com/a%281%29.mp4'],
    ['https://example.com/a.mp4?sign=x)y', 'https://example.com/a.mp4?sign=x%29y'],
    [
      'https://example.com/a.mp4) [free](https://evil.example',
      'https://example.com/a.mp4%29%20%5Bfree%5D%28https://evil.example',
    ],
    ['https://example.com/a b\n.mp4', 'https://example.com/a%20b.mp4'],
    ['https://example.com/?q=<@123>', 'https://example.com/?q=%3C@123%3E'],
    ["https://example.com/a_b*c~d'e", "https://example.com/a_b*c~d'e"],
  ])('a link keeps its whole address and nothing beside it: %s', ([address, target]) => {
    expect(linkTo('Download it', address)).toBe(`[Download it](${target})`);
    expect(decodeURIComponent(target)).toBe(decodeURIComponent(new URL(address).href));
  });

  test.for(['', 'no address', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd'])(
    'a link without a web address is only its label: %s',
    (address) => {
      expect(linkTo('Download it', address)).toBe('Download it');
    },
  );

  test('the result is a link whatever the address', () => {
    fc.assert(
      fc.property(markup, (path) => {
        const link = linkTo('It', `https://example.com/${path}`);
        expect(link).toMatch(/^\[It\]\(https:\/\/[^()<>[\]\s\\]*\)$/);
      }),
    );
  });
});

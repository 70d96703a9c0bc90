/** Keys, tokens and addresses that contain invisible characters. */
import { describe, expect, test } from 'vitest';

import { SETTING_NAMES, readConfig } from '#src/config.ts';
import { ConfigError } from '#src/errors.ts';

const KEY = 'hunter2-hunter2';
const LEAST = { DISCORD_TOKEN: 'a-token', BYTEPLUS_API_KEY: 'a-key' } as const;
const CREDENTIALS = SETTING_NAMES.filter((name) => /_API_KEY$|_TOKEN$/.test(name));
const ADDRESSES = SETTING_NAMES.filter((name) => /_URL$|_PROXY$/.test(name));

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig({ ...LEAST, ARK_API_KEY: 'a', ARK_BASE_URL: 'https://ark.example', ...environment });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('a key or token', () => {
  test.each([
    ['a zero-width space', `hunter2\u200B-hunter2`, 'an invisible character (U+200B)'],
    ['one at its end', `${KEY}\u200B`, 'an invisible character (U+200B)'],
    ['a word joiner', `hunter2\u2060-hunter2`, 'an invisible character (U+2060)'],
    ['a soft hyphen', `hunter2\u00AD-hunter2`, 'an invisible character (U+00AD)'],
    ['a Hangul filler', `hunter2\u3164-hunter2`, 'an invisible character (U+3164)'],
    ['a direction mark', `\u202A${KEY}`, 'an invisible character (U+202A)'],
    ['a byte order mark', `\uFEFF${KEY}`, 'an invisible character (U+FEFF)'],
    ['a control character', `hunter2\u0007-hunter2`, 'an invisible character (U+0007)'],
    ['a no-break space', `${KEY}\u00A0`, 'a special space (U+00A0)'],
    ['an ideographic space', `\u3000${KEY}`, 'a special space (U+3000)'],
    ['a line break', 'hunter2\nhunter2', 'a line break'],
    ['a line break of Windows', 'hunter2\r\nhunter2', 'a line break'],
    ['a line separator', 'hunter2\u2028hunter2', 'a line break'],
    ['a space', 'hunter2 hunter2', 'a space'],
    ['a tab', 'hunter2\thunter2', 'a tab'],
    ['quotation marks', `"${KEY}"`, 'a quotation mark'],
    ['single quotation marks', `'${KEY}'`, 'a quotation mark'],
    ['one quotation mark', `${KEY}"`, 'a quotation mark'],
    ['backquotes', `\`${KEY}\``, 'a quotation mark'],
    ['curly quotation marks', `\u201C${KEY}\u201D`, 'a typographic quotation mark (U+201C)'],
    ['an apostrophe of a word processor', `${KEY}\u2019`, 'a typographic quotation mark (U+2019)'],
    ['guillemets', `\u00AB${KEY}\u00BB`, 'a typographic quotation mark (U+00AB)'],
    ['a Cyrillic letter', `hunt\u0435r2`, 'a character that is not ASCII (U+0435)'],
    ['an ellipsis', `hunt\u2026`, 'a character that is not ASCII (U+2026)'],
    ['its scheme', `Bearer ${KEY}`, 'begins with "Bearer": enter only what follows it'],
    ['the scheme of bots', `Bot ${KEY}`, 'begins with "Bot": enter only what follows it'],
  ])('a key with %s is refused with its setting and the character', (_what, value, told) => {
    for (const name of CREDENTIALS) {
      const faults = faultsOf({ [name]: value });

      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(new RegExp(`^${name} `));
      expect(faults[0]).toContain(told);
      expect(faults[0]).not.toMatch(/hunter2|hunt/);
    }
  });

  test.each([` ${KEY} `, `\t${KEY}\r\n`, `${KEY}\n`])(
    'a key is accepted without the space around %j',
    (value) => {
      const config = readConfig({ DISCORD_TOKEN: value, BYTEPLUS_API_KEY: value });

      expect(config.discord.token).toBe(KEY);
      expect(config.vendors.get('byteplus')?.apiKey).toBe(KEY);
    },
  );

  test('a key of only an invisible character is refused, not ignored', () => {
    expect(faultsOf({ AZERION_API_KEY: '\u200B' })[0]).toContain('U+200B');
  });

  test.each(['sk-proj_a.b/c+d=e:f~g', '0123-4567', 'eyJhbGciOi.J9.x_y-z'])(
    '%s counts as a key or token',
    (value) => {
      expect(faultsOf(Object.fromEntries(CREDENTIALS.map((name) => [name, value])))).toEqual([]);
    },
  );
});

describe('an address', () => {
  test.each([
    ['https://vendor.exam\u200Bple/v1', 'U+200B'],
    ['https://vendor.example/v1\u00A0', 'U+00A0'],
    ['https://vendor.example/ v1', 'a space'],
    ['https://vendor.example/\nv1', 'a line break'],
    ['"https://vendor.example/v1"', 'a quotation mark'],
    ['\u201Chttps://vendor.example/v1\u201D', 'U+201C'],
    ['\uFEFFhttps://vendor.example/v1', 'U+FEFF'],
  ])('an address of %j is refused with its setting and the character', (value, told) => {
    for (const name of ADDRESSES.filter((each) => each !== 'NO_PROXY')) {
      const faults = faultsOf({ [name]: value });

      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(new RegExp(`^${name} `));
      expect(faults[0]).toContain(told);
    }
  });

  test('a faulty database address does not show its password in the error', () => {
    const [fault] = faultsOf({ DATABASE_URL: 'postgres://bot:hunter2\u200B@host/bot' });

    expect(fault).toMatch(/^DATABASE_URL contains an invisible character \(U\+200B\)/);
    expect(fault).not.toContain('hunter2');
  });

  test('a database file may have any characters that a path may have', () => {
    expect(faultsOf({ DATABASE_URL: "sqlite:/srv/Anna's bot/données.db" })).toEqual([]);
  });

  test.each(['VIDEO_HOSTS', 'DISCORD_CDN_HOSTS'])(
    'an address in %s is a host, not a link',
    (name) => {
      expect(faultsOf({ [name]: 'cdn.example, https://cdn.example/' })).toEqual([
        `${name} (entry 2) must be a host, such as cdn.example.com or cdn.example.com:8080, without https://`,
      ]);
      expect(faultsOf({ [name]: 'cdn.exam\u200Bple' })[0]).toContain('U+200B');
      expect(faultsOf({ [name]: 'cdn.example, 10.0.0.1:8080, [::1]:9, my_host' })).toEqual([]);
    },
  );
});

describe('a proxy', () => {
  test.each(['proxy.example:3128', 'socks5://proxy.example:1080', 'proxy'])(
    'a proxy of %s is refused with an example',
    (value) => {
      expect(faultsOf({ HTTPS_PROXY: value })).toEqual([
        'HTTPS_PROXY must be the http or https URL of a proxy, such as http://proxy.example.com:3128',
      ]);
    },
  );

  test('a proxy may be named in lower case, as in other programs', () => {
    const proxies = {
      https_proxy: 'http://a.example:1',
      http_proxy: 'http://b.example:2',
      no_proxy: 'c.example',
    };

    expect(readConfig({ ...LEAST, ...proxies }).proxy).toEqual({
      https: 'http://a.example:1',
      http: 'http://b.example:2',
      except: 'c.example',
    });
  });

  test('the upper-case proxy setting takes precedence when both are set', () => {
    const both = { https_proxy: 'http://a.example:1', HTTPS_PROXY: 'http://b.example:2' };

    expect(readConfig({ ...LEAST, ...both }).proxy.https).toBe('http://b.example:2');
  });
});

test('a settings file with a byte order mark is read', () => {
  const { discord } = readConfig({ '\uFEFFDISCORD_TOKEN': 'a-token', BYTEPLUS_API_KEY: 'a-key' });

  expect(discord.token).toBe('a-token');
});

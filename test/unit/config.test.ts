import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { describe, expect, test } from 'vitest';

import { SETTING_NAMES, readConfig } from '#src/config.ts';
import { ConfigError } from '#src/errors.ts';

const LEAST = { DISCORD_TOKEN: 'a-token', BYTEPLUS_API_KEY: 'a-key' } as const;
const EXAMPLE = parseEnv(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8'));

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('.env.example', () => {
  test('.env.example lists every setting and no others', () => {
    expect(Object.keys(EXAMPLE).toSorted()).toEqual(SETTING_NAMES.toSorted());
  });

  test('.env.example shows the default of each setting: with only a token and a key filled in, nothing changes', () => {
    expect(readConfig({ ...EXAMPLE, ...LEAST })).toEqual(readConfig(LEAST));
  });

  test('.env.example explains each setting', () => {
    const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const lines = text.split('\n');
    const withoutWord = lines.filter((line, index) => {
      const before = lines[index - 1] ?? '';
      return /^[A-Z_]+=/.test(line) && !/^(#|[A-Z]+_API_KEY=)/.test(before);
    });

    expect(withoutWord).toEqual([]);
  });
});

describe('the settings', () => {
  test('the settings have these defaults', () => {
    expect(readConfig(LEAST)).toMatchObject({
      discord: {
        token: 'a-token',
        apiUrl: 'https://discord.com/api',
        cdnHosts: [
          'cdn.discordapp.com',
          'media.discordapp.net',
          'images-ext-1.discordapp.net',
          'images-ext-2.discordapp.net',
        ],
      },
      videoHosts: [],
      databaseUrl: 'sqlite:data/bot.db',
      dataDir: 'data',
      retentionDays: 30,
      guildAllowlist: [],
      credits: {
        defaultGuild: 500,
        defaultMember: undefined,
        maxGuildPerMonth: 1000,
        operatorPerMonth: 5000,
      },
      http: { port: undefined, host: '127.0.0.1' },
      logLevel: 'info',
    });
  });

  test('surrounding spaces are removed from settings', () => {
    const config = readConfig({
      ...LEAST,
      DISCORD_API_URL: ' http://127.0.0.1:8080/api/ ',
      DISCORD_CDN_HOSTS: '127.0.0.1:8080, cdn.example.com',
      VIDEO_HOSTS: '127.0.0.1:9090',
      GUILD_ALLOWLIST: '123456789012345678, 223456789012345678',
      DEFAULT_MEMBER_CREDITS: '0',
      GUILD_CREDITS: '123456789012345678=2500,223456789012345678=0',
      HTTP_PORT: '0',
      RETENTION_DAYS: '7',
      LOG_LEVEL: 'silent',
    });

    expect(config.discord.apiUrl).toBe('http://127.0.0.1:8080/api');
    expect(config.discord.cdnHosts).toEqual(['127.0.0.1:8080', 'cdn.example.com']);
    expect(config.videoHosts).toEqual(['127.0.0.1:9090']);
    expect(config.guildAllowlist).toEqual(['123456789012345678', '223456789012345678']);
    expect(config.credits.defaultMember).toBe(0);
    expect([...config.credits.guilds]).toEqual([
      ['123456789012345678', 2500],
      ['223456789012345678', 0],
    ]);
    expect(config.http.port).toBe(0);
    expect(config.retentionDays).toBe(7);
    expect(config.logLevel).toBe('silent');
  });

  test('an empty setting counts as missing', () => {
    const blank = Object.fromEntries(Object.keys(EXAMPLE).map((name) => [name, '  ']));

    expect(readConfig({ ...blank, ...LEAST })).toEqual(readConfig(LEAST));
  });

  test('the settings are frozen', () => {
    expect(Object.isFrozen(readConfig(LEAST))).toBe(true);
  });

  test('unknown environment variables are ignored', () => {
    expect(readConfig({ ...LEAST, PATH: '/bin', HOME: '/root' })).toEqual(readConfig(LEAST));
  });
});

describe('the vendors', () => {
  const ALL = {
    DISCORD_TOKEN: 'a-token',
    BYTEPLUS_API_KEY: 'one',
    VOLCENGINE_API_KEY: 'two',
    POWERTOKENS_API_KEY: 'three',
    ARK_API_KEY: 'four',
    ARK_BASE_URL: 'https://ark.example.com/api/v3/',
  } as const;

  test('the vendors with a key are enabled, in the usual order', () => {
    expect([...readConfig(ALL).vendors.keys()]).toEqual([
      'byteplus',
      'volcengine',
      'powertokens',
      'ark',
    ]);
  });

  test('vendors come in the order the operator names, followed by the others', () => {
    const { vendors } = readConfig({ ...ALL, VENDOR_ORDER: 'ark, powertokens' });

    expect([...vendors.keys()]).toEqual(['ark', 'powertokens', 'byteplus', 'volcengine']);
  });

  test('a vendor’s base URL has no trailing slash', () => {
    expect(readConfig(ALL).vendors.get('ark')).toEqual({
      apiKey: 'four',
      baseUrl: 'https://ark.example.com/api/v3',
    });
  });

  test.each([
    [{ DISCORD_TOKEN: 'a-token' }, 'at least one vendor key'],
    [{ DISCORD_TOKEN: 'a-token', ARK_API_KEY: 'x' }, 'ARK_BASE_URL is required with ARK_API_KEY'],
    [
      { ...LEAST, ARK_BASE_URL: 'https://ark.example.com' },
      'ARK_API_KEY is required with ARK_BASE_URL',
    ],
  ])('the vendor list %j is refused', (environment, sentence) => {
    expect(faultsOf(environment).join('\n')).toContain(sentence);
  });
});

test.for<[string, unknown]>([
  ['', []],
  [' ', []],
  [',', []],
  ['*', 'everyone'],
  [' * ', 'everyone'],
  ['123456789012345678', ['123456789012345678']],
])('GUILD_ALLOWLIST=%j lists %j', ([value, listed]) => {
  expect(readConfig({ ...LEAST, GUILD_ALLOWLIST: value }).guildAllowlist).toEqual(listed);
});

describe('a configuration fault', () => {
  test.each([
    ['DISCORD_API_URL', 'ftp://discord.example'],
    ['BYTEPLUS_BASE_URL', 'somewhere'],
    ['AIMLAPI_BASE_URL', 'https://api.vendor.example/v1?region=eu'],
    ['PIXAZO_BASE_URL', 'https://api.vendor.example/v1#top'],
    ['KYYAIPOWER_BASE_URL', 'https://me:secret@api.vendor.example/v1'],
    ['AZERION_BASE_URL', 'https://api.vendor.example/v1/contents/generations/tasks'],
    ['VENDOR_ORDER', 'byteplus,nobody'],
    ['PRICES', '{"byteplus":'],
    ['PRICES', '{"nobody":{}}'],
    ['DATABASE_URL', 'mysql://host/bot'],
    ['RETENTION_DAYS', '0'],
    ['RETENTION_DAYS', '1.5'],
    ['GUILD_ALLOWLIST', 'my-server'],
    ['GUILD_ALLOWLIST', '*,123456789012345678'],
    ['GUILD_ALLOWLIST', '**'],
    ['DEFAULT_GUILD_CREDITS', '-1'],
    ['DEFAULT_MEMBER_CREDITS', '2.5'],
    ['MAX_GUILD_CREDITS_PER_MONTH', 'lots'],
    ['GUILD_CREDITS', '123456789012345678'],
    ['OPERATOR_CREDITS_PER_MONTH', '1e3'],
    ['HTTP_PORT', '65536'],
    ['LOG_LEVEL', 'loud'],
  ])('a fault in %s (%s) names the setting and what it must be', (name, value) => {
    const faults = faultsOf({ ...LEAST, [name]: value });

    expect(faults).not.toEqual([]);
    for (const fault of faults) expect(fault).toMatch(new RegExp(`^${name}( \\(at .+\\))? \\S`));
  });

  test('one fault does not hide another', () => {
    const faults = faultsOf({ HTTP_PORT: 'x', LOG_LEVEL: 'loud', RETENTION_DAYS: 'soon' });

    expect(faults.map((fault) => fault.split(/[ ,]/)[0])).toEqual([
      'DISCORD_TOKEN',
      'RETENTION_DAYS',
      'HTTP_PORT',
      'LOG_LEVEL',
      'BYTEPLUS_API_KEY',
    ]);
  });

  test('a fault never repeats the value of a setting that may hold a secret', () => {
    const secret = 'hunter2-hunter2';
    const faults = faultsOf({
      DISCORD_TOKEN: secret,
      BYTEPLUS_API_KEY: secret,
      BYTEPLUS_BASE_URL: `not a url ${secret}`,
      DATABASE_URL: `mysql://bot:${secret}@host/bot`,
      PRICES: secret,
    });

    expect(faults).toHaveLength(3);
    expect(faults.join('\n')).not.toContain(secret);
  });
});

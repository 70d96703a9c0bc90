/** How each subcommand of `/settings` changes the settings, and what it refuses. */
import { ApplicationCommandOptionType as Type, CommandInteractionOptionResolver } from 'discord.js';
import { describe, expect, test } from 'vitest';

import type { CommandInteraction } from '#src/discord/interactions/kinds.ts';
import { SETTINGS_CHANGES } from '#src/discord/moderation/settings/changes.ts';
import { NO_SETTINGS, type ServerSettings } from '#src/discord/server/server-settings.ts';

const HERE = '200';
type Given = Readonly<Record<string, string | number | boolean>>;

const TYPES: Readonly<Record<string, Type>> = {
  channel: Type.Channel,
  duration: Type.Number,
  max_seconds: Type.Integer,
  confirm_above: Type.Integer,
};

function typeOf(name: string, value: string | number | boolean): Type {
  return TYPES[name] ?? (typeof value === 'boolean' ? Type.Boolean : Type.String);
}

/** As discord.js passes it to a command: its own resolver over the typed options. */
function typeOptions(given: Given): CommandInteraction {
  const options = Object.entries(given).map(([name, value]) => ({
    name,
    type: typeOf(name, value),
    value,
    ...(name === 'channel' ? { channel: { id: value } } : {}),
  }));
  const resolver: unknown = Reflect.construct(CommandInteractionOptionResolver, [
    undefined,
    options,
    {},
  ]);
  return Object.assign(Object.create(null), { options: resolver, channelId: HERE });
}

function after(subcommand: string, given: Given, before: Partial<ServerSettings> = {}) {
  const change = SETTINGS_CHANGES[subcommand];
  if (change === undefined) throw new Error(`there is no ${subcommand}`);
  return change.read(typeOptions(given), ['1.0-pro', '2.0-mini'])({ ...NO_SETTINGS, ...before });
}

describe('channels', () => {
  test.each<[string, Given, Partial<ServerSettings>, ServerSettings['channels']]>([
    ['may be the only one allowed', { mode: 'only' }, {}, { mode: 'only', ids: [HERE] }],
    [
      'may be the only one excluded',
      { mode: 'only', channel: '7' },
      {},
      { mode: 'only', ids: ['7'] },
    ],
    [
      'may be excluded in addition',
      { mode: 'only', channel: '7' },
      { channels: { mode: 'only', ids: ['1'] } },
      { mode: 'only', ids: ['1', '7'] },
    ],
    [
      'is listed once, however often it is added',
      { mode: 'except', channel: '1' },
      { channels: { mode: 'except', ids: ['1'] } },
      { mode: 'except', ids: ['1'] },
    ],
    [
      'of another mode starts a new list',
      { mode: 'except', channel: '7' },
      { channels: { mode: 'only', ids: ['1'] } },
      { mode: 'except', ids: ['7'] },
    ],
    [
      'can be removed from the list',
      { mode: 'remove', channel: '7' },
      { channels: { mode: 'only', ids: ['1', '7'] } },
      { mode: 'only', ids: ['1'] },
    ],
    [
      'removed last allows every channel',
      { mode: 'remove', channel: '7' },
      { channels: { mode: 'only', ids: ['7'] } },
      { mode: 'everywhere', ids: [] },
    ],
    [
      'everywhere',
      { mode: 'everywhere', channel: '7' },
      { channels: { mode: 'only', ids: ['7', '8'] } },
      { mode: 'everywhere', ids: [] },
    ],
  ])('a channel %s', (_what, given, before, channels) => {
    expect(after('channels', given, before)).toEqual({ ...NO_SETTINGS, ...before, channels });
  });

  test('a channel that is not on the list cannot be removed', () => {
    expect(() => after('channels', { mode: 'remove', channel: '7' })).toThrow(
      '<#7> is not on the list.',
    );
  });

  test('fifty channels are the maximum', () => {
    const listed = (count: number) => ({
      channels: { mode: 'only' as const, ids: Array.from({ length: count }, (_, at) => `1${at}`) },
    });

    expect(after('channels', { mode: 'only' }, listed(49)).channels.ids).toHaveLength(50);
    expect(() => after('channels', { mode: 'only' }, listed(50))).toThrow('At most 50');
  });
});

describe('models', () => {
  test('a model is forbidden once, and allowed again', () => {
    const forbidden = after('models', { model: '1.0-pro', allowed: false });
    const again = after('models', { model: '1.0-pro', allowed: false }, forbidden);

    expect(forbidden.forbiddenModels).toEqual(['1.0-pro']);
    expect(again.forbiddenModels).toEqual(['1.0-pro']);
    expect(after('models', { model: '1.0-pro', allowed: true }, again)).toEqual(NO_SETTINGS);
  });

  test('a model that is not offered can be allowed again, but not forbidden', () => {
    const before = { forbiddenModels: ['2.5' as const] };

    expect(after('models', { model: '2.5', allowed: true }, before).forbiddenModels).toEqual([]);
    expect(() => after('models', { model: '2.5', allowed: false })).toThrow('2.5 is not offered');
  });
});

describe('limits', () => {
  const all = { maxSeconds: 8, maxResolution: '720p', confirmAbove: 40 } as const;

  test.each<[string, Given, Partial<ServerSettings>]>([
    ['of seconds', { max_seconds: 5 }, { ...all, maxSeconds: 5 }],
    ['of one second', { max_seconds: 1 }, { ...all, maxSeconds: 1 }],
    ['of the resolution', { max_resolution: '480p' }, { ...all, maxResolution: '480p' }],
    ['of the price question', { confirm_above: 7 }, { ...all, confirmAbove: 7 }],
    ['without a price question', { confirm_above: 0 }, { ...all, confirmAbove: 0 }],
  ])('a limit %s is set, and the others stay', (_what, given, expected) => {
    expect(after('limits', given, all)).toEqual({ ...NO_SETTINGS, ...expected });
  });

  test('limits are removed one by one', () => {
    const { maxSeconds: _seconds, ...withoutSeconds } = { ...NO_SETTINGS, ...all };
    const { maxResolution: _resolution, ...withoutResolution } = { ...NO_SETTINGS, ...all };

    expect(after('limits', { max_seconds: 0 }, all)).toEqual(withoutSeconds);
    expect(after('limits', { max_resolution: 'any' }, all)).toEqual(withoutResolution);
  });

  test('a limit of zero is refused', () => {
    expect(() => after('limits', {}, all)).toThrow('Nothing to set');
  });
});

describe('defaults', () => {
  test('each default is stored under its name, even when it is false', () => {
    const given = {
      model: '1.0-pro',
      ratio: '1:1',
      duration: 7,
      resolution: '480p',
      camera_fixed: false,
      audio: false,
      watermark: true,
      draft: false,
      economy: true,
    };

    expect(after('defaults', given).defaults).toEqual({
      model: '1.0-pro',
      ratio: '1:1',
      length: { unit: 'seconds', seconds: 7 },
      resolution: '480p',
      isCameraFixed: false,
      hasAudio: false,
      hasWatermark: true,
      isDraft: false,
      tier: 'flex',
    });
  });

  test('defaults are added to existing ones, or all removed', () => {
    const before = { defaults: { hasAudio: true, tier: 'flex' as const } };

    expect(after('defaults', { economy: false, duration: -1 }, before).defaults).toEqual({
      hasAudio: true,
      tier: 'default',
      length: { unit: 'model-chooses' },
    });
    expect(after('defaults', {}, before).defaults).toEqual({});
  });

  test.each([0, -2, 2.5])('a default of %d seconds is refused', (duration) => {
    expect(() => after('defaults', { duration })).toThrow('must be whole seconds');
  });

  test('a default model that is not offered is refused', () => {
    expect(() => after('defaults', { model: '2.5' })).toThrow('2.5 is not offered here');
  });
});

describe('words', () => {
  test('words are added as typed, replacing the same word in other letter case', () => {
    expect(after('words', { add: ' Darn ' }, { words: ['heck', 'DARN'] }).words).toEqual([
      'heck',
      'Darn',
    ]);
  });

  test('words are removed in any letter case', () => {
    const before = { words: ['Darn', 'heck'] };

    expect(after('words', { remove: ' dARN ' }, before).words).toEqual(['heck']);
    expect(after('words', { remove: 'darn', add: 'drat' }, before).words).toEqual(['heck', 'drat']);
    expect(after('words', { add: '  ' }, before).words).toEqual(['Darn', 'heck']);
  });

  test('a missing word and an empty word are refused', () => {
    expect(() => after('words', { remove: 'drat' }, { words: ['darn'] })).toThrow(
      'not on the list',
    );
    expect(() => after('words', {})).toThrow('Nothing to change');
  });

  test('two hundred words are the maximum', () => {
    const listed = (count: number) => ({
      words: Array.from({ length: count }, (_, at) => `word ${at}`),
    });

    expect(after('words', { add: 'one' }, listed(199)).words).toHaveLength(200);
    expect(() => after('words', { add: 'one' }, listed(200))).toThrow('At most 200');
  });
});

test('the log channel can be set and cleared', () => {
  expect(after('log-channel', { channel: '7' })).toEqual({ ...NO_SETTINGS, logChannelId: '7' });
  expect(after('log-channel', {}, { logChannelId: '7' })).toEqual(NO_SETTINGS);
});

test.each<[string, Given]>([
  ['channels', {}],
  ['models', { model: '1.0-pro' }],
  ['models', { allowed: true }],
])('/settings %s without a required option is refused as incomplete: %j', (subcommand, given) => {
  expect(() => after(subcommand, given)).toThrow(/Required option "\w+" not found/);
});

describe('language', () => {
  test('the chosen language is kept', () => {
    expect(after('language', { language: 'zh-CN' })).toMatchObject({ language: 'zh-CN' });
  });

  test('the language follows the server’s own again', () => {
    expect(after('language', { language: 'server' }, { language: 'zh-CN' })).toEqual(NO_SETTINGS);
  });
});

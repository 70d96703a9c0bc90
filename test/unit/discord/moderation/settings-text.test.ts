/** A server's settings in words, each part of them. */
import { describe, expect, test } from 'vitest';

import { PARTS, settingsText, type Part } from '#src/discord/moderation/settings/settings-text.ts';
import { NO_SETTINGS, type ServerSettings } from '#src/discord/server/server-settings.ts';

const OFFERED = ['1.0-pro', '2.0-mini'] as const;

const ROWS: readonly [Part, Partial<ServerSettings>, string][] = [
  ['channels', {}, 'videos in every channel'],
  ['channels', { channels: { mode: 'only', ids: ['1', '2'] } }, 'videos only in <#1>, <#2>'],
  ['channels', { channels: { mode: 'only', ids: [] } }, 'videos only in no channel'],
  ['channels', { channels: { mode: 'except', ids: ['1'] } }, 'videos everywhere but in <#1>'],
  ['models', {}, 'all models'],
  ['models', { forbiddenModels: ['1.0-pro', '2.5'] }, 'all models but 1.0-pro'],
  ['models', { forbiddenModels: ['2.5'] }, 'all models'],
  ['limits', {}, 'any length, any resolution, asked above 100 credits'],
  [
    'limits',
    { maxSeconds: 5, maxResolution: '480p', confirmAbove: 1 },
    'at most 5 s, at most 480p, asked above 1 credit',
  ],
  ['limits', { confirmAbove: 0 }, 'any length, any resolution, never asked about a price'],
  ['defaults', {}, 'the usual defaults'],
  ['defaults', { defaults: { model: '2.5' } }, '2.5 (no longer offered)'],
  [
    'defaults',
    {
      defaults: {
        model: '1.0-pro',
        resolution: '480p',
        ratio: '1:1',
        length: { unit: 'seconds', seconds: 7 },
        isCameraFixed: true,
        hasAudio: true,
        hasWatermark: true,
        isDraft: true,
        tier: 'flex',
      },
    },
    '1.0-pro, 480p, 1:1, 7 s, fixed camera, sound, watermark, draft, economy',
  ],
  [
    'defaults',
    {
      defaults: {
        isCameraFixed: false,
        hasAudio: false,
        hasWatermark: false,
        isDraft: false,
        tier: 'default',
      },
    },
    'moving camera, silent, no watermark, no draft, no economy',
  ],
  ['logChannel', {}, 'no log channel'],
  ['logChannel', { logChannelId: '7' }, 'log in <#7>'],
  ['words', {}, 'no words refused'],
  ['words', { words: ['darn', 'heck'] }, 'refused words: darn, heck'],
];

describe('a part of the settings', () => {
  test.each(ROWS)('the settings text of %s %j is correct', (part, settings, words) => {
    expect(PARTS[part]({ ...NO_SETTINGS, ...settings }, OFFERED)).toBe(words);
  });
});

test('every part of the settings has a line, as does the time zone', () => {
  expect(settingsText(NO_SETTINGS, { timeZone: 'Europe/Berlin', offered: OFFERED })).toBe(
    [
      '**Settings of this server**',
      '- **Channels**: videos in every channel',
      '- **Models**: all models',
      '- **Limits**: any length, any resolution, asked above 100 credits',
      '- **Defaults**: the usual defaults',
      '- **Language**: the server’s own in Discord',
      '- **Log channel**: no log channel',
      '- **Words**: no words refused',
      '- **Time zone**: Europe/Berlin',
    ].join('\n'),
  );
});

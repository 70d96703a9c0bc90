/** The text of a server’s settings, part by part. */
import { describe, expect, test } from 'vitest';

import { partStateOf, type Part } from '#src/discord/moderation/settings/part-state.ts';
import { partText, settingsText } from '#src/discord/moderation/settings/settings-text.ts';
import { NO_SETTINGS, type ServerSettings } from '#src/discord/server/server-settings.ts';
import { inWords } from '#src/text/text.ts';

const OFFERED = ['1.0-pro', '2.0-mini'] as const;

const ROWS: readonly [Part, Partial<ServerSettings>, string][] = [
  ['channels', {}, 'videos in every channel'],
  ['channels', { channels: { mode: 'only', ids: ['1', '2'] } }, 'videos only in <#1> and <#2>'],
  ['channels', { channels: { mode: 'only', ids: [] } }, 'videos in no channel'],
  ['channels', { channels: { mode: 'except', ids: ['1'] } }, 'videos everywhere except in <#1>'],
  ['models', {}, 'all models'],
  ['models', { forbiddenModels: ['1.0-pro', '2.5'] }, 'all models except 1.0-pro'],
  ['models', { forbiddenModels: ['2.5'] }, 'all models'],
  ['limits', {}, 'any length · any resolution · prices above 100 credits are confirmed'],
  [
    'limits',
    { maxSeconds: 5, maxResolution: '480p', confirmAbove: 1 },
    'at most 5 s · at most 480p · prices above 1 credit are confirmed',
  ],
  ['limits', { confirmAbove: 0 }, 'any length · any resolution · prices are never confirmed'],
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
    '1.0-pro · 480p · 1:1 · 7 s · fixed camera · sound · watermark · draft · economy',
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
    'moving camera · silent · no watermark · no draft · no economy',
  ],
  ['language', {}, 'as set for this server in Discord'],
  ['language', { language: 'zh-CN' }, '中文'],
  ['logChannel', {}, 'no log channel'],
  ['logChannel', { logChannelId: '7' }, 'log in <#7>'],
  ['words', {}, 'no words refused'],
  ['words', { words: ['darn', 'heck'] }, 'refused words: darn, heck'],
];

describe('a part of the settings', () => {
  test.each(ROWS)('the settings text of %s %j is correct', (part, settings, words) => {
    const state = partStateOf(part, { ...NO_SETTINGS, ...settings }, OFFERED);

    expect(inWords('en-US', partText(state))).toBe(words);
  });
});

test('every part of the settings has a line, as does the time zone', () => {
  const beside = { timeZone: 'Europe/Berlin', offered: OFFERED, locale: 'en-US' } as const;

  expect(settingsText(NO_SETTINGS, beside)).toBe(
    [
      '**Settings of this server**',
      '- **Channels**: videos in every channel',
      '- **Models**: all models',
      '- **Limits**: any length · any resolution · prices above 100 credits are confirmed',
      '- **Defaults**: the usual defaults',
      '- **Language**: as set for this server in Discord',
      '- **Log channel**: no log channel',
      '- **Words**: no words refused',
      '- **Time zone**: Europe/Berlin',
    ].join('\n'),
  );
});

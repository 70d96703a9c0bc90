import { expect, test } from 'vitest';

import { loggedChangeLine, videoLine, warningLine } from '#src/discord/moderation/log-lines.ts';

import { aJob } from '../../../fakes/job.ts';

test('a log line omits the refused words when the server’s rules block their list', () => {
  const { text, withoutQuote } = loggedChangeLine(
    {
      stepId: '1',
      guildId: '100',
      actorId: '300',
      action: 'settings',
      target: { scope: 'server' },
      before: { part: 'words', words: [] },
      after: { part: 'words', words: ['darn'] },
      atMs: 0,
    },
    'en-US',
  );

  expect(text).toContain('darn');
  expect(withoutQuote).not.toContain('darn');
  expect(withoutQuote).toContain('<@300>');
  expect(withoutQuote).toContain('Settings');
});

test('log lines about videos and budgets are in the language of the server', () => {
  const video = aJob({ state: 'delivered', memberId: '7', isPrivate: true, costCredits: 1 });
  const warning = {
    guildId: '100',
    period: '2026-11',
    atMs: 0,
    drawn: 1200,
    have: 1500,
    resetsAtMs: 86_400_000,
  };

  expect(videoLine(video, 'en-US').text).toMatch(/^🎬 <@7> made a private video · \S+ · 1 credit$/);
  expect(videoLine(video, 'zh-CN').text).toMatch(/^🎬 <@7> 生成了一个私密视频 · \S+ · 1 积分$/);
  expect(warningLine({ ...warning, percent: 80 }, 'en-US').text).toBe(
    '⚠️ **80% of this server’s budget is used**: 1,200 of 1,500 credits are spent or held. It resets <t:86400:R>.',
  );
  expect(warningLine({ ...warning, percent: 100 }, 'zh-CN').text).toBe(
    '🛑 **本服务器的预算已用完**：已使用或预留 1,200，共 1,500 积分。<t:86400:R>重置。可用 `/quota grant` 增加。',
  );
});

import { describe, expect, test } from 'vitest';

import { changeLine, changeText, type ToldChange } from '#src/discord/moderation/change-text.ts';
import { logText } from '#src/discord/moderation/quota/log.ts';
import { translate } from '#src/text/text.ts';

const MEMBER = { scope: 'user', memberId: '7' } as const;
const LIMIT = { credits: 30, per: 'day', rule: 'role:9' } as const;

function aGrant(changes: Partial<ToldChange> = {}): ToldChange {
  return {
    action: 'grant',
    target: MEMBER,
    actorId: '1',
    before: { limit: LIMIT, used: 27, extra: 0, left: 3, resetsAtMs: 86_400_000 },
    after: { limit: LIMIT, used: 27, extra: 40, left: 43, resetsAtMs: 86_400_000 },
    ...changes,
  };
}

describe('the text of a change', () => {
  test('the text of a change has before and after, with the rule and the reset', () => {
    expect(changeText(aGrant(), 'en-US')).toBe(
      [
        '**40 credits granted to <@7>**',
        'Before: 3 credits left · 30 a day by the role <@&9> · 27 used · resets <t:86400:R>',
        'Now: 43 credits left · 30 a day by the role <@&9> · 27 used · 40 granted · resets <t:86400:R>',
      ].join('\n'),
    );
  });

  test('the text of a change is in the language of its reader', () => {
    expect(changeText(aGrant({ note: 'thanks' }), 'zh-CN')).toBe(
      [
        '**已向<@7>赠送 40 积分**',
        '之前：还剩 3 积分 · 每天 30，依据身份组 <@&9> · 已用 27 · <t:86400:R>重置',
        '现在：还剩 43 积分 · 每天 30，依据身份组 <@&9> · 已用 27 · 已赠送 40 · <t:86400:R>重置',
        '-# 备注：thanks',
      ].join('\n'),
    );
  });

  test('the text of a change for a member who shares the budget names no limit', () => {
    const shared = { used: 27, resetsAtMs: 86_400_000 };
    const change = aGrant({
      action: 'deduct',
      before: { ...shared, extra: 0 },
      after: { ...shared, extra: -5 },
    });

    expect(changeText(change, 'en-US')).toBe(
      [
        '**5 credits deducted from <@7>**',
        'Before: shares the server’s budget · 27 used',
        'Now: shares the server’s budget · 27 used · 5 deducted',
      ].join('\n'),
    );
  });

  test('the text of a changed setting names the part', () => {
    const change = aGrant({
      action: 'settings',
      target: { scope: 'server' },
      before: { part: 'words', words: [] },
      after: { part: 'words', words: ['darn'] },
    });

    expect(changeText(change, 'en-US')).toBe(
      '**Settings · Words**\nBefore: no words refused\nNow: refused words: darn',
    );
  });

  test('the note in the text of a change is escaped', () => {
    const text = changeText(aGrant({ note: '@everyone <@&1> **bold** =1+1' }), 'en-US');

    expect(text).toContain('\\@everyone \\<\\@&1\\> \\*\\*bold\\*\\* =1+1');
  });

  test('the text of a change says when nothing changed', () => {
    const limits = { credits: 5, per: 'month' };
    const change = { action: 'set-limit', target: { scope: 'server' }, actorId: '1' } as const;
    const text = changeText({ ...change, before: limits, after: limits }, 'en-US');

    expect(text).toBe('**Limits of this server set**: nothing changed\nStill: 5 credits a month');
  });

  test('the log line of a change names its actor', () => {
    expect(translate('en-US', changeLine(aGrant()))).toBe(
      '<@1> · **40 credits granted to <@7>**: 3 credits left → 43 credits left',
    );
    const block = aGrant({ action: 'block', before: null, after: { untilMs: 86_400_000 } });
    expect(translate('en-US', changeLine(block))).toBe(
      '<@1> · **<@7> blocked from making videos**: not blocked → blocked until <t:86400:f>',
    );
  });
});

describe('a page of the audit log', () => {
  test('a page of the audit log fits a message, whatever the notes', () => {
    const entry = {
      ...aGrant({ note: '*'.repeat(200) }),
      stepId: '1',
      guildId: '2',
      atMs: 0,
    };
    const entries = Array.from({ length: 10 }, () => entry);

    expect(logText({ entries, page: 1, pages: 3, total: 30 }, 'en-US').length).toBeLessThanOrEqual(
      4000,
    );
  });

  test('a page of the audit log says when it is empty', () => {
    const page = { entries: [], page: 1, pages: 1, total: 0 };

    expect(logText(page, 'en-US')).toContain('Nobody');
    expect(logText(page, 'zh-CN')).toContain('还没有人');
  });
});

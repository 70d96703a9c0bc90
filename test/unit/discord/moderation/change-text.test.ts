import { describe, expect, test } from 'vitest';

import { changeLine, changeText, type ToldChange } from '#src/discord/moderation/change-text.ts';
import { logText } from '#src/discord/moderation/quota/log.ts';

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
    expect(changeText(aGrant())).toBe(
      [
        '**40 credits granted to <@7>**',
        'Before: 3 credits left · 30 a day by the role <@&9> · 27 used · resets <t:86400:R>',
        'Now: 43 credits left · 30 a day by the role <@&9> · 27 used · 40 granted · resets <t:86400:R>',
      ].join('\n'),
    );
  });

  test('the note in the text of a change is escaped', () => {
    const text = changeText(aGrant({ note: '@everyone <@&1> **bold** =1+1' }));

    expect(text).toContain('\\@everyone \\<\\@&1\\> \\*\\*bold\\*\\* =1+1');
  });

  test('the text of a change says when nothing changed', () => {
    const limits = { credits: 5, per: 'month' };
    const text = changeText({
      action: 'set-limit',
      target: { scope: 'server' },
      actorId: '1',
      before: limits,
      after: limits,
    });

    expect(text).toBe(
      '**Limits of this server set**: nothing changed\nIt is still: 5 credits a month',
    );
  });

  test('the log line of a change names its actor', () => {
    expect(changeLine(aGrant())).toBe(
      '<@1> · **40 credits granted to <@7>**: 3 credits left → 43 credits left',
    );
    expect(
      changeLine(aGrant({ action: 'block', before: null, after: { untilMs: 86_400_000 } })),
    ).toBe('<@1> · **<@7> blocked from making videos**: not blocked → blocked until <t:86400:f>');
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

    expect(logText({ entries, page: 1, pages: 3, total: 30 }).length).toBeLessThanOrEqual(4000);
  });

  test('a page of the audit log says when it is empty', () => {
    expect(logText({ entries: [], page: 1, pages: 1, total: 0 })).toContain('Nobody');
  });
});

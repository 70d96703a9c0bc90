import { describe, expect, test } from 'vitest';

import {
  guildCeiling,
  guildLimit,
  memberLimit,
  memberMost,
  operatorCeiling,
  ruleName,
  serverMost,
  type LimitSettings,
  type StoredLimits,
  type StoredRules,
} from '#src/quota/limits/limits.ts';
import { translate } from '#src/text/text.ts';

const settings: LimitSettings = {
  defaultGuildCredits: 1000,
  defaultMemberCredits: 200,
  maxGuildCreditsPerMonth: 1500,
  guildCredits: new Map([
    ['generous', 5000],
    ['shut', 0],
  ]),
  operatorCreditsPerMonth: 8000,
};

test.each([
  { guildId: 'any', credits: 1000, rule: 'server-default' },
  { guildId: 'generous', credits: 5000, rule: 'operator-exception' },
  { guildId: 'shut', credits: 0, rule: 'operator-exception' },
])('the limit of the server $guildId comes from the rule $rule', ({ guildId, credits, rule }) => {
  expect(guildLimit(settings, guildId)).toEqual({ credits, per: 'month', rule });
});

test('a default above the ceiling is cut to the ceiling and marked as cut', () => {
  const limit = guildLimit({ ...settings, defaultGuildCredits: 1501 }, 'any');

  expect(limit).toEqual({ credits: 1500, per: 'month', rule: 'operator-ceiling' });
});

test('a default that equals the ceiling is still the default', () => {
  expect(guildLimit({ ...settings, defaultGuildCredits: 1500 }, 'any').rule).toBe('server-default');
});

test('an exception changes the ceiling as well as the limit', () => {
  expect(guildCeiling(settings, 'any').credits).toBe(1500);
  expect(guildCeiling(settings, 'generous').credits).toBe(5000);
});

test('a member has the default for members, or shares the server’s limit', () => {
  expect(memberLimit(settings)?.credits).toBe(200);
  expect(memberLimit({ ...settings, defaultMemberCredits: 0 })?.credits).toBe(0);
  expect(memberLimit({ ...settings, defaultMemberCredits: undefined })).toBeUndefined();
});

test('the ceiling over all servers is monthly', () => {
  expect(operatorCeiling(settings)).toEqual({
    credits: 8000,
    per: 'month',
    rule: 'operator-ceiling',
  });
});

const rules = (fields: {
  server?: StoredLimits;
  member?: StoredLimits;
  roles?: Record<string, StoredLimits>;
}): StoredRules => {
  const { server = {}, member = {}, roles = {} } = fields;
  return { server, member, roles: new Map(Object.entries(roles)) };
};

test('a server’s own limit replaces the default, for a day or a month', () => {
  expect(guildLimit(settings, 'any', { credits: 40, per: 'day' })).toEqual({
    credits: 40,
    per: 'day',
    rule: 'server-limit',
  });
  expect(guildLimit(settings, 'any', { credits: 0 }).credits).toBe(0);
  expect(guildLimit(settings, 'generous', { credits: 3000 }).rule).toBe('server-limit');
});

test('a server limit above the operator’s ceiling is cut to it and marked as cut', () => {
  const lowered = { credits: 1501, per: 'day' } as const;

  expect(guildLimit(settings, 'any', lowered)).toEqual({
    credits: 1500,
    per: 'month',
    rule: 'operator-ceiling',
  });
  expect(guildLimit(settings, 'shut', lowered).rule).toBe('operator-exception');
});

describe('a member’s limit', () => {
  const roles = { small: { credits: 100 }, large: { credits: 300 } };

  test.each([
    {
      name: 'the limit is the member’s own',
      given: { member: { credits: 5 }, roles },
      credits: 5,
      rule: 'member-limit',
    },
    {
      name: 'otherwise the limit is that of the most generous role',
      given: { roles },
      credits: 300,
      rule: 'role:large',
    },
    {
      name: 'otherwise the limit is the server’s default',
      given: {},
      credits: 200,
      rule: 'server-default',
    },
  ])('$name', ({ given, credits, rule }) => {
    expect(memberLimit(settings, rules(given))).toEqual({ credits, per: 'month', rule });
  });

  test('the limits of roles are compared by their monthly amount', () => {
    const daily = { credits: 11, per: 'day' } as const;

    expect(memberLimit(settings, rules({ roles: { ...roles, daily } }))).toEqual({
      ...daily,
      rule: 'role:daily',
    });
    const less = { credits: 9, per: 'day' } as const;
    expect(memberLimit(settings, rules({ roles: { ...roles, less } }))?.rule).toBe('role:large');
  });

  test('equal roles always give the same one', () => {
    const equal = { b: { credits: 7 }, a: { credits: 7 }, c: { credits: 7 } };

    expect(memberLimit(settings, rules({ roles: equal }))?.rule).toBe('role:a');
  });

  test('each kind of limit is decided separately', () => {
    const mixed = rules({
      server: { maxCost: 90, atOnce: 8, waiting: 9 },
      member: { waiting: 2 },
      roles: { a: { credits: 10, atOnce: 1, waiting: 50 }, b: { atOnce: 3 } },
    });

    expect(memberLimit(settings, mixed)?.rule).toBe('role:a');
    expect(memberMost('waiting', mixed)).toEqual({ most: 2, rule: 'member-limit' });
    expect(memberMost('atOnce', mixed)).toEqual({ most: 3, rule: 'role:b' });
    expect(memberMost('maxCost', mixed)).toEqual({ most: 90, rule: 'server-limit' });
    expect(serverMost('atOnce', mixed)).toEqual({ most: 8, rule: 'server-limit' });
  });
});

test('a server’s concurrency limit covers its members together, and sets no member’s own limit', () => {
  const ofServer = rules({ server: { atOnce: 8, waiting: 9 } });

  expect(memberMost('atOnce', ofServer)).toBeUndefined();
  expect(memberMost('waiting', ofServer)).toBeUndefined();
});

test('each rule has a display name', () => {
  const named = (...rule: Parameters<typeof ruleName>) => translate('en-US', ruleName(...rule));

  expect(named('server-default')).toBe('this server’s default');
  expect(named('server-limit')).toBe('this server’s own limit');
  expect(named('operator-exception')).toBe('an exception the operator set');
  expect(named('operator-ceiling')).toBe('the operator’s ceiling');
  expect(named('member-limit')).toBe('your own limit');
  expect(named('member-limit', 'other')).toBe('their own limit');
  expect(named('role:123')).toBe('the role <@&123>');
  expect(named('role:everyone')).toBe('the limit for everyone here');
});

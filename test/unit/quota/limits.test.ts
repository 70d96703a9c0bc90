import { expect, test } from 'vitest';

import {
  guildCeiling,
  guildLimit,
  memberLimit,
  operatorCeiling,
  ruleName,
  type LimitSettings,
} from '#src/quota/limits.ts';

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

test('a default above the ceiling is cut to the ceiling, and says so', () => {
  const limit = guildLimit({ ...settings, defaultGuildCredits: 1501 }, 'any');

  expect(limit).toEqual({ credits: 1500, per: 'month', rule: 'operator-ceiling' });
});

test('a default that equals the ceiling is still the default', () => {
  expect(guildLimit({ ...settings, defaultGuildCredits: 1500 }, 'any').rule).toBe('server-default');
});

test('an exception moves the ceiling as well as the limit', () => {
  expect(guildCeiling(settings, 'any').credits).toBe(1500);
  expect(guildCeiling(settings, 'generous').credits).toBe(5000);
});

test('a member has the default for members, or shares what the server has', () => {
  expect(memberLimit(settings)?.credits).toBe(200);
  expect(memberLimit({ ...settings, defaultMemberCredits: 0 })?.credits).toBe(0);
  expect(memberLimit({ ...settings, defaultMemberCredits: undefined })).toBeUndefined();
});

test('the ceiling over all servers is by month', () => {
  expect(operatorCeiling(settings)).toEqual({
    credits: 8000,
    per: 'month',
    rule: 'operator-ceiling',
  });
});

test('each rule has a name for sentences', () => {
  expect(ruleName('server-default')).toBe("this server's default");
  expect(ruleName('operator-exception')).toBe('an exception the operator set');
  expect(ruleName('operator-ceiling')).toBe("the operator's ceiling");
});

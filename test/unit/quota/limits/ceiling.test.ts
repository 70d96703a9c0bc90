import { describe, expect, test } from 'vitest';

import { checkReach, grantable, reachOf, type Reach } from '#src/quota/limits/ceiling.ts';

const CEILING = 1000;

const aReach = (fields: Partial<Reach> = {}): Reach => ({
  of: 'server',
  limit: { credits: 500, per: 'month' },
  extra: 0,
  ...fields,
});

const NO_LIMIT = aReach({ limit: undefined });

test.each([
  ['a monthly limit of a server', aReach(), 500],
  [
    'a daily limit of a server, on each of 31 days',
    aReach({ limit: { credits: 10, per: 'day' } }),
    310,
  ],
  ['a monthly limit of a member', aReach({ of: 'member' }), 500],
  [
    'a daily limit of a member, once',
    aReach({ of: 'member', limit: { credits: 10, per: 'day' } }),
    10,
  ],
  ['a limit with grants', aReach({ extra: 7 }), 507],
  ['a limit after deductions', aReach({ extra: -7 }), 500],
  ['grants without a limit', aReach({ limit: undefined, extra: 7 }), 7],
  ['nothing without a limit', NO_LIMIT, 0],
] as const)('%s is counted at its maximum', (_what, account, most) => {
  expect(reachOf(account)).toBe(most);
});

test.each([
  ['as much as the ceiling leaves', aReach(), 500],
  ['what a daily limit leaves', aReach({ limit: { credits: 10, per: 'day' } }), 690],
  ['less by the amount granted before', aReach({ extra: 100 }), 400],
  ['more by the amount deducted before', aReach({ extra: -100 }), 600],
  ['nothing at the ceiling', aReach({ extra: 500 }), 0],
  ['nothing above the ceiling', aReach({ extra: 501 }), 0],
  ['all of the ceiling without a limit', NO_LIMIT, 1000],
] as const)('a grant may be %s', (_what, account, most) => {
  expect(grantable(account, CEILING)).toBe(most);
});

describe('a change of a limit', () => {
  const monthly = (credits: number, extra = 0): Reach =>
    aReach({ limit: { credits, per: 'month' }, extra });

  test.each([
    ['up to the ceiling', monthly(500), monthly(1000)],
    ['up to the ceiling with grants', monthly(500, 200), monthly(800, 200)],
    ['to its value above a lowered ceiling', monthly(1500), monthly(1500)],
    ['down, though still above a lowered ceiling', monthly(1500), monthly(1200)],
  ])('a change of a limit is allowed %s', (_what, before, after) => {
    expect(() => checkReach(before, after, CEILING)).not.toThrow();
  });

  test.each([
    [
      'one credit above the ceiling',
      monthly(500),
      monthly(1001),
      'The bot’s operator allows this server 1,000 credits a month. Set a limit of at most 1,000 a month or 32 a day.',
    ],
    [
      'one credit above the ceiling with one grant',
      monthly(500, 1),
      monthly(1000, 1),
      'The bot’s operator allows this server 1,000 credits a month, grants included; 1 granted so far. Set a limit of at most 999 a month or 32 a day, or deduct granted credits first.',
    ],
    [
      'above the ceiling by grants alone',
      monthly(0, 1100),
      monthly(1, 1100),
      'The bot’s operator allows this server 1,000 credits a month, grants included; 1,100 granted so far. Set a limit of at most 0 a month or 0 a day, or deduct granted credits first.',
    ],
    [
      'up from a value above a lowered ceiling',
      monthly(1500),
      monthly(1501),
      'The bot’s operator allows this server 1,000 credits a month. Set a limit of at most 1,000 a month or 32 a day.',
    ],
    [
      'above the ceiling after a deduction',
      monthly(500, -10),
      monthly(1001, -10),
      'The bot’s operator allows this server 1,000 credits a month. Set a limit of at most 1,000 a month or 32 a day.',
    ],
    [
      'of a member above the ceiling',
      { ...monthly(500), of: 'member' as const },
      { ...monthly(1001), of: 'member' as const },
      'The bot’s operator allows this server 1,000 credits a month. Set a limit of at most 1,000.',
    ],
  ])(
    'a change of a limit is refused %s, with the value that would work',
    (_what, before, after, sentence) => {
      expect(() => checkReach(before, after, CEILING)).toThrow(
        expect.objectContaining({ kind: 'user', message: sentence }),
      );
    },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DAY } from '#src/clock.ts';
import {
  checkCredits,
  grantChange,
  leftOf,
  MAX_CREDITS,
  NO_LIMIT,
  resetChange,
  settleChange,
  splitHold,
  deductChange,
  type AccountState,
  type ByPot,
} from '#src/quota/limits/arithmetic.ts';

import { ModelAccount } from '../../../models/model-account.ts';

const anAccount = (fields: Partial<AccountState>): AccountState => {
  return { limit: 100, used: 0, extra: 0, ...fields };
};

describe('a hold', () => {
  test('draws the allowance first', () => {
    expect(splitHold(anAccount({ used: 60, extra: 50 }), 50)).toEqual({ allowance: 40, extra: 10 });
  });

  test('may take exactly what is left', () => {
    expect(splitHold(anAccount({ used: 60, extra: 50 }), 90)).toEqual({ allowance: 40, extra: 50 });
  });

  test('may not take one credit more', () => {
    expect(() => splitHold(anAccount({ used: 60, extra: 50 }), 91)).toThrow(RangeError);
  });

  test('of nothing fits where nothing is left', () => {
    expect(splitHold(anAccount({ limit: 0 }), 0)).toEqual({ allowance: 0, extra: 0 });
  });

  test('of anything is too much for a limit of 0', () => {
    expect(() => splitHold(anAccount({ limit: 0 }), 1)).toThrow(RangeError);
  });

  test('draws nothing from the allowance when the limit was set below what is used', () => {
    const account = anAccount({ limit: 50, used: 80, extra: 40 });

    expect(leftOf(account)).toBe(10);
    expect(splitHold(account, 10)).toEqual({ allowance: 0, extra: 10 });
  });

  test('pays from the allowance what a take beyond the grants left of it', () => {
    const account = anAccount({ extra: -30 });

    expect(splitHold(account, 70)).toEqual({ allowance: 70, extra: 0 });
    expect(() => splitHold(account, 71)).toThrow(RangeError);
  });

  test('never meets the end of an account without a limit', () => {
    const account = anAccount({ limit: NO_LIMIT, used: 5000, extra: 3 });

    expect(splitHold(account, 4000)).toEqual({ allowance: 4000, extra: 0 });
  });
});

describe('what comes back', () => {
  const hold: ByPot = { allowance: 60, extra: 40 };

  test.each([
    { cost: 100, back: { allowance: 0, extra: 0 } },
    { cost: 250, back: { allowance: 0, extra: 0 } },
    { cost: 99, back: { allowance: 0, extra: 1 } },
    { cost: 60, back: { allowance: 0, extra: 40 } },
    { cost: 59, back: { allowance: 1, extra: 40 } },
    { cost: 0, back: { allowance: 60, extra: 40 } },
  ])('of a hold of 60 + 40 that cost $cost goes to extra first', ({ cost, back }) => {
    expect(settleChange(hold, cost)).toEqual(back);
  });
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_CREDITS + 1])(
  '%s is no amount of credits',
  (credits) => {
    expect(() => checkCredits(credits)).toThrow(RangeError);
    expect(() => grantChange(credits)).toThrow(RangeError);
    expect(() => deductChange(credits)).toThrow(RangeError);
    expect(() => settleChange({ allowance: 1, extra: 0 }, credits)).toThrow(RangeError);
    expect(() => splitHold(anAccount({ limit: NO_LIMIT }), credits)).toThrow(RangeError);
  },
);

type Action =
  | { do: 'hold' | 'settle'; name: string; credits: number }
  | { do: 'grant' | 'deduct'; name: string; credits: number }
  | { do: 'release' | 'reset'; name: string }
  | { do: 'limit'; credits: number }
  | { do: 'period-ends' };

const monthOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 'YYYY-MM'.length);

function perform(account: ModelAccount, action: Action): void {
  switch (action.do) {
    case 'hold':
      if (account.canHold(action.name, action.credits)) account.hold(action.name, action.credits);
      break;
    case 'settle':
      account.end(action.name, action.credits);
      break;
    case 'release':
      account.end(action.name, 0);
      break;
    case 'grant':
      account.grant(`grant ${action.name}`, action.credits);
      break;
    case 'deduct':
      account.deduct(`take ${action.name}`, action.credits);
      break;
    case 'reset':
      account.reset(`reset ${action.name}`);
      break;
    case 'limit':
      account.limit = action.credits;
      break;
    case 'period-ends':
      account.nowMs += 31 * DAY;
      break;
    default:
      action satisfies never;
  }
}

test('over any course of events every period balances and no credit is created or lost', () => {
  const credits = fc.integer({ min: 0, max: 60 });
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const actions = fc.oneof(
    fc.record({ do: fc.constantFrom('hold', 'hold', 'settle'), name, credits }),
    fc.record({ do: fc.constantFrom('grant', 'deduct'), name, credits }),
    fc.record({ do: fc.constantFrom('release', 'release', 'reset'), name }),
    fc.record({ do: fc.constant('limit'), credits }),
    fc.record({ do: fc.constant('period-ends') }),
  );
  fc.assert(
    fc.property(credits, fc.array(actions, { maxLength: 40 }), (limit, course) => {
      const account = new ModelAccount(limit, monthOf);
      for (const action of course) {
        perform(account, action);
        account.checkBooks();
        const before = account.state();
        if (action.do !== 'period-ends') perform(account, action);
        expect(account.state()).toEqual(before);
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([0, 1, 999_999_999, 1_000_000_000])('%d is a number of credits', (credits) => {
  expect(checkCredits(credits)).toBe(credits);
});

test.each([-1, 0.5, 1_000_000_001, Number.NaN, Number.POSITIVE_INFINITY])(
  '%d is no number of credits',
  (credits) => {
    expect(() => checkCredits(credits)).toThrow(RangeError);
  },
);

test('a grant adds to the extra credits and a deduction takes from them, nothing else', () => {
  expect(grantChange(7)).toEqual({ allowance: 0, extra: 7 });
  expect(deductChange(7)).toEqual({ allowance: 0, extra: -7 });
});

test.each([
  ['nothing', [], 0],
  ['a hold', [-26], 26],
  ['a hold of which some came back', [-26, 2], 24],
  ['a hold and what was forgiven before', [-26, 26], 0],
])('a job that counts for %s is forgiven exactly that', (_what, changes, allowance) => {
  expect(resetChange(changes)).toEqual({ allowance, extra: 0 });
});

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
  test('a hold uses the allowance first', () => {
    expect(splitHold(anAccount({ used: 60, extra: 50 }), 50)).toEqual({ allowance: 40, extra: 10 });
  });

  test('a hold may take exactly the remainder', () => {
    expect(splitHold(anAccount({ used: 60, extra: 50 }), 90)).toEqual({ allowance: 40, extra: 50 });
  });

  test('a hold may not exceed the remainder by one credit', () => {
    expect(() => splitHold(anAccount({ used: 60, extra: 50 }), 91)).toThrow(RangeError);
  });

  test('a hold of zero fits when nothing is left', () => {
    expect(splitHold(anAccount({ limit: 0 }), 0)).toEqual({ allowance: 0, extra: 0 });
  });

  test('a hold of any size exceeds a limit of 0', () => {
    expect(() => splitHold(anAccount({ limit: 0 }), 1)).toThrow(RangeError);
  });

  test('a hold uses nothing from the allowance when the limit is below the used credits', () => {
    const account = anAccount({ limit: 50, used: 80, extra: 40 });

    expect(leftOf(account)).toBe(10);
    expect(splitHold(account, 10)).toEqual({ allowance: 0, extra: 10 });
  });

  test('a hold pays from the allowance for a deduction larger than the remaining grants', () => {
    const account = anAccount({ extra: -30 });

    expect(splitHold(account, 70)).toEqual({ allowance: 70, extra: 0 });
    expect(() => splitHold(account, 71)).toThrow(RangeError);
  });

  test('an account without a limit never refuses a hold', () => {
    const account = anAccount({ limit: NO_LIMIT, used: 5000, extra: 3 });

    expect(splitHold(account, 4000)).toEqual({ allowance: 4000, extra: 0 });
  });
});

describe('refunds', () => {
  const hold: ByPot = { allowance: 60, extra: 40 };

  test.each([
    { cost: 100, back: { allowance: 0, extra: 0 } },
    { cost: 250, back: { allowance: 0, extra: 0 } },
    { cost: 99, back: { allowance: 0, extra: 1 } },
    { cost: 60, back: { allowance: 0, extra: 40 } },
    { cost: 59, back: { allowance: 1, extra: 40 } },
    { cost: 0, back: { allowance: 60, extra: 40 } },
  ])(
    'a refund from a hold of 60 + 40 that cost $cost goes to the extra credits first',
    ({ cost, back }) => {
      expect(settleChange(hold, cost)).toEqual(back);
    },
  );
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_CREDITS + 1])(
  '%s is not an amount of credits',
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

test('every period balances over any events, and no credit is created or lost', () => {
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
  '%d is not a number of credits',
  (credits) => {
    expect(() => checkCredits(credits)).toThrow(RangeError);
  },
);

test('a grant adds to the extra credits and a deduction takes from them, and nothing else changes', () => {
  expect(grantChange(7)).toEqual({ allowance: 0, extra: 7 });
  expect(deductChange(7)).toEqual({ allowance: 0, extra: -7 });
});

test.each([
  ['nothing', [], 0],
  ['a hold', [-26], 26],
  ['a hold with a partial refund', [-26, 2], 24],
  ['a hold and an earlier exemption', [-26, 26], 0],
])('a job that counts for %s is exempted by exactly that', (_what, changes, allowance) => {
  expect(resetChange(changes)).toEqual({ allowance, extra: 0 });
});

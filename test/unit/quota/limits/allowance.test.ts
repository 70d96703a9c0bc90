import { expect, test } from 'vitest';

import { QuotaExceeded } from '#src/errors.ts';
import {
  checkMaxCost,
  checkAllowances,
  describeExceeded,
  smallestAllowance,
  type RemainingAllowance,
} from '#src/quota/limits/allowance.ts';
import { translate } from '#src/text/text.ts';

const anAllowance = (fields: Partial<RemainingAllowance>): RemainingAllowance => ({
  of: 'member',
  limit: { credits: 100, per: 'month', rule: 'server-default' },
  left: 10,
  resetsAtMs: Date.parse('2026-12-01T00:00:00Z'),
  ...fields,
});

test.each([
  {
    of: 'member',
    sentence:
      'This video costs 24 credits, and you have 10 left: your limit is 100 credits a month (this server’s default). It resets <t:1796083200:R>.',
  },
  {
    of: 'server',
    sentence:
      'This video costs 24 credits, and this server has 10 left: its limit is 100 credits a month (this server’s default). It resets <t:1796083200:R>.',
  },
  {
    of: 'server-ceiling',
    sentence:
      'This video costs 24 credits, and this server may spend 10 more: the bot’s operator allows it 100 credits a month (this server’s default). It resets <t:1796083200:R>.',
  },
  {
    of: 'operator',
    sentence:
      'This video costs 24 credits, and the bot may spend 10 more for all servers together: its operator allows 100 credits a month (this server’s default). It resets <t:1796083200:R>.',
  },
] as const)('a refusal by the $of names cost, remainder, rule and reset', ({ of, sentence }) => {
  expect(translate('en-US', describeExceeded(anAllowance({ of }), 24))).toBe(sentence);
});

test('a negative remainder is never shown', () => {
  const refusal = translate('en-US', describeExceeded(anAllowance({ left: -5 }), 1));

  expect(refusal).toContain('1 credit, and you have 0 left');
});

test('a job that costs exactly the remainder passes, and one more credit does not', () => {
  const allowances = [anAllowance({ left: 24 }), anAllowance({ of: 'server', left: 24 })];

  expect(() => checkAllowances(allowances, 24)).not.toThrow();
  expect(() => checkAllowances(allowances, 25)).toThrow(QuotaExceeded);
});

test('the first rule that is too tight is named', () => {
  const allowances = [
    anAllowance({ left: 50 }),
    anAllowance({ of: 'server', left: 20 }),
    anAllowance({ of: 'operator' }),
  ];

  expect(() => checkAllowances(allowances, 30)).toThrow('this server has 20 left');
});

test('the spendable amount is the least that any rule leaves, and never negative', () => {
  expect(smallestAllowance([anAllowance({ left: 50 }), anAllowance({ left: 20 })])).toBe(20);
  expect(smallestAllowance([anAllowance({ left: 50 }), anAllowance({ left: -20 })])).toBe(0);
});

test('a single video may cost as much as its limit, and no more', () => {
  const maxCost = { most: 20, rule: 'role:9' } as const;

  expect(() => checkMaxCost(maxCost, 20)).not.toThrow();
  expect(() => checkMaxCost(undefined, 2000)).not.toThrow();
  expect(() => checkMaxCost(maxCost, 21)).toThrow(
    'This video costs 21 credits; one video may cost up to 20 (the role <@&9>).',
  );
});

test('a reset within a second is rounded up to the next full second', () => {
  const refusalIn = (resetsAtMs: number): string =>
    translate('en-US', describeExceeded(anAllowance({ resetsAtMs }), 24));

  expect(refusalIn(1_500)).toContain('<t:2:R>');
  expect(refusalIn(2_000)).toContain('<t:2:R>');
});

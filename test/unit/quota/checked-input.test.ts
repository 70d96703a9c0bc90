import { describe, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { MAX_CREDITS } from '#src/quota/limits/arithmetic.ts';
import {
  checkedAmount,
  checkedDays,
  checkedLimits,
  checkedNote,
  checkedTimeZone,
} from '#src/quota/moderation/checked-input.ts';

const ceiling = { credits: 1000, per: 'month', rule: 'operator-ceiling' } as const;

describe('refused moderation input', () => {
  test.each([0, -1, -1e9, 1.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_CREDITS + 1])(
    'an amount of %s is refused',
    (amount) => {
      expect(() => checkedAmount(amount)).toThrow(UserError);
      expect(() => checkedAmount(amount)).toThrow('a whole number from 1 to 1,000,000,000');
    },
  );

  test.each([0, -3, 0.5, 1e9])('a block of %s days is refused', (days) => {
    expect(() => checkedDays(days)).toThrow('a whole number from 1 to 3,650');
  });

  test.each([
    { name: 'negative credits', limits: { credits: -1 }, says: 'from 0 to' },
    { name: 'huge credits', limits: { credits: 1e15 }, says: 'from 0 to 1,000,000,000' },
    { name: 'credits in parts', limits: { credits: 0.5 }, says: 'whole number' },
    { name: 'a negative number at once', limits: { atOnce: -1 }, says: 'videos at once' },
    { name: 'a huge number waiting', limits: { waiting: 10_001 }, says: 'from 0 to 10,000' },
    {
      name: 'a negative maximum cost',
      limits: { maxCost: -7 },
      says: 'The maximum cost of a video',
    },
    { name: 'nothing', limits: {}, says: 'Nothing to set' },
    {
      name: 'a period without credits',
      limits: { per: 'day' as const },
      says: 'per needs credits too',
    },
    {
      name: 'more than the operator allows',
      limits: { credits: 1001 },
      says: 'allows this server 1,000',
    },
  ])('$name is refused', ({ limits, says }) => {
    expect(() => checkedLimits({}, limits, ceiling)).toThrow(UserError);
    expect(() => checkedLimits({}, limits, ceiling)).toThrow(says);
  });

  test.each(['', 'Europe', 'Mars/Olympus', '+02:00', "UTC'; drop table limits", 'Europe/Berlin\0'])(
    'the time zone %j is refused',
    (zone) => {
      expect(() => checkedTimeZone(zone)).toThrow('There is no such time zone');
    },
  );

  test('a note of more than 200 characters is refused', () => {
    expect(() => checkedNote('x'.repeat(201))).toThrow('at most 200 characters');
  });
});

test('0 is a valid limit, and so is the operator’s maximum', () => {
  expect(checkedLimits({}, { credits: 0, atOnce: 0, waiting: 0, maxCost: 0 }, ceiling)).toEqual({
    credits: 0,
    per: 'month',
    atOnce: 0,
    waiting: 0,
    maxCost: 0,
  });
  expect(checkedLimits({}, { credits: 1000 }, ceiling).credits).toBe(1000);
});

test('omitted values are kept, and a period alone can be changed', () => {
  const before = { credits: 50, per: 'month', waiting: 3 } as const;

  expect(checkedLimits(before, { per: 'day' }, ceiling)).toEqual({ ...before, per: 'day' });
  expect(checkedLimits({ ...before, per: 'day' }, { credits: 9 }, ceiling)).toMatchObject({
    credits: 9,
    per: 'day',
    waiting: 3,
  });
  expect(checkedLimits({}, { atOnce: 2 }, ceiling)).toEqual({ atOnce: 2 });
});

test('a note keeps its words, mentions and formulas, and loses only what cannot be stored', () => {
  expect(checkedNote(' =1+1 @everyone <@1> ')).toBe('=1+1 @everyone <@1>');
  expect(checkedNote('two\r\nlines\0and\u2028more')).toBe('two lines and more');
  expect(checkedNote('half \uD83D of a pair')).toBe('half \uFFFD of a pair');
  expect(checkedNote('😀'.repeat(200))).toHaveLength(400);
  expect(checkedNote(' \n ')).toBeUndefined();
  expect(checkedNote(undefined)).toBeUndefined();
});

test.each([
  ['utc', 'UTC'],
  [' europe/BERLIN ', 'Europe/Berlin'],
  ['America/St_Johns', 'America/St_Johns'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
])('%j is the time zone %s', (typed, name) => {
  expect(checkedTimeZone(typed)).toBe(name);
});

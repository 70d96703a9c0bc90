import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { HOUR } from '#src/clock.ts';
import { periodOf, type PeriodUnit } from '#src/quota/limits/period.ts';

interface Row {
  name: string;
  unit: PeriodUnit;
  zone: string;
  now: string;
  key: string;
  starts: string;
  ends: string;
}

// Expected instants from the IANA time zone database, as `zdump -v` prints its transitions.
const rows: Row[] = [
  {
    name: 'a month in UTC',
    unit: 'month',
    zone: 'UTC',
    now: '2026-11-21T10:00:00Z',
    key: '2026-11',
    starts: '2026-11-01T00:00:00Z',
    ends: '2026-12-01T00:00:00Z',
  },
  {
    name: 'the last millisecond of a year',
    unit: 'day',
    zone: 'UTC',
    now: '2026-12-31T23:59:59.999Z',
    key: '2026-12-31',
    starts: '2026-12-31T00:00:00Z',
    ends: '2027-01-01T00:00:00Z',
  },
  {
    name: 'a year that has begun in Kolkata and not in UTC',
    unit: 'month',
    zone: 'Asia/Kolkata',
    now: '2026-12-31T18:30:00Z',
    key: '2027-01',
    starts: '2026-12-31T18:30:00Z',
    ends: '2027-01-31T18:30:00Z',
  },
  {
    name: 'February of a leap year',
    unit: 'month',
    zone: 'Europe/Berlin',
    now: '2028-02-29T12:00:00Z',
    key: '2028-02',
    starts: '2028-01-31T23:00:00Z',
    ends: '2028-02-29T23:00:00Z',
  },
  {
    name: 'a leap day',
    unit: 'day',
    zone: 'America/New_York',
    now: '2028-03-01T04:59:59Z',
    key: '2028-02-29',
    starts: '2028-02-29T05:00:00Z',
    ends: '2028-03-01T05:00:00Z',
  },
  {
    name: 'a day of 23 hours',
    unit: 'day',
    zone: 'Europe/Berlin',
    now: '2026-03-29T12:00:00Z',
    key: '2026-03-29',
    starts: '2026-03-28T23:00:00Z',
    ends: '2026-03-29T22:00:00Z',
  },
  {
    name: 'a day of 25 hours, in its repeated hour',
    unit: 'day',
    zone: 'America/New_York',
    now: '2026-11-01T06:30:00Z',
    key: '2026-11-01',
    starts: '2026-11-01T04:00:00Z',
    ends: '2026-11-02T05:00:00Z',
  },
  {
    name: 'a month with a change of clocks',
    unit: 'month',
    zone: 'Europe/Berlin',
    now: '2026-10-25T12:00:00Z',
    key: '2026-10',
    starts: '2026-09-30T22:00:00Z',
    ends: '2026-10-31T23:00:00Z',
  },
  {
    name: 'a day whose midnight does not exist, in São Paulo',
    unit: 'day',
    zone: 'America/Sao_Paulo',
    now: '2018-11-04T03:00:00Z',
    key: '2018-11-04',
    starts: '2018-11-04T03:00:00Z',
    ends: '2018-11-05T02:00:00Z',
  },
  {
    name: 'a day whose midnight does not exist, in Cairo',
    unit: 'day',
    zone: 'Africa/Cairo',
    now: '2026-04-24T10:00:00Z',
    key: '2026-04-24',
    starts: '2026-04-23T22:00:00Z',
    ends: '2026-04-24T21:00:00Z',
  },
  {
    name: 'a day that ended twice, in Cairo',
    unit: 'day',
    zone: 'Africa/Cairo',
    now: '2026-10-29T21:30:00Z',
    key: '2026-10-29',
    starts: '2026-10-28T21:00:00Z',
    ends: '2026-10-29T22:00:00Z',
  },
  {
    name: 'the day before one that Apia skipped',
    unit: 'day',
    zone: 'Pacific/Apia',
    now: '2011-12-30T09:59:59Z',
    key: '2011-12-29',
    starts: '2011-12-29T10:00:00Z',
    ends: '2011-12-30T10:00:00Z',
  },
  {
    name: 'the zone furthest ahead',
    unit: 'day',
    zone: 'Pacific/Kiritimati',
    now: '2026-11-20T10:00:00Z',
    key: '2026-11-21',
    starts: '2026-11-20T10:00:00Z',
    ends: '2026-11-21T10:00:00Z',
  },
];

test.each(rows)('a period handles $name', ({ unit, zone, now, key, starts, ends }) => {
  expect(periodOf(Date.parse(now), unit, zone)).toEqual({
    key,
    startsAtMs: Date.parse(starts),
    endsAtMs: Date.parse(ends),
  });
});

test('a time zone that does not exist is refused', () => {
  expect(() => periodOf(0, 'day', 'Mars/Olympus')).toThrow(RangeError);
});

describe('periods at any instant in any time zone', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Asia/Kolkata',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  ];
  const instants = fc
    .date({ min: new Date('2005-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.getTime());
  const units = fc.constantFrom<PeriodUnit>('day', 'month');

  test('periods contain their instant, follow each other without gap or overlap, and agree inside', () => {
    fc.assert(
      fc.property(instants, units, fc.constantFrom(...zones), (nowMs, unit, zone) => {
        const period = periodOf(nowMs, unit, zone);

        expect(period.startsAtMs).toBeLessThanOrEqual(nowMs);
        expect(period.endsAtMs).toBeGreaterThan(nowMs);
        expect(periodOf(period.startsAtMs, unit, zone)).toEqual(period);
        expect(periodOf(period.endsAtMs - 1, unit, zone)).toEqual(period);
        expect(periodOf(period.endsAtMs, unit, zone).startsAtMs).toBe(period.endsAtMs);
        expect(periodOf(period.startsAtMs - 1, unit, zone).endsAtMs).toBe(period.startsAtMs);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    // Both went from 00:01 on November 1 back to 23:01 on October 31.
    { zone: 'America/St_Johns', change: '2009-11-01T02:31:00Z' },
    { zone: 'America/Goose_Bay', change: '2009-11-01T03:01:00Z' },
  ])(
    'no instant around a clock change at midnight in $zone falls between two periods',
    ({ zone, change }) => {
      const changeMs = Date.parse(change);
      const keys: string[] = [];
      for (let atMs = changeMs - 2 * HOUR; atMs < changeMs + 2 * HOUR; atMs += HOUR / 120) {
        const { key, startsAtMs, endsAtMs } = periodOf(atMs, 'month', zone);
        expect(startsAtMs).toBeLessThanOrEqual(atMs);
        expect(endsAtMs).toBeGreaterThan(atMs);
        if (keys.at(-1) !== key) keys.push(key);
      }
      expect(keys).toEqual(['2009-10', '2009-11']);
    },
  );
});

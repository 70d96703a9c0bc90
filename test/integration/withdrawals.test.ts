import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { DAY, HOUR } from '#src/clock.ts';
import { VendorError, type VendorErrorKind } from '#src/errors.ts';
import { createWithdrawals, type Withdrawals } from '#src/vendors/health/withdrawals.ts';
import { withWithdrawals } from '#src/vendors/health/withdrawing-vendor.ts';

import { databaseKinds, openTestDatabase, type TestDatabase } from '../databases/database.ts';
import { createFakeClock, type FakeClock } from '../fakes/clock.ts';
import { aRequest } from '../fakes/job.ts';
import { createFakeVendor } from '../fakes/vendor.ts';

describe.each(databaseKinds())('withdrawn offers on %s', (kind) => {
  let opened: TestDatabase;
  let clock: FakeClock;
  let logged: string[];
  beforeEach(async () => {
    opened = await openTestDatabase(kind);
    clock = createFakeClock();
    logged = [];
  });
  afterEach(async () => opened.close());

  /** The withdrawals that a newly started process knows. */
  async function aProcess(apiKey = 'key'): Promise<Withdrawals> {
    const withdrawals = createWithdrawals({
      database: opened.database,
      accounts: new Map([['byteplus', { apiKey, baseUrl: 'https://vendor.test/api/v3' }]]),
      salt: 'salt',
      clock,
      logger: pino({}, { write: (line: string) => void logged.push(line) }),
    });
    await withdrawals.refresh();
    return withdrawals;
  }

  const alerts = () => logged.filter((line) => line.includes('"level":50'));

  test('a withdrawal survives a restart, and the operator is told once', async () => {
    const first = await aProcess();
    await first.withdraw('byteplus', '2.0-mini', 'ModelNotOpen');
    await first.withdraw('byteplus', '2.0-mini', 'ModelNotOpen');
    const second = await aProcess();
    await second.withdraw('byteplus', '2.0-mini', 'ModelNotOpen');

    for (const process of [first, second]) {
      expect(process.isWithdrawn('byteplus', '2.0-mini')).toBe(true);
      expect(process.isWithdrawn('byteplus', '1.0-pro')).toBe(false);
      expect(await process.mayAsk('byteplus', '2.0-mini')).toBe(false);
    }
    expect(second.list()).toEqual([
      {
        vendor: 'byteplus',
        model: '2.0-mini',
        code: 'ModelNotOpen',
        withdrawnAtMs: clock.now(),
        recheckAtMs: clock.now() + DAY,
      },
    ]);
    expect(alerts()).toHaveLength(1);
    expect(alerts()[0]).toContain('ModelNotOpen');
  });

  test('an offer that has ended since is no longer mentioned', async () => {
    clock = createFakeClock({ startMs: Date.parse('2026-11-10T12:00:00Z') });
    const one = await aProcess();
    await one.withdraw('byteplus', '1.5-pro', 'ModelNotOpen');
    await one.withdraw('byteplus', '2.0', 'ModelNotOpen');
    expect(one.list().map(({ model }) => model)).toEqual(['1.5-pro', '2.0']);

    await clock.advance(12 * HOUR);

    expect(one.list().map(({ model }) => model)).toEqual(['2.0']);
  });

  test('another key counts as another account', async () => {
    await (await aProcess('old')).withdraw('byteplus', '2.0', undefined);

    const other = await aProcess('new');
    expect(other.isWithdrawn('byteplus', '2.0')).toBe(false);
    expect(other.list()).toEqual([]);
    expect(
      JSON.stringify(await opened.database.selectFrom('withdrawn_offers').selectAll().execute()),
    ).not.toMatch(/old/);
  });

  test('a process learns of a withdrawal by another at its next refresh', async () => {
    const one = await aProcess();
    const other = await aProcess();
    await one.withdraw('byteplus', '2.0', undefined);

    await other.refresh();

    expect(other.isWithdrawn('byteplus', '2.0')).toBe(true);
  });

  test('one job per day may try a withdrawn offer', async () => {
    await (await aProcess()).withdraw('byteplus', '2.0', 'ModelNotOpen');
    const one = await aProcess();
    const other = await aProcess();
    await clock.advance(DAY);
    expect(one.isWithdrawn('byteplus', '2.0')).toBe(false);

    const answers = await Promise.all(
      [one, one, other, other].map(async (process) => process.mayAsk('byteplus', '2.0')),
    );

    expect(answers.filter((mayAsk) => mayAsk)).toHaveLength(1);
    await clock.advance(DAY - HOUR);
    expect(one.isWithdrawn('byteplus', '2.0')).toBe(true);
    expect(await one.mayAsk('byteplus', '2.0')).toBe(false);
  });

  test('a restored offer is offered again everywhere', async () => {
    const one = await aProcess();
    await one.withdraw('byteplus', '2.0', undefined);
    const other = await aProcess();

    await one.restore('byteplus', '2.0');
    await other.refresh();

    expect(one.list()).toEqual([]);
    expect(other.isWithdrawn('byteplus', '2.0')).toBe(false);
    expect(await other.mayAsk('byteplus', '2.0')).toBe(true);
  });

  describe('create calls and withdrawals', () => {
    const submission = {
      request: aRequest({ model: '2.0' }),
      inputs: [],
      safetyIdentifier: 'member',
      expiresAfterSeconds: 170_000,
    };

    function aVendor(withdrawals: Withdrawals) {
      const bare = createFakeVendor({ clock });
      const vendor = withWithdrawals(bare, { withdrawals, logger: pino({ level: 'silent' }) });
      return { bare, vendor };
    }

    const refusal = (kind_: VendorErrorKind) =>
      new VendorError({
        vendor: 'byteplus',
        kind: kind_,
        operation: 'create',
        code: 'ModelNotOpen',
        isDefinite: true,
      });

    test('a create call refused as retired withdraws the offer and passes the refusal on', async () => {
      const withdrawals = await aProcess();
      const { bare, vendor } = aVendor(withdrawals);
      bare.failures.set('start', refusal('model-unavailable'));

      await expect(vendor.start(submission)).rejects.toMatchObject({ code: 'ModelNotOpen' });
      expect(withdrawals.isWithdrawn('byteplus', '2.0')).toBe(true);

      bare.failures.clear();
      await expect(vendor.start(submission)).rejects.toMatchObject({
        kind: 'model-unavailable',
        isDefinite: true,
        operation: 'prepare',
      });
      expect(bare.count('start')).toBe(1);
    });

    test('a create call refused for another reason withdraws nothing', async () => {
      const withdrawals = await aProcess();
      const { bare, vendor } = aVendor(withdrawals);
      bare.failures.set('start', refusal('rate-limited'));

      await expect(vendor.start(submission)).rejects.toThrow(VendorError);
      expect(withdrawals.list()).toEqual([]);
    });

    test('a create call accepted a day later restores the offer', async () => {
      const withdrawals = await aProcess();
      await withdrawals.withdraw('byteplus', '2.0', undefined);
      await clock.advance(DAY);
      const { vendor } = aVendor(withdrawals);

      await vendor.start(submission);

      expect((await aProcess()).list()).toEqual([]);
    });

    test('a create call that cannot be checked is not sent, and may be repeated', async () => {
      const withdrawals = await aProcess();
      const { bare, vendor } = aVendor({
        ...withdrawals,
        mayAsk: async () => Promise.reject(new Error('database is gone')),
      });

      await expect(vendor.start(submission)).rejects.toMatchObject({
        kind: 'unavailable',
        isDefinite: true,
        operation: 'prepare',
      });
      expect(bare.count('start')).toBe(0);
    });

    test('the vendor’s response to a create call is kept when the database fails', async () => {
      const withdrawals = await aProcess();
      const { bare, vendor } = aVendor({
        ...withdrawals,
        withdraw: async () => Promise.reject(new Error('database is gone')),
      });
      bare.failures.set('start', refusal('model-unavailable'));

      await expect(vendor.start(submission)).rejects.toMatchObject({ code: 'ModelNotOpen' });
    });
  });
});

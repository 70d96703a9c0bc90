import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { pricesSettingSchema } from '#src/catalogue/prices/prices-setting.ts';
import type { PricesSetting } from '#src/catalogue/prices/prices.ts';
import { MINUTE, SECOND } from '#src/clock.ts';

import { JobsSetup, type JobsSetupOptions } from '../fakes/jobs-setup.ts';
import { aRefusal, refuses, type FakeVendor } from '../fakes/vendor.ts';

const HOLD = 26;
/** Volcengine’s price for a million tokens, in dollars; BytePlus charges 2.50. */
function pricesAt(perMillionTokens: number, others = {}): PricesSetting {
  return pricesSettingSchema.parse({ volcengine: { '1.0-pro': { perMillionTokens }, ...others } });
}
/** Any video at Volcengine costs more than was held for BytePlus. */
const DEAR = pricesAt(100);

let setup: JobsSetup;
let first: FakeVendor;
let second: FakeVendor;
beforeEach(async () => open());
afterEach(async () => setup.close());

async function open(options: JobsSetupOptions = {}): Promise<void> {
  const vendors = [{}, { name: 'volcengine' as const }];
  setup = await JobsSetup.open({ vendors, prices: pricesAt(2), ...options });
  const [byteplus, volcengine] = setup.vendors;
  if (byteplus === undefined || volcengine === undefined) throw new Error('two vendors are needed');
  first = byteplus;
  second = volcengine;
}

describe('a vendor that certainly did not accept the task', () => {
  test.each(['out-of-funds', 'auth', 'rate-limited', 'unavailable'] as const)(
    'a refusing vendor is passed over at once: %s',
    async (kind) => {
      first.creates.push(refuses(kind));
      const { jobs } = setup.start();

      const job = await jobs.accept(setup.anOrder());
      await setup.clock.settle();

      expect((await setup.find(job.id)).state).toBe('queued');
      expect([first.count('start'), second.count('start')]).toEqual([1, 1]);
      expect(await setup.book(job)).toEqual(
        expect.arrayContaining([
          { vendor: 'byteplus', state: 'not-billed', credits: 0 },
          { vendor: 'volcengine', state: 'open', credits: HOLD },
        ]),
      );
      await setup.untilStored(job);
      // 100,000 tokens at 2 dollars per million: the price of the vendor that made it.
      expect((await setup.find(job.id)).costCredits).toBe(20);
    },
  );

  test('a refusing vendor is not passed over for one that costs more than the hold', async () => {
    await setup.close();
    await open({ prices: DEAR });
    first.creates.push(refuses('out-of-funds'));
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    expect((await setup.find(job.id)).failure?.reason).toBe('vendor-out-of-funds');
    expect(second.calls).toEqual([]);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });

  test('a job ends when all vendors are out of funds, and the member is told to try later', async () => {
    first.creates.push(refuses('out-of-funds', { code: 'AccountOverdueError' }));
    second.creates.push(refuses('out-of-funds', { vendor: 'volcengine' }));
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    expect((await setup.find(job.id)).failure?.reason).toBe('vendor-out-of-funds');
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
    expect((await setup.book(job)).map(({ state }) => state)).toEqual(['not-billed', 'not-billed']);
  });

  test('a refused request ends the job, and no other vendor is called', async () => {
    first.creates.push(refuses('moderated', { code: 'InputTextSensitiveContentDetected' }));
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.until('failed', job);

    expect((await setup.find(job.id)).failure).toEqual({
      reason: 'moderated-input',
      code: 'InputTextSensitiveContentDetected',
    });
    expect(second.calls).toEqual([]);
  });

  test('two refusing vendors are called in turn until one accepts the task', async () => {
    first.creates.push(refuses('rate-limited'), refuses('unavailable'));
    second.creates.push(refuses('rate-limited', { vendor: 'volcengine' }));
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.untilStored(job);

    const { submissions } = await setup.find(job.id);
    expect(submissions.map(({ vendor, refusedAs }) => [vendor, refusedAs])).toEqual([
      ['byteplus', 'rate-limited'],
      ['volcengine', 'rate-limited'],
      ['byteplus', 'unavailable'],
      ['volcengine', undefined],
    ]);
  });

  test('a job ends after half an hour of refusals', async () => {
    first.failures.set('start', aRefusal('rate-limited'));
    second.failures.set('start', aRefusal('unavailable', { vendor: 'volcengine' }));
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.clock.advance(30 * MINUTE - 5 * SECOND);
    expect((await setup.find(job.id)).state).toBe('accepted');
    await setup.until('failed', job);

    expect((await setup.find(job.id)).stateSinceMs - job.createdAtMs).toBeLessThan(31 * MINUTE);
    expect(first.count('start')).toBeLessThan(60);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });

  test('a vendor with a retry time is not called before it', async () => {
    await setup.close();
    await open({ prices: DEAR });
    first.creates.push(refuses('rate-limited', { retryAfterMs: 45 * SECOND }));
    const { jobs } = setup.start();

    const job = await jobs.accept(setup.anOrder());
    await setup.until('queued', job);

    const starts = first.calls.filter(({ call }) => call === 'start').map(({ atMs }) => atMs);
    expect(starts.map((atMs) => atMs - (starts[0] ?? 0))).toEqual([0, 45 * SECOND]);
  });
});

describe('a picture that the bot’s disk cannot read', () => {
  test('an unreadable picture is read again until it works, and the video is made', async () => {
    first.creates.push(...Array.from({ length: 3 }, () => refuses('input-unreadable')));
    second.creates.push(...Array.from({ length: 3 }, () => refuses('input-unreadable')));
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.untilStored(job);

    expect((await setup.find(job.id)).submissions).toHaveLength(7);
    const owed = (await setup.book(job)).filter(({ state }) => state !== 'not-billed');
    expect(owed).toHaveLength(1);
  });

  test('a permanently unreadable picture ends the job within minutes without blame or cost', async () => {
    const unreadable = aRefusal('input-unreadable');
    for (const vendor of [first, second]) vendor.failures.set('start', unreadable);
    const { jobs } = setup.start();
    const job = await jobs.accept(setup.anOrder());

    await setup.until('failed', job);

    const ended = await setup.find(job.id);
    expect(ended.failure).toEqual({ reason: 'input-unreadable' });
    expect(ended.stateSinceMs - job.createdAtMs).toBeGreaterThan(30 * SECOND);
    expect(ended.stateSinceMs - job.createdAtMs).toBeLessThan(5 * MINUTE);
    expect(await setup.credits()).toEqual({ held: 0, used: 0 });
  });
});

test('many jobs that wait for a busy vendor do not delay one for another', async () => {
  await setup.close();
  const prices = pricesAt(100, { '1.0-pro-fast': { perMillionTokens: 1 } });
  await open({ prices });
  first.failures.set('start', aRefusal('rate-limited', { retryAfterMs: 10 * MINUTE }));
  const { jobs } = setup.start();
  for (let count = 0; count < 40; count += 1) await jobs.accept(setup.anOrder());
  await setup.clock.advance(10 * SECOND);

  const other = await jobs.accept(
    setup.anOrder({ request: { model: '1.0-pro-fast' }, place: { memberId: 'bob' } }),
  );
  await setup.clock.advance(SECOND);

  expect((await setup.find(other.id)).state).toBe('queued');
});

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { pricesSettingSchema } from '#src/catalogue/prices/prices-setting.ts';
import type { PricesSetting } from '#src/catalogue/prices/prices.ts';
import { MINUTE, SECOND } from '#src/clock.ts';

import { JobsRoom, type JobsRoomOptions } from '../fakes/jobs-setup.ts';
import { aRefusal, refuses, type FakeVendor } from '../fakes/vendor.ts';

const HOLD = 26;
/** Volcengine’s price for a million tokens, in dollars; BytePlus charges 2.50. */
function pricesAt(perMillionTokens: number, others = {}): PricesSetting {
  return pricesSettingSchema.parse({ volcengine: { '1.0-pro': { perMillionTokens }, ...others } });
}
/** Any video at Volcengine costs more than was held for BytePlus. */
const DEAR = pricesAt(100);

let room: JobsRoom;
let first: FakeVendor;
let second: FakeVendor;
beforeEach(async () => open());
afterEach(async () => room.close());

async function open(options: JobsRoomOptions = {}): Promise<void> {
  const vendors = [{}, { name: 'volcengine' as const }];
  room = await JobsRoom.open({ vendors, prices: pricesAt(2), ...options });
  const [byteplus, volcengine] = room.vendors;
  if (byteplus === undefined || volcengine === undefined) throw new Error('two vendors are needed');
  first = byteplus;
  second = volcengine;
}

describe('a vendor that certainly did not accept the task', () => {
  test.each(['out-of-funds', 'auth', 'rate-limited', 'unavailable'] as const)(
    'a refusing vendor is passed over at once: %s',
    async (kind) => {
      first.creates.push(refuses(kind));
      const { jobs } = room.start();

      const job = await jobs.accept(room.anOrder());
      await room.clock.settle();

      expect((await room.find(job.id)).state).toBe('queued');
      expect([first.count('start'), second.count('start')]).toEqual([1, 1]);
      expect(await room.book(job)).toEqual(
        expect.arrayContaining([
          { vendor: 'byteplus', state: 'not-billed', credits: 0 },
          { vendor: 'volcengine', state: 'open', credits: HOLD },
        ]),
      );
      await room.untilStored(job);
      // 100,000 tokens at 2 dollars per million: the price of the vendor that made it.
      expect((await room.find(job.id)).costCredits).toBe(20);
    },
  );

  test('a refusing vendor is not passed over for one that costs more than the hold', async () => {
    await room.close();
    await open({ prices: DEAR });
    first.creates.push(refuses('out-of-funds'));
    const { jobs } = room.start();

    const job = await jobs.accept(room.anOrder());
    await room.until('failed', job);

    expect((await room.find(job.id)).failure?.reason).toBe('vendor-out-of-funds');
    expect(second.calls).toEqual([]);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });

  test('a job ends when all vendors are out of funds, and the member is told to try later', async () => {
    first.creates.push(refuses('out-of-funds', { code: 'AccountOverdueError' }));
    second.creates.push(refuses('out-of-funds', { vendor: 'volcengine' }));
    const { jobs } = room.start();

    const job = await jobs.accept(room.anOrder());
    await room.until('failed', job);

    expect((await room.find(job.id)).failure?.reason).toBe('vendor-out-of-funds');
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
    expect((await room.book(job)).map(({ state }) => state)).toEqual(['not-billed', 'not-billed']);
  });

  test('a refused request ends the job, and no other vendor is called', async () => {
    first.creates.push(refuses('moderated', { code: 'InputTextSensitiveContentDetected' }));
    const { jobs } = room.start();

    const job = await jobs.accept(room.anOrder());
    await room.until('failed', job);

    expect((await room.find(job.id)).failure).toEqual({
      reason: 'moderated-input',
      code: 'InputTextSensitiveContentDetected',
    });
    expect(second.calls).toEqual([]);
  });

  test('two refusing vendors are called in turn until one accepts the task', async () => {
    first.creates.push(refuses('rate-limited'), refuses('unavailable'));
    second.creates.push(refuses('rate-limited', { vendor: 'volcengine' }));
    const { jobs } = room.start();

    const job = await jobs.accept(room.anOrder());
    await room.untilStored(job);

    const { submissions } = await room.find(job.id);
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
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());

    await room.clock.advance(30 * MINUTE - 5 * SECOND);
    expect((await room.find(job.id)).state).toBe('accepted');
    await room.until('failed', job);

    expect((await room.find(job.id)).stateSinceMs - job.createdAtMs).toBeLessThan(31 * MINUTE);
    expect(first.count('start')).toBeLessThan(60);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });

  test('a vendor with a retry time is not called before it', async () => {
    await room.close();
    await open({ prices: DEAR });
    first.creates.push(refuses('rate-limited', { retryAfterMs: 45 * SECOND }));
    const { jobs } = room.start();

    const job = await jobs.accept(room.anOrder());
    await room.until('queued', job);

    const starts = first.calls.filter(({ call }) => call === 'start').map(({ atMs }) => atMs);
    expect(starts.map((atMs) => atMs - (starts[0] ?? 0))).toEqual([0, 45 * SECOND]);
  });
});

describe('a picture that the bot’s disk cannot read', () => {
  test('an unreadable picture is read again until it works, and the video is made', async () => {
    first.creates.push(...Array.from({ length: 3 }, () => refuses('input-unreadable')));
    second.creates.push(...Array.from({ length: 3 }, () => refuses('input-unreadable')));
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());

    await room.untilStored(job);

    expect((await room.find(job.id)).submissions).toHaveLength(7);
    const owed = (await room.book(job)).filter(({ state }) => state !== 'not-billed');
    expect(owed).toHaveLength(1);
  });

  test('a permanently unreadable picture ends the job within minutes without blame or cost', async () => {
    const unreadable = aRefusal('input-unreadable');
    for (const vendor of [first, second]) vendor.failures.set('start', unreadable);
    const { jobs } = room.start();
    const job = await jobs.accept(room.anOrder());

    await room.until('failed', job);

    const ended = await room.find(job.id);
    expect(ended.failure).toEqual({ reason: 'input-unreadable' });
    expect(ended.stateSinceMs - job.createdAtMs).toBeGreaterThan(30 * SECOND);
    expect(ended.stateSinceMs - job.createdAtMs).toBeLessThan(5 * MINUTE);
    expect(await room.credits()).toEqual({ held: 0, used: 0 });
  });
});

test('many jobs that wait for a busy vendor do not delay one for another', async () => {
  await room.close();
  const prices = pricesAt(100, { '1.0-pro-fast': { perMillionTokens: 1 } });
  await open({ prices });
  first.failures.set('start', aRefusal('rate-limited', { retryAfterMs: 10 * MINUTE }));
  const { jobs } = room.start();
  for (let count = 0; count < 40; count += 1) await jobs.accept(room.anOrder());
  await room.clock.advance(10 * SECOND);

  const other = await jobs.accept(
    room.anOrder({ request: { model: '1.0-pro-fast' }, place: { memberId: 'bob' } }),
  );
  await room.clock.advance(SECOND);

  expect((await room.find(other.id)).state).toBe('queued');
});

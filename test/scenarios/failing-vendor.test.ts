/** A vendor that fails repeatedly: paused for a while, tried with one job, and used again. */
import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';
import type { VendorSandbox } from '#sandbox/vendor/vendor.ts';
import { MINUTE, SECOND } from '#src/clock.ts';
import { FAILURES_UNTIL_REST } from '#src/vendors/health/breaker.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { startSecondVendor } from './second-vendor.ts';

const FIRST_REST_MS = 20 * SECOND;
const PROMPT = 'A paper boat drifts across a quiet bay';
/** Offered by both vendors, and its price for 5 s. */
const MODEL = '1.0-pro';
const CREDITS = 26;

const LEFT_ALONE = 'vendor keeps failing; resting it';
const TRIED_AGAIN = 'trying the vendor again with one job';
const BACK = 'vendor is up again';

function failCreates(vendor: VendorSandbox, times: number): void {
  vendor.inject({ on: 'create', kind: 'status', status: 500, code: 'InternalServiceError', times });
}

function creates({ journal }: VendorSandbox): number {
  return journal.filter(({ route }) => route === 'create').length;
}

/** Requests a video and expects it to succeed. */
async function makesOne(s: Scenario): Promise<void> {
  const done = await s.video({ prompt: PROMPT }).until(({ text, media, isLoading }) => {
    expect(text).not.toMatch(/No video this time|could not be reached/);
    return media.length > 0 && !isLoading;
  });
  expect(done.text).toContain('Seedance');
}

/** The log lines about a vendor’s health, in order. */
function healthEvents(s: Scenario, vendor: string): string[] {
  const lines = s.lines.filter((line) => line['vendor'] === vendor);
  return lines.flatMap(({ msg }) => ([LEFT_ALONE, TRIED_AGAIN, BACK].includes(msg) ? [msg] : []));
}

describe.concurrent('a vendor that fails repeatedly', () => {
  test('a failing vendor is passed over for another, tried with one job at a time, and used once it has recovered', async () => {
    await using second = await startSecondVendor();
    const { vendor: backup, environment } = second;
    await scenario({ environment }, async (s) => {
      await readReply(moderator(s).runs('settings defaults', { model: MODEL }));
      failCreates(s.vendor, FAILURES_UNTIL_REST + 1);
      for (let job = 1; job <= FAILURES_UNTIL_REST; job += 1) await makesOne(s);
      expect([creates(s.vendor), creates(backup)]).toEqual([
        FAILURES_UNTIL_REST,
        FAILURES_UNTIL_REST,
      ]);

      await makesOne(s);
      await makesOne(s);
      expect(creates(s.vendor), 'nobody asks it').toBe(FAILURES_UNTIL_REST);
      const check = await readReply(moderator(s).runs('settings check'));
      expect(check).toMatch(/⚠️ BytePlus ModelArk was paused .* with errors/);
      expect(check).toContain('✅ PowerTokens works');
      expect(check).toContain('Nothing would stop a video here right now');

      s.clock.pass(FIRST_REST_MS);
      await makesOne(s);
      await makesOne(s);
      expect(creates(s.vendor), 'one trial, which fails').toBe(FAILURES_UNTIL_REST + 1);
      expect(creates(backup)).toBe(FAILURES_UNTIL_REST + 4);

      s.clock.pass(2 * FIRST_REST_MS);
      await makesOne(s);
      await makesOne(s);
      expect(creates(s.vendor), 'a trial that is well, and the next').toBe(FAILURES_UNTIL_REST + 3);
      expect(s.vendor.tasks).toHaveLength(2);
      expect(creates(backup)).toBe(FAILURES_UNTIL_REST + 4);

      expect(healthEvents(s, 'byteplus')).toEqual([
        LEFT_ALONE,
        TRIED_AGAIN,
        LEFT_ALONE,
        TRIED_AGAIN,
        BACK,
      ]);
      expect(healthEvents(s, 'powertokens')).toEqual([]);
      const ready = s.lines.find(({ msg }) => msg === 'ready');
      expect(ready?.['vendors']).toMatchObject({ byteplus: expect.arrayContaining(['2.5']) });
      const jobs = await until(s.ledgers.jobs, (all) =>
        all.every(({ state }) => state === 'delivered'),
      );
      expect(await s.ledgers.serverBalance()).toBe(-CREDITS * jobs.length);
      expect(backup.pendingFaults()).toEqual([]);
    });
  });

  test('a failing vendor without an alternative is awaited: no attempts are used up, and all videos come', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '1000' } }, async (s) => {
      failCreates(s.vendor, FAILURES_UNTIL_REST);
      const failing = await startPause(s);
      const late = s.video({ prompt: PROMPT });
      await late.until(({ text }) => text.includes('Waiting to start'));
      const check = await readReply(moderator(s).runs('settings check'));
      expect(check).toContain('⛔ No video service accepts the usual video right now');
      expect(check).not.toMatch(/key|InternalServiceError|500/);
      expect(creates(s.vendor)).toBe(FAILURES_UNTIL_REST);

      s.clock.pass(FIRST_REST_MS);
      for (const reply of [...failing, late]) {
        await reply.until(({ media }) => media.length > 0);
      }

      expect(healthEvents(s, 'byteplus')).toEqual([LEFT_ALONE, TRIED_AGAIN, BACK]);
      const jobs = await s.ledgers.jobs();
      expect(jobs.at(-1)?.submissions, 'of the one that only waited').toHaveLength(1);
      expect(creates(s.vendor)).toBe(2 * FAILURES_UNTIL_REST + 1);
    }));

  test('a vendor that fails beyond the retry period leads to a refund', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      failCreates(s.vendor, 1_000);
      await startPause(s);
      await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Waiting to start'));
      const jobs = await until(
        async () => {
          s.clock.pass(MINUTE);
          return s.ledgers.jobs();
        },
        (all) => all.every(({ state }) => state === 'failed'),
      );

      expect(jobs).toHaveLength(FAILURES_UNTIL_REST + 1);
      expect(jobs.map(({ failure }) => failure?.reason)).toEqual(
        jobs.map(() => 'vendor-unavailable'),
      );
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));
});

/** So many at once that the only vendor has failed often enough. */
async function startPause(s: Scenario): Promise<Reply[]> {
  const replies = Array.from({ length: FAILURES_UNTIL_REST }, () => s.video({ prompt: PROMPT }));
  await until(
    () => healthEvents(s, 'byteplus'),
    (lines) => lines.length > 0,
  );
  return replies;
}

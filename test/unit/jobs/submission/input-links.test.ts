/** A vendor gets one of Discord’s links only when the link lives long enough to be fetched. */
import { expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';
import { createIdMaker } from '#src/ids.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createSubmitter } from '#src/jobs/submission/submitter.ts';
import { createLogger } from '#src/logger.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';

import { NO_DATABASE } from '../../../databases/no-database.ts';
import { inMemory } from '../../../fakes/bytes.ts';
import { createFakeClock } from '../../../fakes/clock.ts';
import { aJob, aSubmission, JOB_BORN_MS } from '../../../fakes/job.ts';
import { createFakeVendor } from '../../../fakes/vendor.ts';

/** Returns the link that the vendor gets for a picture with this link; undefined means its bytes alone. */
async function linkPassedOn(sourceUrl: string | undefined): Promise<string | undefined> {
  const clock = createFakeClock({ startMs: JOB_BORN_MS });
  const vendor = createFakeVendor({ clock });
  const { submit } = createSubmitter({
    database: NO_DATABASE,
    store: { tagsInUse: async () => new Set<number>(), find: async () => undefined },
    files: { open: async () => inMemory(new Uint8Array(3)) },
    vendorLedger: createVendorLedger(),
    planContextOf: async () => ({ offers: [] }),
    offers: createOffers({
      vendors: [vendor],
      prices: {},
      clock,
      states: () => new Map([['byteplus', { state: 'up' }]]),
    }),
    scheduler: { claim: async () => 1 },
    async transition(job): Promise<Job> {
      if (job.state !== 'accepted') return { ...job, state: 'queued' };
      return { ...job, state: 'submitting', submissions: [aSubmission()] };
    },
    safetySalt: 'salt',
    ids: createIdMaker(),
    clock,
    logger: createLogger('silent'),
  });
  const input = { role: 'first_frame', mimeType: 'image/png', file: 'inputs/a' } as const;
  const inputs = [{ ...input, ...(sourceUrl === undefined ? {} : { sourceUrl }) }];

  await submit(aJob({ inputs, holdCredits: 1000 }), new AbortController().signal);

  const [received] = vendor.onlyTask().submission.inputs;
  expect((await received?.open())?.byteLength).toBe(3);
  return received?.url?.();
}

/** Returns a link that expires after so many milliseconds. */
function link(livesMs: number): string {
  const dies = Math.floor((JOB_BORN_MS + livesMs) / SECOND).toString(16);
  return `https://cdn.discordapp.com/attachments/1/2/a.png?ex=${dies}&is=66&hm=abc`;
}

test.each([
  ['died a minute ago', -MINUTE],
  ['dies in half an hour', 30 * MINUTE],
  ['dies in an hour', HOUR],
])('a link that %s is not passed to the vendor', async (_when, livesMs) => {
  expect(await linkPassedOn(link(livesMs))).toBeUndefined();
});

test.each([
  ['a second over an hour', HOUR + SECOND],
  ['two hours', 2 * HOUR],
  ['a day', 24 * HOUR],
])('a link that lives %s is passed to the vendor unchanged', async (_when, livesMs) => {
  expect(await linkPassedOn(link(livesMs))).toBe(link(livesMs));
});

test.each([
  ['states no expiry', 'https://cdn.discordapp.com/attachments/1/2/a.png'],
  ['states its expiry in words', 'https://cdn.discordapp.com/attachments/1/2/a.png?ex=soon'],
  ['is not a link', 'ex=ffffffff'],
  ['states an impossible expiry', `https://cdn.discordapp.com/a.png?ex=${'f'.repeat(13)}`],
])('a link that %s is not passed to the vendor', async (_what, sourceUrl) => {
  expect(await linkPassedOn(sourceUrl)).toBeUndefined();
});

test('a picture without a link is passed to the vendor as bytes', async () => {
  expect(await linkPassedOn(undefined)).toBeUndefined();
});

/** Vendor bills compared with the hold. */
import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';

import { LEVELS } from './bot-log.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { requestHealth, sample } from './health-endpoint.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';

const alertsOf = ({ lines }: Scenario, text: string) =>
  lines.filter(({ msg }) => msg.includes(text));

describe.concurrent('implausible bills', () => {
  test.each([5e12, 2e10, Number.MAX_SAFE_INTEGER])(
    'a bill of %d tokens is recorded at the hold, reported once, and blocks no server’s videos',
    (tokens) =>
      scenario({}, async (s) => {
        s.vendor.inject({ on: 'create', kind: 'bill-tokens', tokens });
        const reply = s.video({ prompt: PROMPT });
        await reply.until(({ media }) => media.length > 0);
        const { holdCredits, ...job } = await s.job('delivered');

        expect(job).toMatchObject({ billedCredits: holdCredits, costCredits: holdCredits });
        expect(job.result?.tokens).toBe(tokens);
        expect(job.claimedCredits).toBeGreaterThan(10 * holdCredits);
        expect(await s.ledgers.serverBalance()).toBe(-holdCredits);
        expect(await s.ledgers.vendorLedger()).toMatchObject([
          { state: 'billed', credits: holdCredits },
        ]);
        expect(alertsOf(s, 'implausible vendor bill')).toMatchObject([
          { level: LEVELS.error, jobId: job.id, heldCredits: holdCredits, tokens },
        ]);

        const other = s.video({ prompt: 'A second boat comes into the bay' }, s.bob);
        await other.until(({ media }) => media.length > 0);
      }),
  );

  test('a bill above the hold costs the member the hold and is recorded in full, with one warning and a count', () =>
    scenario({ environment: { HTTP_PORT: '0' } }, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'bill-tokens', tokens: 217_800 });
      const reply = s.video({ prompt: PROMPT, model: '1.0-pro' });
      await reply.until(({ media }) => media.length > 0);
      const { holdCredits, ...job } = await s.job('delivered');

      // 217,800 tokens at 2.50 dollars per million.
      expect(job).toMatchObject({ billedCredits: 55, costCredits: holdCredits });
      expect(holdCredits).toBeLessThan(55);
      expect(await s.ledgers.serverBalance()).toBe(-holdCredits);
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ state: 'billed', credits: 55 }]);
      expect(alertsOf(s, 'bill above the hold')).toMatchObject([
        {
          level: LEVELS.warn,
          jobId: job.id,
          vendor: 'byteplus',
          model: '1.0-pro',
          heldCredits: holdCredits,
          billedCredits: 55,
        },
      ]);
      const scraped = await until(
        async () => {
          s.clock.pass(MINUTE);
          return (await requestHealth(s.lines, '/metrics')).text;
        },
        (text) => sample(text, 'seedance_vendor_credits_spent{vendor="byteplus"}') === 55,
      );
      expect(
        sample(
          scraped,
          'seedance_vendor_bills_above_hold_total{vendor="byteplus",model="1.0-pro",claim="booked"}',
        ),
      ).toBe(1);
    }));
});

describe.concurrent('implausible bills in dollars', () => {
  test('an implausible bill in dollars is recorded at the hold as well', () =>
    scenario({ vendor: { dialect: 'aimlapi' } }, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'bill-tokens', tokens: 1e12 });
      const reply = s.video({ prompt: PROMPT, model: '1.0-pro' });
      await reply.until(({ media }) => media.length > 0);
      const { holdCredits, ...job } = await s.job('delivered');

      // The sandbox’s AI/ML API charges 2.50 dollars per million tokens.
      expect(job).toMatchObject({ billedCredits: holdCredits, claimedCredits: 250_000_000 });
      expect(await s.ledgers.vendorLedger()).toMatchObject([{ credits: holdCredits }]);
      expect(alertsOf(s, 'implausible vendor bill')).toHaveLength(1);
    }));
});

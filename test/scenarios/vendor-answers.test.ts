/** Responses in undocumented formats, and responses that are not the vendor’s: one video or one refund. */
import { describe, expect, test } from 'vitest';

import { MINUTE } from '#src/clock.ts';

import { passUntil, scenario, until } from './harness.ts';
import { DELIVERED, outcomeOf, REFUNDED, USUAL_CREDITS } from './outcome.ts';
import { startSecondVendor } from './second-vendor.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';

describe.concurrent('unusual vendor responses', () => {
  test.each([
    'upper-case-status',
    'waiting-and-complete',
    'numeric-id',
    'wrapped-with-code',
    'byte-order-mark',
    'relative-link',
    'late-link',
  ] as const)(
    'a video is delivered when the vendor’s responses have another shape: %s',
    (variant) =>
      scenario({ vendor: { variant } }, async (s) => {
        s.video({ prompt: PROMPT });
        await passUntil(s, 'delivered');

        expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      }),
  );

  test.each([
    [303, ''],
    [307, ''],
    [400, ''],
    [404, '<html>Not found</html>'],
    [429, 'slow down'],
    [403, '{"message":"Forbidden"}'],
    [502, ''],
  ])(
    'a task is found, and no second one made, when a proxy answers its create call with %i "%s"',
    (status, body) =>
      scenario({}, async (s) => {
        s.vendor.inject({ on: 'create', kind: 'proxy-answer', status, body });
        s.video({ prompt: PROMPT });
        await passUntil(s, 'delivered');

        expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
      }),
  );

  test('a video is made by the next vendor when the first refuses for its own reason', async () => {
    await using second = await startSecondVendor();
    const { vendor: backup, environment } = second;
    await scenario({ environment }, async (s) => {
      const message =
        'The parameter `content` specified in the request is not valid: resource download failed.';
      const refusal = { kind: 'status', status: 400, code: 'InvalidParameter', message } as const;
      s.vendor.inject({ on: 'create', ...refusal });
      s.video({ prompt: PROMPT, model: '1.0-pro' });
      await passUntil(s, 'delivered');

      expect(s.vendor.tasks).toEqual([]);
      expect(backup.tasks).toHaveLength(1);
    });
  });
});

describe.concurrent('quick refunds', () => {
  test('a finished task without a file is refunded soon with its reason, and the vendor ledger keeps the hold', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'without-file' });
      s.video({ prompt: PROMPT });
      await until(s.ledgers.jobs, ([job]) => job?.withoutFileSinceMs !== undefined);
      s.clock.pass(8 * MINUTE);
      await passUntil(s, 'failed');
      await s.guild.channel().until(({ text }) => text.includes('Nothing was charged'));

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: [`lost ${USUAL_CREDITS}`],
        text: expect.stringContaining('gave no file'),
      });
      expect(s.lines.filter(({ msg }) => msg.includes('without a file'))).toHaveLength(1);
    }));

  test('a refusal with HTTP 200 is refunded soon with its reason, without a search', () =>
    scenario({ vendor: { variant: 'refusal-as-code' } }, async (s) => {
      s.vendor.setFunds(false);
      s.video({ prompt: PROMPT });
      await s.job('failed');
      await s.guild.channel().until(({ text }) => text.includes('Nothing was charged'));

      expect(await outcomeOf(s)).toMatchObject({ ...REFUNDED, vendorLedger: ['not-billed 0'] });
      expect(s.vendor.journal.filter(({ route }) => route === 'list')).toEqual([]);
    }));
});

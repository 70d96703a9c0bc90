/** Fetching a video that is made and whose link is known. */
import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE } from '#src/clock.ts';

import { scenario, until } from './harness.ts';
import { DELIVERED, outcomeOf, REFUNDED } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';

describe.concurrent('a finished video that is hard to fetch', () => {
  test.each([
    { kind: 'truncated-video' },
    { kind: 'unsized-half-video', times: 3 },
    { kind: 'cut', times: 2 },
    { kind: 'status', status: 503, code: 'SlowDown' },
    { kind: 'slow', ms: 1500 },
  ] as const)('a video with $kind arrives complete, once', (fault) =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'video', ...fault });
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);

      await s.job('delivered');
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      const { video } = await s.job('delivered');
      expect(done.media[0]?.sizeBytes).toBe(video?.bytes);
    }),
  );

  test('a video that is hard to fetch delays no other', () =>
    scenario({}, async (s) => {
      s.vendor.inject({ on: 'video', kind: 'hang' });
      s.video({ prompt: PROMPT });
      await until(
        () => s.vendor.journal.some(({ route }) => route === 'video'),
        (isAsked) => isAsked,
      );
      const reply = s.video({ prompt: 'A second boat that comes to no harm' }, s.bob);

      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
    }));

  test('a video whose link has expired is refunded to the member, not to the vendor ledger', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      s.vendor.inject({
        on: 'video',
        kind: 'status',
        status: 403,
        code: 'AccessDenied',
        times: 99,
      });
      s.video({ prompt: PROMPT });
      await s.job('succeeded');
      s.clock.pass(25 * HOUR);
      await s.job('expired');
      await s.guild.channel().until(({ text }) => text.includes('Nothing was charged'));

      expect(await outcomeOf(s)).toMatchObject({
        ...REFUNDED,
        vendorLedger: ['billed 39'],
        text: expect.stringContaining('could not be fetched'),
      });
      expect(s.lines.some(({ level, msg }) => level >= 50 && msg.includes('link'))).toBe(true);
    }));

  test('a video whose host is not in VIDEO_HOSTS waits for the setting, and arrives after it', () =>
    scenario({ environment: { VIDEO_HOSTS: '' } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await s.job('succeeded');
      const told = () =>
        s.lines.filter(({ setting }) => setting === `VIDEO_HOSTS=${s.vendor.host}`);
      await until(told, ({ length }) => length > 0);
      s.clock.pass(2 * MINUTE);
      await reply.until(({ text }) => text.includes('ready but can’t be fetched yet'));
      expect(s.vendor.journal.filter(({ route }) => route === 'video')).toEqual([]);
      expect(told()).toHaveLength(1);

      await s.stop();
      await s.start({ VIDEO_HOSTS: s.vendor.host });
      const done = await reply.until(({ media }) => media.length > 0);

      await s.job('delivered');
      expect(done.text).not.toContain('can’t be fetched');
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a video from a host that no setting allows is refunded once its link has expired', () =>
    scenario({ environment: { VIDEO_HOSTS: '' } }, async (s) => {
      s.video({ prompt: PROMPT });
      await s.job('succeeded');
      s.clock.pass(25 * HOUR);
      await s.job('expired');

      await s.guild.channel().until(({ text }) => text.includes('Nothing was charged'));
      expect(await outcomeOf(s)).toMatchObject({ ...REFUNDED, vendorLedger: ['billed 39'] });
    }));
});

/** The Cancel button: available exactly as long as a job can still be stopped. */
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { CALLBACK, scenario, until } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';

describe.concurrent('cancelling', () => {
  test('a job that waits at the vendor is cancelled there, and everything is refunded', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ text }) => text.includes('Queued'));
      s.alice.clicks(reply, 'Cancel');

      const over = await reply.until(({ text }) => text.includes('Cancelled'));
      expect(over.text).toContain('Nothing was charged');
      expect(over.buttons).toEqual([]);
      expect(s.vendor.tasks[0]?.status).toBe('cancelled');
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));

  test.each(['reset', 'end'] as const)(
    'cancelling continues when the response to its acknowledgement was lost: %s',
    (how) =>
      scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
        const reply = s.video({ prompt: PROMPT });
        const queued = await reply.until(({ text }) => text.includes('Queued'));
        s.discord.inject({ route: CALLBACK, kind: 'cut', when: 'after', how });
        s.alice.clicks(queued, 'Cancel');
        await until(
          () => s.requests(CALLBACK).at(-1),
          (last) => last?.code === 40_060,
        );

        await reply.until(({ text }) => text.includes('Cancelled'));
        expect(s.vendor.tasks[0]?.status).toBe('cancelled');
      }),
  );

  test('a cancel press is handled only by the process that acknowledged it', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('Queued'));
      s.discord.inject({ route: CALLBACK, kind: 'status', status: 400, code: 40_060 });
      s.alice.clicks(queued, 'Cancel');
      await until(
        () => s.lines.filter(({ msg }) => msg.includes('no longer accepts an answer')),
        (lines) => lines.length > 0,
      );

      expect(s.vendor.tasks[0]?.status).toBe('queued');
    }));

  test('a rendering job cannot be cancelled, and continues', () =>
    scenario({ vendor: { queueMs: MINUTE, renderMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('Queued'));
      await s.job('queued');
      s.clock.pass(MINUTE);
      const refusal = await s.alice.clicks(queued, 'Cancel').refusal();

      expect(refusal).toContain('can’t be stopped');
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.job('delivered');
    }));

  test('another member cannot cancel a job', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('Queued'));
      const refusal = await s.bob.clicks(queued, 'Cancel').refusal();

      expect(refusal).toContain('Only the member who asked');
      expect(s.vendor.tasks[0]?.status).toBe('queued');
    }));
});

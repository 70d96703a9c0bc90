/** The Cancel button: as long as a job can still be stopped, and no longer. */
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { CALLBACK, scenario, until } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';

describe.concurrent('cancelling', () => {
  test('a job that still waits at the vendor is cancelled there, and everything comes back', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ text }) => text.includes('queue'));
      s.alice.clicks(reply, 'Cancel');

      const over = await reply.until(({ text }) => text.includes('Cancelled'));
      expect(over.text).toContain('Nothing was charged');
      expect(over.buttons).toEqual([]);
      expect(s.vendor.tasks[0]?.status).toBe('cancelled');
      expect(await s.books.serverBalance()).toBe(0);
    }));

  test.each(['reset', 'end'] as const)(
    'goes on when the answer to its acknowledgement was lost: %s',
    (how) =>
      scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
        const reply = s.video({ prompt: PROMPT });
        const queued = await reply.until(({ text }) => text.includes('queue'));
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

  test('is left to who has acknowledged it', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('queue'));
      s.discord.inject({ route: CALLBACK, kind: 'status', status: 400, code: 40_060 });
      s.alice.clicks(queued, 'Cancel');
      await until(
        () => s.lines.filter(({ msg }) => msg.includes('no longer accepts an answer')),
        (lines) => lines.length > 0,
      );

      expect(s.vendor.tasks[0]?.status).toBe('queued');
    }));

  test('a job that renders cannot be cancelled, and goes on', () =>
    scenario({ vendor: { queueMs: MINUTE, renderMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('queue'));
      await s.job('queued');
      s.clock.pass(MINUTE);
      const refusal = await s.alice.clicks(queued, 'Cancel').refusal();

      expect(refusal).toContain('cannot be stopped');
      s.vendor.setRenderMs(0);
      s.clock.pass(3 * SECOND);
      await s.job('delivered');
    }));

  test('somebody else cannot cancel it', () =>
    scenario({ vendor: { queueMs: MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      const queued = await reply.until(({ text }) => text.includes('queue'));
      const refusal = await s.bob.clicks(queued, 'Cancel').refusal();

      expect(refusal).toContain('Only the member who asked');
      expect(s.vendor.tasks[0]?.status).toBe('queued');
    }));
});

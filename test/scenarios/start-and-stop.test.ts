/** A start needs as little as possible from Discord, and a stop begins as little as possible. */
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { HOUR, SECOND } from '#src/clock.ts';

import { CALLBACK, passUntil, scenario, until, type ScenarioOptions } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const REGISTER = 'PUT /applications/:app/commands';
/** Long enough for a woken loop to begin a step that it may take. */
const LOOK_MS = 500;
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };

describe.concurrent('a start while Discord refuses command registration', () => {
  test.for([
    ['has a temporary fault', { kind: 'status', status: 503, times: 2 }],
    ['asks for an hour’s pause', { kind: 'rate-limit', retryAfterMs: HOUR }],
    ['cuts the connection', { kind: 'cut', when: 'before' }],
  ] as const)(
    'a start continues open jobs and registers later when Discord %s',
    async ([, fault]) =>
      scenario(RENDERING, async (s) => {
        const reply = s.video({ prompt: PROMPT, notify: 'none' });
        await reply.until(({ text }) => text.includes('Rendering'));
        await s.stop();
        s.vendor.setRenderMs(0);
        s.discord.inject({ route: REGISTER, ...fault });

        await s.start();
        await passUntil(s, 'delivered');
        await until(
          () => {
            s.clock.pass(10 * SECOND);
            return s.requests(REGISTER).at(-1)?.status;
          },
          (status) => status === 200,
        );

        expect(reply.message?.media).toHaveLength(1);
      }),
  );
});

describe.concurrent('an orderly stop', () => {
  test('a stop makes no new create call while a command is still running', () =>
    scenario({}, async (s) => {
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 429,
        code: 'RateLimitExceeded',
        headers: { 'retry-after': '1' },
      });
      s.video({ prompt: 'A kite climbs above a windy hill' }, s.bob);
      await s.job('accepted');
      await until(
        () => s.creates().length,
        (creates) => creates === 1,
      );
      s.discord.inject({ route: CALLBACK, kind: 'slow', delayMs: 30 * SECOND });
      const before = s.requests(CALLBACK).length;
      s.video({ prompt: PROMPT });
      await until(
        () => s.requests(CALLBACK).length,
        (requests) => requests > before,
      );

      const stopping = s.stop();
      s.clock.pass(5 * SECOND);
      await delay(LOOK_MS);
      s.clock.pass(30 * SECOND);
      await stopping;

      expect(s.creates()).toHaveLength(1);
    }));
});

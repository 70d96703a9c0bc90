/** Discord refuses edits by the interaction’s token for long: the bot’s own token edits the same message. */
import { describe, expect, test } from 'vitest';

import { HOUR, MINUTE, SECOND } from '#src/clock.ts';

import {
  EDIT_BY_BOT,
  EDIT_BY_TOKEN,
  NEW_MESSAGE,
  passUntil,
  scenario,
  type Scenario,
  type ScenarioOptions,
} from './harness.ts';
import { DELIVERED, outcomeOf, REFUNDED } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR }, mayLeaveFaults: true };
const WITHOUT_END = { route: EDIT_BY_TOKEN, kind: 'rate-limit', times: 9999 } as const;

async function rendering(s: Scenario, options: { private?: boolean } = {}) {
  const reply = s.video({ prompt: PROMPT, notify: 'none', ...options });
  await reply.until(({ text }) => text.includes('Rendering'));
  return reply;
}

describe.concurrent('an endless 429 on the interaction’s route', () => {
  test.each([
    ['a second', SECOND, 3 * MINUTE],
    ['ten minutes', 10 * MINUTE, MINUTE],
  ])(
    'the bot posts the video with its own token, once, when the 429 asks for %s',
    (_, retryAfterMs, withinMs) =>
      scenario(RENDERING, async (s) => {
        await rendering(s);
        s.discord.inject({ ...WITHOUT_END, retryAfterMs });
        const startedAtMs = s.clock.now();
        s.vendor.setRenderMs(0);
        await passUntil(s, 'delivered');

        expect(s.clock.now() - startedAtMs).toBeLessThan(withinMs);
        expect(await outcomeOf(s)).toMatchObject(DELIVERED);
        expect(s.requests(EDIT_BY_BOT).filter(({ files }) => files.length > 0)).toHaveLength(1);
        expect(s.requests(NEW_MESSAGE)).toEqual([]);
      }),
  );

  test('the bot shows a failure with its own token', () =>
    scenario(RENDERING, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'fail-task', code: 'InternalServiceError' });
      const reply = await rendering(s);
      s.discord.inject({ ...WITHOUT_END, retryAfterMs: 10 * MINUTE });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'failed');
      await reply.until(({ text }) => text.includes('Nothing was charged'));

      expect(await outcomeOf(s)).toMatchObject(REFUNDED);
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }));

  test('a 429 on an ephemeral message is waited out', () =>
    scenario(RENDERING, async (s) => {
      const reply = await rendering(s, { private: true });
      s.discord.inject({ ...WITHOUT_END, retryAfterMs: SECOND, times: 12 });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect((await reply.until(({ media }) => media.length > 0)).media).toHaveLength(1);
      expect(s.requests(EDIT_BY_BOT)).toEqual([]);
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }));

  test('a 429 that ends within a minute only delays the video', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s);
      s.discord.inject({ ...WITHOUT_END, retryAfterMs: SECOND, times: 3 });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(s.requests(EDIT_BY_BOT)).toEqual([]);
    }));

  test('a 429 without access for the bot is waited out too, and nothing is posted twice', () =>
    scenario(RENDERING, async (s) => {
      await rendering(s);
      const noAccess = { kind: 'status', status: 403, code: 50_001, times: 9999 } as const;
      for (const route of [EDIT_BY_BOT, NEW_MESSAGE] as const)
        s.discord.inject({ route, ...noAccess });
      s.discord.inject({ ...WITHOUT_END, retryAfterMs: SECOND, times: 12 });
      s.vendor.setRenderMs(0);
      await passUntil(s, 'delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));
});

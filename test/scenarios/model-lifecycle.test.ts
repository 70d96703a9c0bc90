/** A model is retired while the bot runs: it disappears from all lists, and running videos are delivered. */
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const ENDED = '1.5-pro';
const ENDS_MS = Date.parse('2026-11-11T00:00:00Z');
/** Long enough for every command before midnight. */
const EVE = { startsAtMs: ENDS_MS - 10 * MINUTE };

function passMidnight(s: Scenario): void {
  s.clock.pass(ENDS_MS - s.clock.now() + SECOND);
}

/** Everything that a member or a moderator reads without a request. */
async function readEverything(s: Scenario): Promise<string> {
  const mia = moderator(s);
  const said = [
    ...(await s.alice.types('video', 'model', '')),
    ...(await mia.types('settings defaults', 'model', '')),
    ...(await mia.types('settings models', 'model', '', { allowed: false })),
    ...s.discord.commands,
    await readReply(s.alice.runs('models')),
    await readReply(s.video({ prompt: PROMPT, model: 'no-such-model' })),
    await readReply(s.video({ prompt: PROMPT, duration: 60 })),
  ];
  return JSON.stringify(said);
}

describe.concurrent('a model that its vendor retires at midnight', () => {
  test('a retired model disappears from every list without a restart', () =>
    scenario(EVE, async (s) => {
      expect(await readEverything(s)).toContain(ENDED);
      passMidnight(s);

      expect(await readEverything(s)).not.toContain(ENDED);
    }));

  test('a typed retired model is refused, with the models that can be used', () =>
    scenario(EVE, async (s) => {
      passMidnight(s);
      const refusal = await s.video({ prompt: PROMPT, model: ENDED }).refusal();
      const asDefault = await readReply(moderator(s).runs('settings defaults', { model: ENDED }));

      expect(refusal).toContain(
        `${ENDED} is not available here. You can use 2.0-mini, 1.0-pro-fast`,
      );
      expect(asDefault).toContain(`${ENDED} is not offered here. Choose 2.0-mini`);
      expect(s.creates()).toEqual([]);
    }));

  test('a retired default model of a server is replaced, and moderators are told', () =>
    scenario(EVE, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('settings defaults', { model: ENDED }));
      passMidnight(s);
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);

      expect(s.vendor.tasks[0]?.model).toBe('dreamina-seedance-2-0-mini-260615');
      const check = await readReply(mia.runs('settings check'));
      expect(check).toContain(`The default model ${ENDED} is no longer offered`);
      expect(await readReply(mia.runs('settings show'))).toContain(`${ENDED} (no longer offered)`);
    }));

  test('a retired model can be allowed again by the moderators who had forbidden it', () =>
    scenario(EVE, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('settings models', { model: ENDED, allowed: false }));
      passMidnight(s);

      expect(await readReply(mia.runs('settings show'))).not.toContain(ENDED);
      expect(
        await readReply(mia.runs('settings models', { model: ENDED, allowed: true })),
      ).toContain('all models');
    }));

  test('the running videos of a retired model are delivered and settled', () =>
    scenario({ ...EVE, vendor: { renderMs: 60 * MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT, model: ENDED });
      await s.job('running');
      passMidnight(s);
      s.vendor.setRenderMs(0);
      await reply.until(({ media }) => media.length > 0);
      const job = await s.job('delivered');

      expect(job.costCredits).toBe(27);
      expect(await s.ledgers.serverBalance()).toBe(-27);
    }));

  test('the waiting videos of a retired model are refunded', () =>
    scenario({ ...EVE, environment: { LOG_LEVEL: 'info' } }, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 429, code: 'ServerOverloaded' });
      s.video({ prompt: PROMPT, model: ENDED });
      await until(s.ledgers.jobs, ([job]) => job?.submissions.at(-1)?.refusedAs !== undefined);
      passMidnight(s);
      await s.job('failed');

      expect(await s.ledgers.serverBalance()).toBe(0);
      expect(s.creates()).toHaveLength(1);
    }));
});

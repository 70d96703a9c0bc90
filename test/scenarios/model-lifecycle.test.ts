/** A model ends while the bot runs: nothing names it afterwards, and what was already made of it comes. */
import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { moderator, told } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const ENDED = '1.5-pro';
const ENDS_MS = Date.parse('2026-11-11T00:00:00Z');
/** Long enough for every command before midnight. */
const EVE = { startsAtMs: ENDS_MS - 10 * MINUTE };

function passMidnight(s: Scenario): void {
  s.clock.pass(ENDS_MS - s.clock.now() + SECOND);
}

/** Everything that a member or a moderator is told without ordering anything. */
async function everythingSaid(s: Scenario): Promise<string> {
  const mia = moderator(s);
  const said = [
    ...(await s.alice.types('video', 'model', '')),
    ...(await mia.types('settings defaults', 'model', '')),
    ...(await mia.types('settings models', 'model', '', { allowed: false })),
    ...s.discord.commands,
    await told(s.alice.runs('models')),
    await told(s.video({ prompt: PROMPT, model: 'no-such-model' })),
    await told(s.video({ prompt: PROMPT, duration: 60 })),
  ];
  return JSON.stringify(said);
}

describe.concurrent('a model that its vendor ends at midnight', () => {
  test('is named by nothing any more, though the bot was not restarted', () =>
    scenario(EVE, async (s) => {
      expect(await everythingSaid(s)).toContain(ENDED);
      passMidnight(s);

      expect(await everythingSaid(s)).not.toContain(ENDED);
    }));

  test('is refused when it is typed, with what can be used', () =>
    scenario(EVE, async (s) => {
      passMidnight(s);
      const refusal = await s.video({ prompt: PROMPT, model: ENDED }).refusal();
      const asDefault = await told(moderator(s).runs('settings defaults', { model: ENDED }));

      expect(refusal).toContain(
        `${ENDED} is not available here. You can use 2.0-mini, 1.0-pro-fast`,
      );
      expect(asDefault).toContain(`${ENDED} is not offered here. Choose 2.0-mini`);
      expect(s.creates()).toEqual([]);
    }));

  test('as the default of a server gives way, and moderators are told', () =>
    scenario(EVE, async (s) => {
      const mia = moderator(s);
      await told(mia.runs('settings defaults', { model: ENDED }));
      passMidnight(s);
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);

      expect(s.vendor.tasks[0]?.model).toBe('dreamina-seedance-2-0-mini-260615');
      const check = await told(mia.runs('settings check'));
      expect(check).toContain(`The default model ${ENDED} is no longer offered`);
      expect(await told(mia.runs('settings show'))).toContain(`${ENDED} (no longer offered)`);
    }));

  test('can be allowed again by the moderators who had forbidden it', () =>
    scenario(EVE, async (s) => {
      const mia = moderator(s);
      await told(mia.runs('settings models', { model: ENDED, allowed: false }));
      passMidnight(s);

      expect(await told(mia.runs('settings show'))).not.toContain(ENDED);
      expect(await told(mia.runs('settings models', { model: ENDED, allowed: true }))).toContain(
        'all models',
      );
    }));

  test('still brings and settles the videos that were being made', () =>
    scenario({ ...EVE, vendor: { renderMs: 60 * MINUTE } }, async (s) => {
      const reply = s.video({ prompt: PROMPT, model: ENDED });
      await s.job('running');
      passMidnight(s);
      s.vendor.setRenderMs(0);
      await reply.until(({ media }) => media.length > 0);
      const job = await s.job('delivered');

      expect(job.costCredits).toBe(27);
      expect(await s.books.serverBalance()).toBe(-27);
    }));

  test('gives back the credits of a video that had not been handed over', () =>
    scenario({ ...EVE, environment: { LOG_LEVEL: 'info' } }, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 429, code: 'ServerOverloaded' });
      s.video({ prompt: PROMPT, model: ENDED });
      await until(s.books.jobs, ([job]) => job?.submissions.at(-1)?.refusedAs !== undefined);
      passMidnight(s);
      await s.job('failed');

      expect(await s.books.serverBalance()).toBe(0);
      expect(s.creates()).toHaveLength(1);
    }));
});

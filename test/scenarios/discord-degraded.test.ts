/** Discord when it is slow, disconnected, busy or duplicating: one command makes one job and one video. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import { encodePng } from '#sandbox/png.ts';
import { SECOND, systemClock } from '#src/clock.ts';

import { CALLBACK, EDIT_BY_TOKEN, NEW_MESSAGE, scenario, until, type Scenario } from './harness.ts';
import { DELIVERED, outcomeOf } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const FOLLOW_UP = 'POST /webhooks/:app/:token';
const TAKE_AWAY = 'DELETE /webhooks/:app/:token/messages/@original';
const INJECTED_500 = { kind: 'status', status: 500 } as const;

/** A finished job whose video the bot is fetching: the next edit is the one with the video. */
async function aboutToDeliver(s: Scenario): Promise<void> {
  s.vendor.inject({ on: 'video', kind: 'slow', ms: 400 });
  await s.video({ prompt: PROMPT }).until(({ text }) => text.includes('Rendered'));
}

describe.concurrent('Discord with temporary faults', () => {
  test.each([
    { ...INJECTED_500, times: 2 },
    { kind: 'status', status: 503 },
    { kind: 'rate-limit', retryAfterMs: 300 },
    { kind: 'rate-limit', retryAfterMs: 300, scope: 'shared' },
    { kind: 'cut', when: 'before' },
    { kind: 'cut', when: 'after' },
    { kind: 'malformed' },
    { kind: 'slow', delayMs: 700 },
  ] as const)('a video is shown once when its last edit meets %j', (fault) =>
    scenario({}, async (s) => {
      await aboutToDeliver(s);
      s.discord.inject({ route: EDIT_BY_TOKEN, ...fault });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
      expect(s.requests(NEW_MESSAGE)).toEqual([]);
    }),
  );

  test('lost progress edits do not lose the job', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      s.discord.inject({ route: EDIT_BY_TOKEN, ...INJECTED_500, times: 3 });
      s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a command is replayed after a gateway cut, and its job is made', () =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'drop-connection' });
      s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }));

  test('a duplicated command makes one job', () =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'duplicate-interaction' });
      const reply = s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(reply.deliveryTries).toBe(2);
      expect(reply.visible).toHaveLength(1);
      expect(await outcomeOf(s)).toMatchObject({ ...DELIVERED, creates: 1 });
    }));

  test('a late acknowledgement leads to no job and no hold', () =>
    scenario({ discord: { acknowledgeWithinMs: 200 } }, async (s) => {
      s.discord.inject({ route: CALLBACK, kind: 'slow', delayMs: 400 });
      s.video({ prompt: PROMPT });
      await until(
        () => s.lines.some(({ msg }) => msg.includes('no longer accepts an answer')),
        (isTold) => isTold,
      );

      expect(s.requests(CALLBACK)).toMatchObject([{ code: 10_062 }]);
      expect(await s.ledgers.jobs()).toEqual([]);
      expect(await s.ledgers.ledger()).toEqual([]);
      expect(s.creates()).toEqual([]);
    }));

  test.each([
    { kind: 'cut', when: 'before' },
    { kind: 'cut', when: 'after' },
    { ...INJECTED_500 },
  ] as const)('an acknowledgement that meets %j still leads to the job', (fault) =>
    scenario({}, async (s) => {
      s.discord.inject({ route: CALLBACK, ...fault });
      const reply = s.video({ prompt: PROMPT });
      const done = await reply.until(({ media }) => media.length > 0);
      await s.job('delivered');

      expect(done.media).toHaveLength(1);
      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }),
  );

  const cut = { kind: 'cut', when: 'before' } as const;
  const lost = { kind: 'cut', when: 'after' } as const;
  test.each([
    { isPrivate: true, fault: { route: EDIT_BY_TOKEN, ...cut } },
    { isPrivate: true, fault: { route: EDIT_BY_TOKEN, ...lost } },
    { isPrivate: false, fault: { route: FOLLOW_UP, ...cut } },
    { isPrivate: false, fault: { route: TAKE_AWAY, ...cut } },
    { isPrivate: false, fault: { route: TAKE_AWAY, ...lost } },
  ] as const)(
    'a refusal is shown although $fault.route is cut $fault.when',
    ({ isPrivate, fault }) =>
      scenario({}, async (s) => {
        s.discord.inject(fault);
        const small = encodePng({ width: 200, height: 200, paint: () => [90, 160, 120] });
        const picture = file('icon.png', small);
        const reply = s.video({ prompt: PROMPT, first_frame: picture, private: isPrivate });

        expect(await reply.refusal()).toContain('200 × 200');
        expect(reply.visible).toHaveLength(1);
        expect(await s.ledgers.jobs()).toEqual([]);
      }),
  );

  test.each([-10, 10])('a clock that differs by %i s from Discord’s does not matter', (seconds) =>
    scenario({ discord: { clock: systemClock } }, async (s) => {
      s.clock.pass(seconds * SECOND);
      s.video({ prompt: PROMPT });
      await s.job('delivered');

      expect(await outcomeOf(s)).toMatchObject(DELIVERED);
    }),
  );
});

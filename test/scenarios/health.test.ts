/** The health port while the bot is working. */
import { describe, expect, test } from 'vitest';

import { DAY, MINUTE } from '#src/clock.ts';

import { EDIT_BY_TOKEN, scenario, until, type Scenario } from './harness.ts';
import { requestHealth, sample } from './health-endpoint.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const SERVED = { environment: { HTTP_PORT: '0' } };

async function metrics({ lines }: Scenario): Promise<string> {
  const { status, text } = await requestHealth(lines, '/metrics');
  expect(status).toBe(200);
  return text;
}

/** Polls the metrics until the condition is true; the bot queries its database again only after some time. */
async function metricsOnce(s: Scenario, isSo: (text: string) => boolean): Promise<string> {
  return until(
    async () => {
      s.clock.pass(MINUTE);
      return metrics(s);
    },
    isSo,
    (text) => text,
  );
}

describe.concurrent('monitoring', () => {
  test('monitoring sees a video in progress and delivered, and its cost in both ledgers', () =>
    scenario({ ...SERVED, vendor: { renderMs: 7 * DAY } }, async (s) => {
      const reply = s.video({ prompt: PROMPT });
      await reply.until(({ text }) => text.includes('Rendering'));
      const under = await metricsOnce(
        s,
        (text) => sample(text, 'seedance_vendor_credits_held{vendor="byteplus"}') === 39,
      );
      expect(sample(under, 'seedance_jobs{state="running"}')).toBe(1);
      expect(sample(under, 'seedance_jobs_ended_total{state="delivered"}')).toBe(0);
      expect(sample(under, 'seedance_member_credits_held')).toBe(39);
      expect(sample(under, 'seedance_member_credits_spent')).toBe(0);
      expect(sample(under, 'seedance_acknowledgement_seconds_count{kind="command"}')).toBe(1);
      expect(sample(under, 'seedance_delivery_lag_seconds_count')).toBe(0);

      s.vendor.setRenderMs(0);
      s.clock.pass(MINUTE);
      const { costCredits = 0, billedCredits = 0 } = await s.job('delivered');
      expect(costCredits).toBeGreaterThan(0);
      const done = await metricsOnce(
        s,
        (text) => sample(text, 'seedance_member_credits_spent') === costCredits,
      );
      expect(sample(done, 'seedance_jobs_ended_total{state="delivered"}')).toBe(1);
      expect(sample(done, 'seedance_jobs{state="running"}')).toBe(0);
      expect(sample(done, 'seedance_member_credits_held')).toBe(0);
      expect(sample(done, 'seedance_vendor_credits_held{vendor="byteplus"}')).toBe(0);
      expect(sample(done, 'seedance_vendor_credits_spent{vendor="byteplus"}')).toBe(billedCredits);
      expect(sample(done, 'seedance_delivery_lag_seconds_count')).toBe(1);
      const calls = (operation: string) =>
        sample(
          done,
          `seedance_vendor_calls_total{vendor="byteplus",operation="${operation}",outcome="ok"}`,
        );
      expect(calls('start')).toBe(1);
      expect(calls('check-many')).toBeGreaterThan(0);
      expect(sample(done, 'seedance_gateway_alive')).toBe(1);
      expect(sample(done, 'seedance_vendor_state{vendor="byteplus",state="up"}')).toBe(1);
      expect(sample(done, 'seedance_vendor_state{vendor="byteplus",state="resting"}')).toBe(0);
      expect(sample(done, 'process_resident_memory_bytes')).toBeGreaterThan(0);
      for (const id of [s.guild.id, s.alice.id, s.guild.channel().id])
        expect(done).not.toContain(id);
    }));

  test('monitoring sees refusals by vendors and Discord', () =>
    scenario(SERVED, async (s) => {
      s.vendor.inject({ on: 'create', kind: 'status', status: 429, code: 'ServerOverloaded' });
      s.discord.inject({
        route: EDIT_BY_TOKEN,
        kind: 'rate-limit',
        retryAfterMs: 20,
        scope: 'shared',
      });
      await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
      await s.job('delivered');

      const text = await metrics(s);
      expect(sample(text, 'seedance_discord_rate_limits_total{scope="shared"}')).toBe(1);
      expect(sample(text, 'seedance_discord_rate_limits_total{scope="global"}')).toBe(0);
      const refused =
        'seedance_vendor_calls_total{vendor="byteplus",operation="start",outcome="rate-limited"}';
      expect(sample(text, refused)).toBe(1);
    }));
});

test('no port is opened when none is configured', () =>
  scenario({}, async (s) => {
    await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
    await s.job('delivered');

    expect(s.lines.map(({ msg }) => msg)).not.toContain('health server listening');
  }));

/** A job that this version cannot read, as after a downgrade: it waits, and no other job does. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';

import { HOUR, SECOND } from '#src/clock.ts';

import { scenario, until, type Scenario, type ScenarioOptions } from './harness.ts';

const PROMPT = 'A kite climbs above a windy hill';
const RENDERING: ScenarioOptions = { vendor: { renderMs: 24 * HOUR } };

/** Alice’s job, with a vendor that this version does not know. */
async function leaveUnreadable(s: Scenario): Promise<string> {
  const reply = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
  await reply.until(({ text }) => text.includes('Rendering'));
  const [job] = await s.ledgers.jobs();
  await s.stop();
  const id = job?.id ?? '';
  await sql`update jobs set record = replace(record, '"byteplus"', '"newvendor"')
    where id = ${id}`.execute(s.ledgers.database);
  return id;
}

async function untilSaid(s: Scenario, text: string, said: () => string): Promise<void> {
  await until(
    () => {
      s.clock.pass(SECOND / 2);
      return said();
    },
    (now) => now.includes(text),
  );
}

describe.concurrent('an unreadable job beside others', () => {
  test('refunds of other jobs are shown despite an unreadable message', () =>
    scenario(RENDERING, async (s) => {
      const id = await leaveUnreadable(s);
      await sql`update jobs set shown_version = 0 where id = ${id}`.execute(s.ledgers.database);
      await s.start();
      const code = 'InputTextSensitiveContentDetected';
      s.vendor.inject({ on: 'create', kind: 'status', status: 400, code });

      const reply = s.video({ prompt: PROMPT }, s.bob);

      await untilSaid(s, 'No video', () => reply.message?.text ?? '');
      expect(reply.message?.text).toContain('No video');
    }));

  test('videos of other jobs are delivered despite an unreadable video', () =>
    scenario(RENDERING, async (s) => {
      const id = await leaveUnreadable(s);
      await sql`update jobs set state = 'succeeded', has_video = 1 where id = ${id}`.execute(
        s.ledgers.database,
      );
      await s.start();
      s.vendor.setRenderMs(0);

      const reply = s.video({ prompt: PROMPT }, s.bob);

      await until(
        () => {
          s.clock.pass(SECOND / 2);
          return reply.message?.media ?? [];
        },
        (media) => media.length > 0,
      );
      expect(reply.message?.media).toHaveLength(1);
    }));
});

/** The bot is removed from a server with waiting and running videos. */
import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';
import { DAY, HOUR, MINUTE, SECOND } from '#src/clock.ts';
import type { Job } from '#src/jobs/record/job.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const PROMPT = 'A paper boat drifts across a quiet bay';
const RENDERING = { vendor: { renderMs: 7 * DAY } };

interface Open {
  readonly running: Reply;
  readonly waiting: Reply;
}

/** Alice has one video at the vendor and one waiting in the queue. */
async function oneOfEach(s: Scenario, notify: 'dm' | 'mention'): Promise<Open> {
  await readReply(moderator(s).runs('quota server', { at_once: 1 }));
  const running = s.video({ prompt: PROMPT, notify });
  await running.until(({ text }) => text.includes('Rendering'));
  const waiting = s.video({ prompt: PROMPT });
  await waiting.until(({ text }) => text.includes('in the queue'));
  return { running, waiting };
}

async function jobs(s: Scenario, isSo: (jobs: readonly Job[]) => boolean): Promise<Job[]> {
  return until(
    () => s.ledgers.jobs(),
    isSo,
    (seen) => `saw only jobs that are ${seen.map(({ state }) => state).join(', ')}`,
  );
}

function haveStates(...states: Job['state'][]): (jobs: readonly Job[]) => boolean {
  return (seen) => seen.map(({ state }) => state).join() === states.join();
}

/** Continues the vendor’s tasks a quarter of an hour after the request. */
function finish(s: Scenario): void {
  s.clock.pass(16 * MINUTE);
  s.vendor.setRenderMs(0);
  s.clock.pass(3 * SECOND);
}

/** A server that still has both the bot and alice, so that direct messages are possible. */
function joinAnotherServer({ discord, alice }: Scenario): void {
  discord.addGuild({ name: 'Another club' }).member('alice', { person: alice });
}

describe.concurrent('the removal from a server', () => {
  test('waiting jobs of a server that removed the bot are refunded, and running ones come by direct message', () =>
    scenario(RENDERING, async (s) => {
      joinAnotherServer(s);
      const { waiting } = await oneOfEach(s, 'dm');

      s.guild.removeBot();
      const [, cancelled] = await jobs(s, haveStates('running', 'cancelled'));
      expect(cancelled?.failure).toEqual({ reason: 'removed-from-server' });
      await waiting.until(({ text }) =>
        text.includes('**Cancelled.** The bot was removed from the server'),
      );
      expect(s.lines.filter(({ msg }) => msg.startsWith('bot removed from'))).toMatchObject([
        { guildId: s.guild.id, jobs: 1 },
      ]);

      finish(s);
      const [delivered] = await jobs(s, haveStates('delivered', 'cancelled'));
      const withVideo = s.alice.directMessages.filter(({ media }) => media.length > 0);
      expect(withVideo.map(({ id }) => id)).toEqual([delivered?.messageId]);
      expect(s.creates()).toHaveLength(1);
      expect(await s.ledgers.serverBalance()).toBe(-(delivered?.costCredits ?? 0));
    }));

  test('a server that removed the bot gets no video without a route, and pays for none', () =>
    scenario(RENDERING, async (s) => {
      await oneOfEach(s, 'mention');
      s.guild.removeBot();
      await jobs(s, haveStates('running', 'cancelled'));

      finish(s);
      await jobs(s, haveStates('succeeded', 'cancelled'));
      // Time moves once the attempt is over: a pause that begins later would be waited for in full.
      await until(
        () => s.lines.filter(({ msg }) => msg === 'job step failed; retrying'),
        (seen) => seen.length > 0,
      );
      expect(s.lines.map(({ msg }) => msg)).toContain('Discord refused a finished video');
      s.clock.pass(3 * DAY + HOUR);

      const [givenUp] = await jobs(s, haveStates('expired', 'cancelled'));
      expect(givenUp?.failure).toEqual({ reason: 'undeliverable' });
      expect(await s.ledgers.serverBalance()).toBe(0);
    }));

  test('waiting jobs are not started when the bot was removed while it was offline', () =>
    scenario(RENDERING, async (s) => {
      const other = s.discord.addGuild({ name: 'Another club' });
      await oneOfEach(s, 'mention');
      await s.stop();
      s.guild.removeBot();
      s.vendor.setRenderMs(0);
      await s.start();

      const [first, second] = await jobs(s, (seen) => seen[1]?.state === 'cancelled');
      expect(second?.failure).toEqual({ reason: 'removed-from-server' });
      expect(first?.failure).toBeUndefined();
      // The limits would allow it, but only the first was ever requested.
      await jobs(s, (seen) => seen[0]?.state === 'delivered');
      expect(s.creates()).toHaveLength(1);

      const bob = other.member('bob');
      await s.video({ prompt: PROMPT }, bob).until(({ media }) => media.length > 0);
    }));
});

test('an outage of Discord does not count as a removal', () =>
  scenario(RENDERING, async (s) => {
    const { waiting } = await oneOfEach(s, 'mention');

    s.guild.setOutage(true);
    // It follows the outage on the same connection: once it is answered, the outage has been received.
    await readReply(s.alice.runs('credits'));
    s.clock.pass(HOUR + MINUTE);
    await jobs(s, haveStates('running', 'accepted'));

    s.guild.setOutage(false);
    await s.alice.clicks(waiting, 'Cancel').acknowledged();
    const [, cancelled] = await jobs(s, haveStates('running', 'cancelled'));
    expect(cancelled?.failure).toEqual({ reason: 'cancelled-by-member' });
  }));

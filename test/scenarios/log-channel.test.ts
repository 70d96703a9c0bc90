/** The log channel: every video and every change, once and in order, whatever Discord or a crash does. */
import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';
import { MINUTE } from '#src/clock.ts';

import { NEW_MESSAGE, scenario, until, type Scenario } from './harness.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const CHANNELS = { channels: ['videos', 'log'] };

const moderator = (s: Scenario) => s.guild.member('mia', { permissions: ['ManageGuild'] });

async function readReply(reply: Reply): Promise<string> {
  return reply.refusal();
}

/** The channel, once the bot has confirmed it there. */
async function withLog(s: Scenario) {
  const log = s.guild.channel('log');
  await readReply(moderator(s).runs('settings log-channel', { channel: log.id }));
  await log.until(({ text }) => text.includes('log in'));
  return log;
}

const grant = (s: Scenario, amount: number, note: string) =>
  readReply(moderator(s).runs('quota grant', { user: s.alice.id, amount, note }));

async function makeVideo(s: Scenario): Promise<void> {
  await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
  await s.job('delivered');
}

/** Nothing is left to post. */
async function waitUntilAllPosted({ ledgers: { database } }: Scenario): Promise<void> {
  await until(
    async () => [
      ...(await database.selectFrom('jobs').select('id').where('log_posted', '=', 0).execute()),
      ...(await database
        .selectFrom('audit_log')
        .select('step_id')
        .where('log_posted', '=', 0)
        .execute()),
    ],
    (due) => due.length === 0,
  );
}

const texts = (s: Scenario) => s.guild.channel('log').messages.map(({ text }) => text);

describe.concurrent('the log channel', () => {
  test('a log line comes later, and in order, when Discord is down for a moment', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      await withLog(s);
      const down = { kind: 'status', route: NEW_MESSAGE, status: 503, times: 2 } as const;
      s.discord.inject(down);

      await grant(s, 1, 'first');
      await grant(s, 2, 'second');
      s.clock.pass(MINUTE);
      await waitUntilAllPosted(s);

      const [, first, second, ...others] = texts(s);
      expect(first).toContain('first');
      expect(second).toContain('second');
      expect(others).toEqual([]);
    }));

  test('a log line appears once when its response was lost', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      await withLog(s);
      s.discord.inject({ kind: 'cut', route: NEW_MESSAGE, when: 'after' });

      await makeVideo(s);
      await until(
        () => texts(s),
        (all) => all.some((text) => text.includes('made [a video]')),
      );
      s.clock.pass(MINUTE);
      await waitUntilAllPosted(s);

      expect(texts(s).filter((text) => text.includes('made [a video]'))).toHaveLength(1);
      expect(s.requests(NEW_MESSAGE)).toHaveLength(3);
    }));

  test('a log line appears once when the bot is killed after sending, and is not lost when killed before', () =>
    scenario({ guild: CHANNELS, bot: 'aside' }, async (s) => {
      await withLog(s);
      s.discord.inject({ kind: 'hang', route: NEW_MESSAGE, when: 'after' });
      await grant(s, 1, 'in hand');
      await until(
        () => texts(s),
        (all) => all.some((text) => text.includes('in hand')),
      );
      await grant(s, 2, 'not begun');
      await s.kill();

      await s.start();
      await waitUntilAllPosted(s);

      const [, first, second, ...others] = texts(s);
      expect(first).toContain('in hand');
      expect(second).toContain('not begun');
      expect(others).toEqual([]);
    }));

  test('a log line is dropped when the channel does not accept it, and the settings check reports that', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const log = await withLog(s);
      s.guild.revokeBotPermission('log', 'SendMessages');
      await grant(s, 1, 'unheard');
      await makeVideo(s);
      await waitUntilAllPosted(s);

      const mia = moderator(s);
      expect(await readReply(mia.runs('settings check'))).toContain(
        `The log in <#${log.id}> needs Send Messages.`,
      );
      expect(s.lines.some(({ msg }) => msg === 'log channel post refused by Discord')).toBe(true);
      s.guild.deleteChannel('log');
      await grant(s, 2, 'unheard as well');
      await waitUntilAllPosted(s);
      await until(
        async () => readReply(mia.runs('settings check')),
        (text) => text.includes('The log channel no longer exists'),
      );
    }));

  test('a log line is not posted later for the time without a log channel', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      await grant(s, 1, 'unheard');
      await waitUntilAllPosted(s);

      await withLog(s);
      await grant(s, 2, 'heard');
      await waitUntilAllPosted(s);

      expect(texts(s).join('')).not.toContain('unheard');
      expect(texts(s)).toHaveLength(2);
    }));

  test('a log line omits the prompt when the server’s own rules refuse it', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      await withLog(s);
      s.guild.blockWords('boat');

      await makeVideo(s);
      await waitUntilAllPosted(s);

      expect(texts(s).filter((text) => text.includes('made [a video]'))).toHaveLength(1);
      expect(texts(s).join('')).not.toContain('boat');
    }));
});

test('limits that are cleared and set together are shown and logged in that order', () =>
  scenario({ guild: CHANNELS }, async (s) => {
    await withLog(s);
    const mia = moderator(s);
    await readReply(mia.runs('quota server', { credits: 300, waiting: 4 }));

    const answer = await readReply(mia.runs('quota server', { clear: 'waiting', at_once: 2 }));
    await waitUntilAllPosted(s);

    expect(answer).toContain('Before: 300 credits a month · 4 waiting');
    expect(answer).toContain('Now: 300 credits a month · 2 at once');
    const [cleared, set] = texts(s).slice(-2);
    expect(cleared).toContain('cleared');
    expect(set).toContain('300 credits a month → 300 credits a month · 2 at once');
    const log = await readReply(mia.runs('quota log'));
    expect(log.indexOf('2 at once')).toBeLessThan(log.indexOf('cleared'));
  }));

/** Moderators run the budget in Discord, and members see its reasons. */
import { describe, expect, test } from 'vitest';

import { NotOffered } from '#sandbox/discord/not-offered-error.ts';
import { MINUTE, SECOND } from '#src/clock.ts';

import { scenario, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';

async function makeVideo(s: Scenario): Promise<void> {
  await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
}

describe.concurrent('limits', () => {
  test('the limit of a role stops its members, with its name, until more is granted', () =>
    scenario({ alice: { roles: ['Extras'] } }, async (s) => {
      const mia = moderator(s);
      const role = s.guild.role('Extras');

      const set = await readReply(mia.runs('quota role', { role, credits: 42, per: 'day' }));
      expect(set).toContain('Before: no limits set');
      expect(set).toContain('Now: 42 credits a day');
      await makeVideo(s);
      const refused = await readReply(s.video({ prompt: PROMPT }));
      expect(refused).toContain('you have 3 left');
      expect(refused).toContain(`42 credits a day (the role <@&${role}>)`);
      expect(refused).toMatch(/resets <t:\d+:R>/);

      const granted = await readReply(
        mia.runs('quota grant', { user: s.alice.id, amount: 40, note: '@everyone =1+1' }),
      );
      expect(granted).toContain(`40 credits granted to <@${s.alice.id}>`);
      expect(granted).toContain('Before: 3 credits left');
      expect(granted).toContain('Now: 43 credits left');
      expect(granted).toContain('\\@everyone');
      await makeVideo(s);
      expect(s.vendor.tasks).toHaveLength(2);
    }));

  test('the limit of a user applies to that member, and not to a role with the same id', () =>
    scenario({}, async (s) => {
      const set = await readReply(
        moderator(s).runs('quota user', { user: s.alice.id, credits: 5 }),
      );

      expect(set).toContain(`<@${s.alice.id}>`);
      expect(await readReply(s.video({ prompt: PROMPT }))).toContain('5 credits a month (your own');
      const bobs = s.video({ prompt: PROMPT }, s.bob);
      await bobs.until(({ media }) => media.length > 0);
    }));

  test('the limit of a role is shown to a member before the first video', () =>
    scenario({ alice: { roles: ['Extras'] } }, async (s) => {
      const role = s.guild.role('Extras');
      await readReply(moderator(s).runs('quota role', { role, credits: 30 }));

      expect(await readReply(s.alice.runs('credits'))).toContain('30 credits');
      expect(await readReply(s.bob.runs('credits'))).not.toContain('30 credits');
    }));

  test('limits can be shown, changed and cleared, and invalid values are refused', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);

      const none = await readReply(mia.runs('quota server'));
      expect(none).toContain('no limits set');
      await readReply(
        mia.runs('quota server', { credits: 500, at_once: 2, waiting: 3, max_cost: 100 }),
      );
      const shown = await readReply(mia.runs('quota server'));
      expect(shown).toContain(
        '500 credits a month · 2 at once · 3 waiting · a single video at most 100 credits',
      );
      const cleared = await readReply(mia.runs('quota server', { clear: 'waiting' }));
      expect(cleared).toContain('Now: 500 credits a month · 2 at once · a single');
      const above = await readReply(mia.runs('quota server', { credits: 100_000 }));
      expect(above).toContain('allows this server 1,000 credits a month');
      const both = await readReply(mia.runs('quota server', { credits: 5, clear: 'credits' }));
      expect(both).toContain('set credits and clear it');
      expect(() => mia.runs('quota server', { credits: -1 })).toThrow(NotOffered);
      expect(() => mia.runs('quota grant', { amount: 0 })).toThrow(NotOffered);
    }));

  test('a limit of one at once makes the next video wait, with its position and a Cancel button', () =>
    scenario({ vendor: { renderMs: MINUTE } }, async (s) => {
      await readReply(moderator(s).runs('quota server', { at_once: 1 }));
      const first = s.video({ prompt: PROMPT });
      await first.until(({ text }) => /Queued|Rendering/.test(text));

      const second = s.video({ prompt: PROMPT });
      const third = s.video({ prompt: PROMPT }, s.bob);
      // One per member first: bob, who has none yet, goes before alice’s second.
      await third.until(({ text }) => text.includes('Number 1 in the queue'));
      const waiting = await second.until(({ text }) => text.includes('Number 2 in the queue'));
      expect(waiting.buttons.map(({ label }) => label)).toEqual(['Cancel']);
      expect(s.vendor.tasks).toHaveLength(1);

      await s.bob.clicks(third, 'Cancel').acknowledged();
      await third.until(({ text }) => text.includes('Cancelled'));
      await second.until(({ text }) => text.includes('Number 1 in the queue'));
      s.vendor.setRenderMs(0);
      s.clock.pass(MINUTE + 3 * SECOND);
      await first.until(({ media }) => media.length > 0);
      await second.until(({ media }) => media.length > 0);
      expect(s.vendor.tasks).toHaveLength(2);
    }));
});

describe.concurrent('members', () => {
  test('members see how many more videos like their last one they can make', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '200' } }, async (s) => {
      await makeVideo(s);
      await s.job('delivered');

      const text = await readReply(s.alice.runs('credits'));
      expect(text).toContain(`You can spend ${200 - USUAL_CREDITS} credits`);
      expect(text).toContain('about **4 more videos** like your last, which cost 39 credits');
    }));

  test('blocked members are told until when and why, and can be unblocked', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('quota block', { user: s.alice.id, reason: 'spam <@1>', days: 3 }));

      const refused = await readReply(s.video({ prompt: PROMPT }));
      expect(refused).toMatch(/blocked you from making videos here until <t:\d+:f>/);
      expect(refused).toContain('`spam <@1>`');
      expect(s.creates()).toHaveLength(0);
      await readReply(mia.runs('quota unblock', { user: s.alice.id }));
      await makeVideo(s);
    }));

  test('members are not offered moderation commands', () =>
    scenario({}, async (s) => {
      expect(() => s.alice.runs('quota log')).toThrow(NotOffered);
      expect(() => s.alice.runs('settings show')).toThrow(NotOffered);
    }));
});

describe.concurrent('moderation reports', () => {
  test('moderators read every change, newest first, paged by buttons', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      for (let amount = 1; amount <= 12; amount += 1) {
        await readReply(mia.runs('quota grant', { user: s.alice.id, amount }));
      }
      const log = mia.runs('quota log');
      const first = await log.until(({ text }) => text.includes('12 changes'));
      expect(first.text.indexOf('12 credits granted')).toBeLessThan(
        first.text.indexOf('11 credits granted'),
      );
      expect(first.text).toContain('Page 1 of 2');
      mia.clicks(log, 'Older');
      const second = await log.until(({ text }) => text.includes('Page 2 of 2'));
      expect(second.text).toContain('1 credit granted');
      expect(second.isEphemeral).toBe(true);
    }));

  test('moderators read a report as text and as a picture', () =>
    scenario({}, async (s) => {
      await makeVideo(s);
      await s.job('delivered');

      const reply = moderator(s).runs('quota report', { period: 'this_month' });
      const report = await reply.until(({ text }) => text.includes('By member'));
      expect(report.isEphemeral).toBe(true);
      expect(report.text).toContain('**39 credits** for 1 video');
      expect(report.text).toContain(`<@${s.alice.id}>: 39 credits, 1 video`);
      expect(report.text).toContain('2.0-mini: 39 credits');
      const [picture] = report.media;
      expect(picture?.fileName).toMatch(/^report-\d{4}-\d\d\.png$/);
      expect(picture?.bytes().subarray(1, 4).toString('latin1')).toBe('PNG');
    }));

  test('moderators get the ledger as a CSV file, in which no cell is run by a spreadsheet', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await readReply(
        mia.runs('quota grant', { user: s.alice.id, amount: 5, note: '=HYPERLINK(1)' }),
      );
      await makeVideo(s);

      const reply = await mia.runs('quota export').until(({ media }) => media.length > 0);
      const csv = reply.media[0]?.bytes().toString('utf8') ?? '';
      expect(csv.split('\r\n')[0]).toBe(
        'time,kind,amount,account,member_id,job_id,period,pot,actor_id,reason',
      );
      expect(csv).toContain("'=HYPERLINK(1)");
      expect(csv).toContain('hold,-39,server');
      const wrong = await readReply(mia.runs('quota export', { from: '2026-02-31' }));
      expect(wrong).toContain('must be a day');
    }));
});

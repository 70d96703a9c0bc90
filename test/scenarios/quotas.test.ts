/** Moderators run the budget from inside Discord, and members see why. */
import { describe, expect, test } from 'vitest';

import { NotOffered } from '#sandbox/discord/not-offered.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { MINUTE, SECOND } from '#src/clock.ts';

import { scenario, until, type Scenario } from './harness.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const CHANNELS = { channels: ['videos', 'chat', 'log'] };

function moderator(s: Scenario) {
  return s.guild.member('mia', { permissions: ['ManageGuild'] });
}

/** What only the asker sees, once it is there. */
async function told(reply: Reply): Promise<string> {
  return reply.refusal();
}

async function made(s: Scenario): Promise<void> {
  await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
}

describe.concurrent('limits', () => {
  test('of a role stop a member who has it, named, until more is granted', () =>
    scenario({ alice: { roles: ['Extras'] } }, async (s) => {
      const mia = moderator(s);
      const role = s.guild.role('Extras');

      const set = await told(mia.runs('quota role', { role, credits: 30, per: 'day' }));
      expect(set).toContain('Before: no limits set');
      expect(set).toContain('Now: 30 credits a day');
      await made(s);
      const refused = await told(s.video({ prompt: PROMPT }));
      expect(refused).toContain('you have 3 left');
      expect(refused).toContain(`30 credits a day (the role <@&${role}>)`);
      expect(refused).toMatch(/resets <t:\d+:R>/);

      const granted = await told(
        mia.runs('quota grant', { user: s.alice.id, amount: 40, note: '@everyone =1+1' }),
      );
      expect(granted).toContain(`40 credits granted to <@${s.alice.id}>`);
      expect(granted).toContain('Before: 3 credits left');
      expect(granted).toContain('Now: 43 credits left');
      expect(granted).toContain('\\@everyone');
      await made(s);
      expect(s.vendor.tasks).toHaveLength(2);
    }));

  test('are shown, changed and cleared; what is out of range is refused', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);

      const none = await told(mia.runs('quota server'));
      expect(none).toContain('no limits set');
      await told(mia.runs('quota server', { credits: 500, at_once: 2, waiting: 3, dearest: 100 }));
      const shown = await told(mia.runs('quota server'));
      expect(shown).toContain(
        '500 credits a month · 2 at once · 3 waiting · a single video at most 100 credits',
      );
      const cleared = await told(mia.runs('quota server', { clear: 'waiting' }));
      expect(cleared).toContain('Now: 500 credits a month · 2 at once · a single');
      const above = await told(mia.runs('quota server', { credits: 100_000 }));
      expect(above).toContain('allows this server 1000 credits a month');
      const both = await told(mia.runs('quota server', { credits: 5, clear: 'credits' }));
      expect(both).toContain('set credits and clear it');
      expect(() => mia.runs('quota server', { credits: -1 })).toThrow(NotOffered);
      expect(() => mia.runs('quota grant', { amount: 0 })).toThrow(NotOffered);
    }));

  test('of one at once make the next video wait in turn, with its place and a Cancel button', () =>
    scenario({ vendor: { renderMs: MINUTE } }, async (s) => {
      await told(moderator(s).runs('quota server', { at_once: 1 }));
      const first = s.video({ prompt: PROMPT });
      await first.until(({ text }) => /queue|Rendering/.test(text));

      const second = s.video({ prompt: PROMPT });
      const third = s.video({ prompt: PROMPT }, s.bob);
      // One per member first: bob, who has none yet, goes before alice's second.
      await third.until(({ text }) => text.includes('number 1 in line'));
      const waiting = await second.until(({ text }) => text.includes('number 2 in line'));
      expect(waiting.buttons.map(({ label }) => label)).toEqual(['Cancel']);
      expect(s.vendor.tasks).toHaveLength(1);

      await s.bob.clicks(third, 'Cancel').acknowledged();
      await third.until(({ text }) => text.includes('Cancelled'));
      await second.until(({ text }) => text.includes('number 1 in line'));
      s.vendor.setRenderMs(0);
      s.clock.pass(MINUTE + 3 * SECOND);
      await first.until(({ media }) => media.length > 0);
      await second.until(({ media }) => media.length > 0);
      expect(s.vendor.tasks).toHaveLength(2);
    }));
});

test('two hundred orders of ten members at once make as many videos as there is room for', () =>
  scenario({ environment: { DEFAULT_GUILD_CREDITS: String(20 * USUAL_CREDITS) } }, async (s) => {
    const members = Array.from({ length: 10 }, (_, index) => s.guild.member(`member${index}`));
    const replies = Array.from({ length: 20 }, () =>
      members.map((who) => s.video({ prompt: PROMPT }, who)),
    );
    await until(
      () => s.books.jobs(),
      (jobs) => jobs.length === 20 && jobs.every(({ state }) => state === 'delivered'),
    );

    const refused = await Promise.all(
      replies
        .flat()
        .map(async (reply) =>
          reply.until(
            ({ isLoading, text, media }) => !isLoading && (media.length > 0 || text !== ''),
          ),
        ),
    );
    expect(refused.filter(({ isEphemeral }) => isEphemeral)).toHaveLength(180);
    expect(s.vendor.tasks).toHaveLength(20);
    expect(await s.books.serverBalance()).toBe(-20 * USUAL_CREDITS);
  }));

describe.concurrent('members', () => {
  test('see how many more videos like their last they can make', () =>
    scenario({ environment: { DEFAULT_GUILD_CREDITS: '200' } }, async (s) => {
      await made(s);
      await s.job('delivered');

      const text = await told(s.alice.runs('credits'));
      expect(text).toContain(`You can spend ${200 - USUAL_CREDITS} credits`);
      expect(text).toContain('about **6 more videos** like your last, which cost 27 credits');
    }));

  test('who are blocked are told until when and why, and are let in again', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await told(mia.runs('quota block', { user: s.alice.id, reason: 'spam <@1>', days: 3 }));

      const refused = await told(s.video({ prompt: PROMPT }));
      expect(refused).toMatch(/blocked you from making videos here, until <t:\d+:f>/);
      expect(refused).toContain('`spam <@1>`');
      expect(s.creates()).toHaveLength(0);
      await told(mia.runs('quota unblock', { user: s.alice.id }));
      await made(s);
    }));

  test('are not offered moderators’ commands', () =>
    scenario({}, async (s) => {
      expect(() => s.alice.runs('quota log')).toThrow(NotOffered);
      expect(() => s.alice.runs('settings show')).toThrow(NotOffered);
    }));
});

describe.concurrent('what moderators read', () => {
  test('is every change, newest first, paged by buttons', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      for (let amount = 1; amount <= 12; amount += 1) {
        await told(mia.runs('quota grant', { user: s.alice.id, amount }));
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

  test('is a report as text and as a picture', () =>
    scenario({}, async (s) => {
      await made(s);
      await s.job('delivered');

      const reply = moderator(s).runs('quota report', { period: 'this_month' });
      const report = await reply.until(({ text }) => text.includes('By member'));
      expect(report.isEphemeral).toBe(true);
      expect(report.text).toContain('**27 credits** for 1 video');
      expect(report.text).toContain(`<@${s.alice.id}>: 27 credits, 1 video`);
      expect(report.text).toContain('1.5-pro: 27 credits');
      const [picture] = report.media;
      expect(picture?.fileName).toMatch(/^report-\d{4}-\d\d\.png$/);
      expect(picture?.bytes().subarray(1, 4).toString('latin1')).toBe('PNG');
    }));

  test('is the ledger as a CSV file, in which no cell is run by a spreadsheet', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await told(mia.runs('quota grant', { user: s.alice.id, amount: 5, note: '=HYPERLINK(1)' }));
      await made(s);

      const reply = await mia.runs('quota export').until(({ media }) => media.length > 0);
      const csv = reply.media[0]?.bytes().toString('utf8') ?? '';
      expect(csv.split('\r\n')[0]).toBe(
        'time,kind,amount,account,member_id,job_id,period,pot,actor_id,reason',
      );
      expect(csv).toContain("'=HYPERLINK(1)");
      expect(csv).toContain('hold,-27,server');
      const wrong = await told(mia.runs('quota export', { from: '2026-02-31' }));
      expect(wrong).toContain('must be a day');
    }));
});

describe.concurrent('settings', () => {
  test('decide where, with which model, how long, how large and with which words', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const mia = moderator(s);
      const chat = s.guild.channel('chat').id;
      await told(mia.runs('settings channels', { mode: 'only', channel: chat }));
      const elsewhere = await told(s.video({ prompt: PROMPT }));
      expect(elsewhere).toContain(`only in <#${chat}>`);
      await told(mia.runs('settings channels', { mode: 'everywhere' }));

      await told(mia.runs('settings models', { model: '1.5-pro', allowed: false }));
      const model = await told(s.video({ prompt: PROMPT, model: '1.5-pro' }));
      expect(model).toContain('1.5-pro cannot be used here');
      await told(mia.runs('settings models', { model: '1.5-pro', allowed: true }));

      await told(mia.runs('settings limits', { max_seconds: 6, max_resolution: '480p' }));
      expect(await told(s.video({ prompt: PROMPT, duration: 8 }))).toContain('at most 6 s');
      expect(await told(s.video({ prompt: PROMPT, resolution: '720p' }))).toContain('at most 480p');

      await told(mia.runs('settings words', { add: 'Bay' }));
      expect(await told(s.video({ prompt: PROMPT }))).toContain('do not allow');
      await told(mia.runs('settings words', { remove: 'bay' }));
      expect(s.creates()).toHaveLength(0);

      await told(mia.runs('settings defaults', { ratio: '1:1' }));
      await made(s);
      expect(s.vendor.tasks[0]?.request).toMatchObject({ resolution: '480p', ratio: '1:1' });
      const shown = await told(mia.runs('settings show'));
      expect(shown).toContain('at most 6 s, at most 480p');
      expect(await told(mia.runs('quota log'))).toContain('any length, any resolution → at most');
    }));

  test('send videos, changes and warnings to the log channel, private ones without prompt and link', () =>
    scenario({ guild: CHANNELS, environment: { DEFAULT_GUILD_CREDITS: '60' } }, async (s) => {
      const mia = moderator(s);
      const log = s.guild.channel('log');
      await told(mia.runs('settings log-channel', { channel: log.id }));
      await log.until(({ text }) => text.includes(`no log channel → log in <#${log.id}>`));

      await made(s);
      const posted = await log.until(({ text }) => text.includes('made [a video]'));
      expect(posted.text).toContain(`<@${s.alice.id}>`);
      expect(posted.text).toContain('27 credits');
      expect(posted.text).toContain(`https://discord.com/channels/${s.guild.id}/`);
      expect(posted.mentionsPinged).toEqual([]);

      await s.video({ prompt: PROMPT, private: true }).until(({ media }) => media.length > 0);
      const secret = await log.until(({ text }) => text.includes('private video'));
      expect(secret.text).not.toContain('boat');
      expect(secret.text).not.toContain('https://');
      await log.until(({ text }) => text.includes('80 % of this server’s budget'));
      await told(mia.runs('quota server', { credits: 54 }));
      await log.until(({ text }) => text.includes('budget is used up'));
      await told(mia.runs('quota server', { credits: 50 }));
      await log.until(({ text }) => text.includes('50 credits a month'));
      const warnings = log.messages.filter(({ text }) => text.includes('budget'));
      expect(warnings).toHaveLength(2);
    }));

  test('have members confirm the price of a dear video, once', () =>
    scenario({}, async (s) => {
      await told(moderator(s).runs('settings limits', { confirm_above: USUAL_CREDITS }));
      await made(s);

      const asked = s.video({ prompt: PROMPT, duration: 10 });
      const question = await asked.until(({ buttons }) => buttons.length > 0);
      expect(question.isEphemeral).toBe(true);
      expect(question.text).toMatch(/costs up to \d+ credits/);
      expect(await s.books.jobs()).toHaveLength(1);
      const label = question.buttons[0]?.label ?? '';
      expect(label).toMatch(/^Make it for \d+ credits$/);
      const yes = s.alice.clicks(asked, label);
      const done = await yes.until(({ media }) => media.length > 0);
      expect(done.isEphemeral).toBe(false);
      const again = await told(s.alice.clicks(asked, label));
      expect(again).toContain('answered before');
      expect(s.vendor.tasks).toHaveLength(2);
    }));

  test('that cannot be read stop orders loudly, and are checked on demand', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const mia = moderator(s);
      await told(mia.runs('settings time-zone', { zone: 'europe/berlin' }));
      expect(await told(mia.runs('settings show'))).toContain('Europe/Berlin');
      expect(await told(mia.runs('settings time-zone', { zone: 'Mars/Base' }))).toContain(
        'no such time zone',
      );
      const fine = await told(mia.runs('settings check'));
      expect(fine).toContain('Nothing would stop a video here right now');
      s.guild.revokeBotPermission('chat', 'AttachFiles');
      await until(
        async () => told(mia.runs('settings check')),
        (text) => text.includes(`<#${s.guild.channel('chat').id}>: the bot lacks Attach Files`),
      );

      await told(mia.runs('settings limits', { max_seconds: 6 }));
      await s.books.database
        .updateTable('documents')
        .set(({ fn, val }) => ({
          value: fn<string>('replace', ['value', val('"version":1'), val('"version":9')]),
        }))
        .where('key', 'like', 'server-settings:%')
        .execute();
      const refused = await told(s.video({ prompt: PROMPT }));
      expect(refused).toContain('settings cannot be read');
      expect(s.lines.some(({ msg }) => msg.includes('settings of a server'))).toBe(true);
      expect(s.creates()).toHaveLength(0);
    }));
});

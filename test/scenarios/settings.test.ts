/** Moderators decide what their server allows, and are told what happens. */
import { describe, expect, test } from 'vitest';

import { writeUnlocked } from './failing-database.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';
import { USUAL_CREDITS } from './outcome.ts';

const PROMPT = 'A paper boat drifts across a quiet bay at dawn';
const CHANNELS = { channels: ['videos', 'chat', 'log'] };

async function makeVideo(s: Scenario): Promise<void> {
  await s.video({ prompt: PROMPT }).until(({ media }) => media.length > 0);
}

describe.concurrent('server settings', () => {
  test('the settings decide channel, model, length, size and blocked words', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const mia = moderator(s);
      const chat = s.guild.channel('chat').id;
      await readReply(mia.runs('settings channels', { mode: 'only', channel: chat }));
      const elsewhere = await readReply(s.video({ prompt: PROMPT }));
      expect(elsewhere).toContain(`only in <#${chat}>`);
      await readReply(mia.runs('settings channels', { mode: 'everywhere' }));

      await readReply(mia.runs('settings models', { model: '2.0-mini', allowed: false }));
      const model = await readReply(s.video({ prompt: PROMPT, model: '2.0-mini' }));
      expect(model).toContain('2.0-mini is not available here');
      await readReply(mia.runs('settings models', { model: '2.0-mini', allowed: true }));

      await readReply(mia.runs('settings limits', { max_seconds: 6, max_resolution: '480p' }));
      expect(await readReply(s.video({ prompt: PROMPT, duration: 8 }))).toContain('at most 6 s');
      expect(await readReply(s.video({ prompt: PROMPT, resolution: '720p' }))).toContain(
        'at most 480p',
      );

      await readReply(mia.runs('settings words', { add: 'Bay' }));
      expect(await readReply(s.video({ prompt: PROMPT }))).toContain('do not allow');
      await readReply(mia.runs('settings words', { remove: 'bay' }));
      expect(s.creates()).toHaveLength(0);

      await readReply(mia.runs('settings defaults', { ratio: '1:1' }));
      await makeVideo(s);
      expect(s.vendor.tasks[0]?.request).toMatchObject({ resolution: '480p', ratio: '1:1' });
      const shown = await readReply(mia.runs('settings show'));
      expect(shown).toContain('at most 6 s · at most 480p');
      expect(await readReply(mia.runs('quota log'))).toContain(
        'any length · any resolution · prices above 100 credits are confirmed → at most',
      );
    }));

  test('the settings send videos, changes and warnings to the log channel, private ones without prompt and link', () =>
    scenario({ guild: CHANNELS, environment: { DEFAULT_GUILD_CREDITS: '86' } }, async (s) => {
      const mia = moderator(s);
      const log = s.guild.channel('log');
      await readReply(mia.runs('settings log-channel', { channel: log.id }));
      await log.until(({ text }) => text.includes(`no log channel → log in <#${log.id}>`));

      await makeVideo(s);
      const posted = await log.until(({ text }) => text.includes('made [a video]'));
      expect(posted.text).toContain(`<@${s.alice.id}>`);
      expect(posted.text).toContain('39 credits');
      expect(posted.text).toContain(`https://discord.com/channels/${s.guild.id}/`);
      expect(posted.mentionsPinged).toEqual([]);

      await s.video({ prompt: PROMPT, private: true }).until(({ media }) => media.length > 0);
      const secret = await log.until(({ text }) => text.includes('private video'));
      expect(secret.text).not.toContain('boat');
      expect(secret.text).not.toContain('https://');
      await log.until(({ text }) => text.includes('80% of this server’s budget'));
      await readReply(mia.runs('quota server', { credits: 78 }));
      await log.until(({ text }) => text.includes('budget is used up'));
      await readReply(mia.runs('quota server', { credits: 70 }));
      await log.until(({ text }) => text.includes('70 credits a month'));
      const warnings = log.messages.filter(({ text }) => text.includes('budget'));
      expect(warnings).toHaveLength(2);
    }));

  test('the settings let members confirm the price of an expensive video, once', () =>
    scenario({}, async (s) => {
      await readReply(moderator(s).runs('settings limits', { confirm_above: USUAL_CREDITS }));
      await makeVideo(s);

      const asked = s.video({ prompt: PROMPT, duration: 10 });
      const question = await asked.until(({ buttons }) => buttons.length > 0);
      expect(question.isEphemeral).toBe(true);
      expect(question.text).toMatch(/costs up to \d+ credits/);
      expect(await s.ledgers.jobs()).toHaveLength(1);
      const label = question.buttons[0]?.label ?? '';
      expect(label).toMatch(/^Make it for \d+ credits$/);
      const yes = s.alice.clicks(asked, label);
      const done = await yes.until(({ media }) => media.length > 0);
      expect(done.isEphemeral).toBe(false);
      const again = await readReply(s.alice.clicks(asked, label));
      // Discord shows the video a moment before the job’s record does.
      expect(again).toMatch(/The video you confirmed (was already made|is already being made)/);
      expect(again).toContain(`/${done.id}`);
      expect(s.vendor.tasks).toHaveLength(2);
    }));

  test('unreadable settings stop requests with an error, and are reported by the check', () =>
    scenario({ guild: CHANNELS }, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('settings time-zone', { zone: 'europe/berlin' }));
      expect(await readReply(mia.runs('settings show'))).toContain('Europe/Berlin');
      expect(await readReply(mia.runs('settings time-zone', { zone: 'Mars/Base' }))).toContain(
        'no such time zone',
      );
      const fine = await readReply(mia.runs('settings check'));
      expect(fine).toContain('Nothing would stop a video here right now');
      s.guild.revokeBotPermission('chat', 'AttachFiles');
      await until(
        async () => readReply(mia.runs('settings check')),
        (text) => text.includes(`<#${s.guild.channel('chat').id}>: the bot lacks Attach Files`),
      );

      await readReply(mia.runs('settings limits', { max_seconds: 6 }));
      await writeUnlocked(s.ledgers, async (database) =>
        database
          .updateTable('documents')
          .set(({ fn, val }) => ({
            value: fn<string>('replace', ['value', val('"version":1'), val('"version":9')]),
          }))
          .where('key', 'like', 'server-settings:%')
          .execute(),
      );
      const refused = await readReply(s.video({ prompt: PROMPT }));
      expect(refused).toContain('settings can’t be read');
      expect(s.lines.some(({ msg }) => msg === 'server settings unreadable')).toBe(true);
      expect(s.creates()).toHaveLength(0);
    }));
});

/**
 * Permissions are checked in code on every path. A server’s admins can override Discord’s own checks,
 * a button outlives its owner’s permissions, and a custom program can send any id: each is refused
 * with an explanation, and changes nothing.
 * This file covers the commands of moderators, and the pages they turn.
 */
import { describe, expect, test } from 'vitest';

import type { OptionValue } from '#sandbox/discord/command-options.ts';
import { QUOTA_OPTIONS } from '#src/discord/moderation/quota/options.ts';
import { SETTINGS_OPTIONS } from '#src/discord/moderation/settings/options.ts';

import { scenario, type Scenario } from './harness.ts';
import { idOf, moderator, expectRefused } from './permissions.ts';

/** One valid call of each subcommand. */
const CALLS: Readonly<
  Record<string, (s: Scenario) => Readonly<Record<string, OptionValue>> | undefined>
> = {
  'quota server': () => ({ credits: 5 }),
  'quota role': (s) => ({ role: s.guild.role('Cinema'), credits: 5 }),
  'quota user': (s) => ({ user: s.alice.id, credits: 5 }),
  'quota grant': (s) => ({ user: s.alice.id, amount: 5 }),
  'quota deduct': () => ({ amount: 5 }),
  'quota reset': (s) => ({ user: s.alice.id }),
  'quota show': (s) => ({ user: s.bob.id }),
  'quota block': (s) => ({ user: s.bob.id }),
  'quota unblock': (s) => ({ user: s.bob.id }),
  'quota report': () => ({}),
  'quota log': () => ({}),
  'quota export': () => ({}),
  'settings show': () => ({}),
  'settings channels': () => ({ mode: 'only' }),
  'settings models': () => ({ model: '1.0-pro', allowed: false }),
  'settings limits': () => ({ max_seconds: 5 }),
  'settings defaults': () => ({ ratio: '1:1' }),
  'settings language': () => ({ language: 'zh-CN' }),
  'settings log-channel': () => ({}),
  'settings time-zone': () => ({ zone: 'Europe/Berlin' }),
  'settings words': () => ({ add: 'boat' }),
  'settings check': () => ({}),
};

describe.concurrent('moderation commands', () => {
  test('a moderation command is refused to members who may not manage the server, even where its admins opened it to all', () =>
    scenario({}, async (s) => {
      const names = [
        ...QUOTA_OPTIONS.map(({ name }) => `quota ${name}`),
        ...SETTINGS_OPTIONS.map(({ name }) => `settings ${name}`),
      ];
      expect(names.toSorted()).toEqual(Object.keys(CALLS).toSorted());
      s.guild.overrideCommand('quota', { everyone: true });
      s.guild.overrideCommand('settings', { everyone: true });

      for (const [name, options] of Object.entries(CALLS)) {
        const sentence = await expectRefused(s, name, () => s.alice.runs(name, options(s)));
        expect(sentence).toContain('Only moderators can do this');
      }
    }));

  test('a moderation command is refused to a member who has just lost the permission', () =>
    scenario({}, async (s) => {
      s.guild.overrideCommand('quota', { everyone: true });
      const mia = moderator(s);
      expect(await mia.runs('quota server', { credits: 500 }).refusal()).toContain('Now: 500');

      mia.losesRole('permissions of mia');

      const sentence = await expectRefused(s, 'quota server', () =>
        mia.runs('quota server', { credits: 5 }),
      );
      expect(sentence).toContain('need the Manage Server permission');
    }));
});

/** An audit log of two pages, as mia sees it. */
async function longLog(s: Scenario) {
  const mia = moderator(s);
  for (let amount = 1; amount <= 11; amount += 1) {
    await mia.runs('quota grant', { user: s.alice.id, amount }).refusal();
  }
  const log = mia.runs('quota log');
  const page = await log.until(({ text }) => text.includes('Page 1 of 2'));
  return { mia, log, older: idOf(page, 'Older') };
}

describe.concurrent('the pages of the audit log', () => {
  test('the audit log is closed to a former moderator', () =>
    scenario({}, async (s) => {
      const { mia, log } = await longLog(s);
      mia.losesRole('permissions of mia');

      const sentence = await expectRefused(s, 'Older', () => mia.clicks(log, 'Older'));

      expect(sentence).toContain('Only moderators can do this');
      expect(log.message?.text).toContain('Page 1 of 2');
    }));

  test('the audit log is closed to a member who sends a moderator’s id', () =>
    scenario({}, async (s) => {
      const { older } = await longLog(s);
      const own = s.alice.says('let me see');

      const sentence = await expectRefused(s, older, () => s.alice.forgesClick(own, older));

      expect(sentence).toContain('Only moderators can do this');
      expect(sentence).not.toContain('granted');
    }));

  test('the audit log shows its own server only, wherever the id comes from', () =>
    scenario({}, async (s) => {
      const { older } = await longLog(s);
      const other = s.discord.addGuild({ name: 'Elsewhere', channels: ['videos'] });
      const max = other.member('max', { permissions: ['ManageGuild'] });
      const log = max.runs('quota log');
      const own = await log.until(({ text }) => text.includes('Nobody has changed anything'));

      await max.runs('quota grant', { user: max.id, amount: 300 }).refusal();
      max.forgesClick(own, older);

      const page = await log.until(({ text }) => text.includes('300 credits granted'));
      expect(page.text).toContain('1 change');
    }));
});

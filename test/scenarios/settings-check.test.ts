/** What `/settings check` tells moderators about their own server, and about it alone. */
import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import type { FieldChanges } from '#sandbox/discord/payload-faults.ts';
import { INVITED_BOT_PERMISSIONS } from '#sandbox/discord/permissions.ts';
import { MODEL_IDS } from '#src/catalogue/request.ts';
import { inviteLink } from '#src/discord/invite-link.ts';

import { scenario, until } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const REFUSED = 'refused some videos for now';

describe.concurrent('the settings check', () => {
  test('the check counts the server’s own waiting videos, not another server’s', () =>
    scenario({ mayLeaveFaults: true }, async (s) => {
      const other = s.discord.addGuild({ name: 'Book club', channels: ['videos'] });
      const olga = other.member('olga', { permissions: ['ManageGuild'] });
      s.vendor.inject({
        on: 'create',
        kind: 'status',
        status: 429,
        code: 'ServerOverloaded',
        times: 99,
      });
      s.video({ prompt: 'A paper boat drifts across a quiet bay' }, olga);
      await until(
        () => s.ledgers.jobs(),
        ([job]) => job?.state === 'accepted' && job.submissions.at(-1)?.refusedAs !== undefined,
      );

      expect(await readReply(olga.runs('settings check', {}))).toContain(REFUSED);
      expect(await readReply(moderator(s).runs('settings check', {}))).not.toContain(REFUSED);
    }));

  test('the check counts in correct English', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      for (const model of MODEL_IDS.slice(1)) {
        await readReply(mia.runs('settings models', { model, allowed: false }));
      }
      const check = await readReply(mia.runs('settings check', {}));
      expect(check).not.toMatch(/\b1 \w+s\b/);

      const [model] = MODEL_IDS;
      await readReply(mia.runs('settings models', { model, allowed: false }));
      expect(await readReply(s.alice.runs('models', {}))).toContain('allow no model');
      const stopped = await readReply(mia.runs('settings check', {}));
      expect(stopped).toContain('would stop a video right now');
      expect(stopped).toContain('⛔ No model is allowed here.');
      expect(stopped).not.toContain('0 models');
    }));

  test('the check says when the budget is below the usual video, and when it is enough', () =>
    scenario({}, async (s) => {
      const mia = moderator(s);
      await readReply(mia.runs('quota server', { credits: 39 }));
      const enough = await readReply(mia.runs('settings check', {}));
      expect(enough).toContain('✅ This server has 39 credits left of 39 this month.');
      expect(enough).toContain(FINE);

      await readReply(mia.runs('quota server', { credits: 38 }));
      const short = await readReply(mia.runs('settings check', {}));
      expect(short).toContain('One thing would stop a video right now');
      expect(short).toContain('the usual video costs 39 credits, and you can spend 38 credits');
    }));

  test('the check says whether videos can be requested in its channel', () =>
    scenario({ guild: { channels: ['videos', 'other'] } }, async (s) => {
      const mia = moderator(s);
      const channel = s.guild.channel('videos').id;
      await readReply(mia.runs('settings channels', { mode: 'only', channel }));

      const there = await readReply(mia.runs('settings check', {}, { channel: 'videos' }));
      expect(there).toContain('✅ Videos can be made in this channel.');
      const elsewhere = await readReply(mia.runs('settings check', {}, { channel: 'other' }));
      expect(elsewhere).toContain('⛔ In this channel:');
      expect(elsewhere).toContain('One thing would stop a video right now');
    }));
});

const FINE = 'Nothing would stop a video here right now';
const GUILD = 'GET /guilds/:guild';

describe.concurrent('the check without complete information', () => {
  test('the check tells a server with the commands alone to invite the bot, with the link', () =>
    scenario({ guild: { isCommandsOnly: true } }, async (s) => {
      const check = await readReply(moderator(s).runs('settings check', {}));

      expect(check).toContain('One thing would stop a video');
      const link = /https:\/\/discord\.com\/oauth2\/authorize\?[^)\s]+/.exec(check)?.[0] ?? '';
      expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
        client_id: s.discord.applicationId,
        scope: 'bot applications.commands',
        permissions: '274878024704',
        guild_id: s.guild.id,
      });
      expect(check).not.toMatch(/All permissions present|posted as files/);
    }));

  test('the check does not reassure a server that the login did not list', () =>
    scenario({}, async (s) => {
      await s.stop();
      s.discord.inject({ kind: 'unknown-guild' });
      await s.start();

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).not.toContain(FINE);
      expect(check).toContain('not everything could be checked');
      expect(check).not.toContain('oauth2');
    }));

  test('the check does not reassure a server whose description cannot be read', () =>
    scenario({}, async (s) => {
      await s.stop();
      const set = { 'roles.*.permissions': 'all of them' };
      s.discord.inject({ kind: 'poisoned-dispatch', event: 'GUILD_CREATE', set });
      await s.start();

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).toContain('not everything could be checked');
    }));

  test('the check does not reassure when Discord does not say whether the bot is a member', () =>
    scenario({ guild: { isCommandsOnly: true } }, async (s) => {
      s.discord.inject({ route: GUILD, kind: 'status', status: 503, times: 4 });

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).toContain('not everything could be checked');
      expect(check).not.toContain('oauth2');
    }));

  test('the check does not reassure a server that is unavailable', () =>
    scenario({}, async (s) => {
      s.guild.setOutage(true);

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).toContain('outage');
      expect(check).not.toContain(FINE);
    }));

  test('the check does not reassure when the bot’s own member is unknown', () =>
    scenario({}, async (s) => {
      await s.stop();
      s.discord.inject({ kind: 'absent-fields', event: 'GUILD_CREATE', set: { members: [] } });
      await s.start();

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).toContain('could not be checked in 1 channel');
      expect(check).not.toContain(FINE);
    }));

  test.for<[string, FieldChanges]>([
    ['which roles exist', { without: ['roles'] }],
    ['which role everyone has', { set: { roles: [] } }],
    ['which permissions its roles have', { without: ['roles.*.permissions'] }],
    ['which permissions its roles have, except null', { set: { 'roles.*.permissions': null } }],
    ['which roles the bot has', { set: { 'members.*.roles': null } }],
    ['a role that the bot has', { set: { 'members.*.roles': ['1'] } }],
  ])('the check does not reassure when Discord does not say %s', ([, changes]) =>
    scenario({}, async (s) => {
      await s.stop();
      s.discord.inject({ kind: 'absent-fields', event: 'GUILD_CREATE', ...changes });
      await s.start();

      const check = await readReply(moderator(s).runs('settings check', {}));
      expect(check).toContain('could not be checked');
      expect(check).not.toContain(FINE);
    }),
  );

  test('the check reports a server whose only channels for videos are gone', () =>
    scenario({ guild: { channels: ['videos', 'other'] } }, async (s) => {
      const channel = s.guild.channel('videos').id;
      await readReply(moderator(s).runs('settings channels', { mode: 'only', channel }));
      s.guild.deleteChannel('videos');

      const check = await readReply(moderator(s).runs('settings check', {}, { channel: 'other' }));
      expect(check).toContain('There is no text channel where');
    }));

  test('the check confirms a server without problems', () =>
    scenario({}, async (s) => {
      const check = await readReply(moderator(s).runs('settings check', {}));

      expect(check).toContain(FINE);
      expect(check).toContain('All permissions present in 1 channel');
    }));
});

test('the invite of the README asks for the same permissions', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');

  expect(readme).toContain(`permissions=${INVITED_BOT_PERMISSIONS}`);
  expect(new URL(inviteLink('1', '2')).searchParams.get('permissions')).toBe(
    String(INVITED_BOT_PERMISSIONS),
  );
});

/** Events that discord.js cannot read: one of them ends nothing, and takes nothing from anybody else. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { FieldChanges } from '#sandbox/discord/payload-faults.ts';
import { HOUR } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS } from './bot-log.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { moderator, told } from './moderator.ts';

const UNREADABLE = 'Discord event unreadable; other events are not affected';

function unreadable({ lines }: Scenario) {
  return lines.filter(({ msg }) => msg === UNREADABLE);
}

/** Nothing failed that nobody expected, and no secret beside it. */
function expectNothingElseWrong({ lines }: Scenario): void {
  const wrong = lines.filter(({ level, msg }) => level >= LEVELS.error && msg !== UNREADABLE);
  expect(wrong).toEqual([]);
}

/** A second server beside the poisoned one, and a restart into the fault. */
async function startPoisoned(s: Scenario, changes: FieldChanges) {
  const healthy = s.discord.addGuild({ name: 'Book club', channels: ['videos'] });
  await s.stop();
  s.discord.inject({
    kind: 'poisoned-dispatch',
    event: 'GUILD_CREATE',
    guildId: s.guild.id,
    ...changes,
  });
  await s.start();
  return healthy.member('olga', { permissions: ['ManageGuild'] });
}

describe.concurrent('a server that comes with the login and cannot be read', () => {
  test.for<[string, FieldChanges]>([
    ['a role without colours', { set: { 'roles.*.colors': null } }],
    ['permissions that are no number', { set: { 'roles.*.permissions': 'all of them' } }],
    ['a channel that is null', { set: { 'channels.*': null } }],
    ['a member without a user', { without: ['members.*.user'] }],
    ['emojis that are no list', { set: { emojis: 7 } }],
    ['overwrites that are no list', { set: { 'channels.*.permission_overwrites': 7 } }],
  ])('%s: the bot starts, and serves this server and the others', ([, changes]) =>
    scenario({}, async (s) => {
      const olga = await startPoisoned(s, changes);

      expect(await told(olga.runs('credits', {}))).toContain('credits');
      expect(await told(s.alice.runs('credits', {}))).toContain('credits');
      const reply = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      await reply.until(({ media }) => media.length > 0);

      expect(unreadable(s)).toMatchObject([{ event: 'GUILD_CREATE', guildId: s.guild.id }]);
      expectNothingElseWrong(s);
    }),
  );

  test('the limits of its roles hold', () =>
    scenario({ alice: { roles: ['Extras'] } }, async (s) => {
      const role = s.guild.role('Extras');
      await told(moderator(s).runs('quota role', { role, credits: 30 }));
      await startPoisoned(s, { set: { 'roles.*.permissions': 'all of them' } });

      expect(await told(s.alice.runs('credits', {}))).toContain('30 credits');
    }));

  test('a server that removes the bot gets back what waits there', () =>
    scenario({ vendor: { renderMs: HOUR } }, async (s) => {
      await told(moderator(s).runs('quota server', { at_once: 1 }));
      await startPoisoned(s, { set: { 'roles.*.permissions': 'all of them' } });
      const running = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      await running.until(({ text }) => text.includes('Rendering'));
      s.video({ prompt: 'A paper boat that waits for its turn' });
      await until(
        () => s.books.jobs(),
        (jobs) => jobs.some(({ state }) => state === 'accepted'),
      );

      s.guild.removeBot();
      const jobs = await until(
        () => s.books.jobs(),
        (seen) => seen.some(({ state }) => state === 'cancelled'),
      );
      expect(jobs.map(({ state }) => state)).toEqual(['running', 'cancelled']);
    }));
});

describe.concurrent('an event of a server that cannot be read while the bot runs', () => {
  test.for<[string, FieldChanges, (s: Scenario) => void]>([
    ['CHANNEL_UPDATE', { set: { permission_overwrites: 7 } }, revoke],
    ['CHANNEL_UPDATE', { set: { type: null, id: null } }, revoke],
    ['GUILD_ROLE_CREATE', { set: { 'role.colors': null } }, (s) => void s.guild.role('Late')],
    ['GUILD_DELETE', { without: ['id'] }, (s) => s.guild.setOutage(true)],
  ])('%s with %j', ([event, changes, act]) =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'poisoned-dispatch', event, ...changes });
      act(s);

      expect(await told(s.alice.runs('credits', {}))).toContain('credits');
      expectNothingElseWrong(s);
    }),
  );

  test('the same again and again is logged once an hour', () =>
    scenario({}, async (s) => {
      s.discord.inject({
        kind: 'poisoned-dispatch',
        event: 'GUILD_ROLE_CREATE',
        set: { 'role.permissions': 'all of them' },
        times: 5,
      });
      for (const name of ['one', 'two', 'three', 'four', 'five']) s.guild.role(name);

      await told(s.alice.runs('credits', {}));
      expect(unreadable(s)).toHaveLength(1);
    }));
});

function revoke(s: Scenario): void {
  s.guild.revokeBotPermission('videos', 'AttachFiles');
}

describe.concurrent('an interaction that lacks', () => {
  test.for<[string, FieldChanges]>([
    ['entitlements', { without: ['entitlements'] }],
    ['entitlements, null', { set: { entitlements: null } }],
    ['who installed the bot', { without: ['authorizing_integration_owners'] }],
    ['who installed the bot, null', { set: { authorizing_integration_owners: null } }],
    ['its channel, but not the id', { without: ['channel'] }],
    ['what the bot may do', { without: ['app_permissions'] }],
    ['the member’s own roles', { without: ['member.roles'] }],
    ['the upload limit', { without: ['attachment_size_limit'] }],
    ['languages', { without: ['locale', 'guild_locale'] }],
  ])('%s makes its video all the same', ([, changes]) =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'poisoned-dispatch', event: 'INTERACTION_CREATE', ...changes });
      const reply = s.video({
        prompt: 'A paper boat drifts across a quiet bay',
        first_frame: file('cat.png', pngImage({ width: 500, height: 500 })),
      });

      await reply.until(({ media }) => media.length > 0);
      const { channelId } = await s.job('delivered');
      expect(channelId).toBe(s.guild.channel('videos').id);
      expectNothingElseWrong(s);
    }),
  );

  test.for<[string, FieldChanges, RegExp]>([
    ['its data', { without: ['data'] }, /cannot read/],
    ['its data, null', { set: { data: null } }, /cannot read/],
    ['the member', { without: ['member'] }, /cannot read/],
    ['the user in the member', { without: ['member.user'] }, /cannot read/],
    ['a known kind', { set: { type: 99 } }, /cannot read/],
    ['a known kind of command', { set: { 'data.type': 99 } }, /cannot read/],
  ])('%s is answered, and those in hand go on', ([, changes, sentence]) =>
    scenario({}, async (s) => {
      const inHand = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      s.discord.inject({ kind: 'poisoned-dispatch', event: 'INTERACTION_CREATE', ...changes });
      const poisoned = s.bob.runs('credits', {});

      expect(await poisoned.refusal()).toMatch(sentence);
      expect(poisoned.visible).toHaveLength(1);
      await inHand.until(({ media }) => media.length > 0);
      expect(unreadable(s)).toMatchObject([{ event: 'INTERACTION_CREATE', guildId: s.guild.id }]);
      expectNothingElseWrong(s);
    }),
  );

  test('the member, and has a user instead, is told that nobody knows who it was', () =>
    scenario({}, async (s) => {
      const user = { id: s.alice.id, username: 'alice', discriminator: '0', avatar: null };
      s.discord.inject({
        kind: 'poisoned-dispatch',
        event: 'INTERACTION_CREATE',
        without: ['member'],
        set: { user },
      });

      expect(await s.alice.runs('credits', {}).refusal()).toContain('did not say who sent this');
    }));

  test('its token is passed over in silence', () =>
    scenario({}, async (s) => {
      s.discord.inject({
        kind: 'poisoned-dispatch',
        event: 'INTERACTION_CREATE',
        without: ['token', 'data'],
      });
      s.bob.runs('credits', {});

      expect(await told(s.alice.runs('credits', {}))).toContain('credits');
      expectNothingElseWrong(s);
    }));
});

test('an autocompletion that cannot be read offers every choice', () =>
  scenario({}, async (s) => {
    s.discord.inject({
      kind: 'poisoned-dispatch',
      event: 'INTERACTION_CREATE',
      set: { 'data.options': [7] },
    });

    expect((await s.alice.types('video', 'model', 'zzz')).length).toBeGreaterThan(1);
  }));

test('a button works though the message it is under cannot be read', () =>
  scenario({ vendor: { queueMs: 60_000 } }, async (s) => {
    const reply = s.video({ prompt: 'A paper boat that is called back' });
    await reply.until(({ buttons }) => buttons.some(({ label }) => label === 'Cancel'));
    // While the create call is under way nothing can be cancelled.
    await s.job('queued');
    s.discord.inject({
      kind: 'poisoned-dispatch',
      event: 'INTERACTION_CREATE',
      set: { 'message.author': null, 'message.components': 7 },
    });
    s.alice.clicks(reply, 'Cancel');

    expect(await s.job('cancelled')).toMatchObject({ holdCredits: expect.any(Number) });
    expectNothingElseWrong(s);
  }));

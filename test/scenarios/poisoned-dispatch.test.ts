/** Events that discord.js cannot read: one of them stops nothing, and affects nobody else. */
import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { FieldChanges } from '#sandbox/discord/payload-faults.ts';
import { HOUR } from '#src/clock.ts';

import { pngImage } from '../fakes/images.ts';
import { LEVELS } from './bot-log.ts';
import { scenario, until, type Scenario } from './harness.ts';
import { moderator, readReply } from './moderator.ts';

const UNREADABLE = 'Discord event unreadable; other events are not affected';

function unreadable({ lines }: Scenario) {
  return lines.filter(({ msg }) => msg === UNREADABLE);
}

/** There was no unexpected failure, and no secret in its log line. */
function expectNothingElseWrong({ lines }: Scenario): void {
  const wrong = lines.filter(({ level, msg }) => level >= LEVELS.error && msg !== UNREADABLE);
  expect(wrong).toEqual([]);
}

/** A second server next to the poisoned one, and a restart into the fault. */
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

describe.concurrent('an unreadable server at login', () => {
  test.for<[string, FieldChanges]>([
    ['a role without colours', { set: { 'roles.*.colors': null } }],
    ['permissions that are not a number', { set: { 'roles.*.permissions': 'all of them' } }],
    ['a channel that is null', { set: { 'channels.*': null } }],
    ['a member without a user', { without: ['members.*.user'] }],
    ['emojis that are not a list', { set: { emojis: 7 } }],
    ['overwrites that are not a list', { set: { 'channels.*.permission_overwrites': 7 } }],
  ])('the bot starts, and serves all servers, despite %s', ([, changes]) =>
    scenario({}, async (s) => {
      const olga = await startPoisoned(s, changes);

      expect(await readReply(olga.runs('credits', {}))).toContain('credits');
      expect(await readReply(s.alice.runs('credits', {}))).toContain('credits');
      const reply = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      await reply.until(({ media }) => media.length > 0);

      expect(unreadable(s)).toMatchObject([{ event: 'GUILD_CREATE', guildId: s.guild.id }]);
      expectNothingElseWrong(s);
    }),
  );

  test('the role limits of an unreadable server apply', () =>
    scenario({ alice: { roles: ['Extras'] } }, async (s) => {
      const role = s.guild.role('Extras');
      await readReply(moderator(s).runs('quota role', { role, credits: 30 }));
      await startPoisoned(s, { set: { 'roles.*.permissions': 'all of them' } });

      expect(await readReply(s.alice.runs('credits', {}))).toContain('30 credits');
    }));

  test('an unreadable server that removes the bot has its waiting job cancelled', () =>
    scenario({ vendor: { renderMs: HOUR } }, async (s) => {
      await readReply(moderator(s).runs('quota server', { at_once: 1 }));
      await startPoisoned(s, { set: { 'roles.*.permissions': 'all of them' } });
      const running = s.video({ prompt: 'A paper boat drifts across a quiet bay' });
      await running.until(({ text }) => text.includes('Rendering'));
      s.video({ prompt: 'A paper boat that waits for its turn' });
      await until(
        () => s.ledgers.jobs(),
        (jobs) => jobs.some(({ state }) => state === 'accepted'),
      );

      s.guild.removeBot();
      const jobs = await until(
        () => s.ledgers.jobs(),
        (seen) => seen.some(({ state }) => state === 'cancelled'),
      );
      expect(jobs.map(({ state }) => state)).toEqual(['running', 'cancelled']);
    }));
});

describe.concurrent('an unreadable event of a server at runtime', () => {
  test.for<[string, FieldChanges, (s: Scenario) => void]>([
    ['CHANNEL_UPDATE', { set: { permission_overwrites: 7 } }, revoke],
    ['CHANNEL_UPDATE', { set: { type: null, id: null } }, revoke],
    ['GUILD_ROLE_CREATE', { set: { 'role.colors': null } }, (s) => void s.guild.role('Late')],
    ['GUILD_DELETE', { without: ['id'] }, (s) => s.guild.setOutage(true)],
  ])('the event %s with %j does not stop the bot', ([event, changes, act]) =>
    scenario({}, async (s) => {
      s.discord.inject({ kind: 'poisoned-dispatch', event, ...changes });
      act(s);

      expect(await readReply(s.alice.runs('credits', {}))).toContain('credits');
      expectNothingElseWrong(s);
    }),
  );

  test('a repeated unreadable event is logged once an hour', () =>
    scenario({}, async (s) => {
      s.discord.inject({
        kind: 'poisoned-dispatch',
        event: 'GUILD_ROLE_CREATE',
        set: { 'role.permissions': 'all of them' },
        times: 5,
      });
      for (const name of ['one', 'two', 'three', 'four', 'five']) s.guild.role(name);

      await readReply(s.alice.runs('credits', {}));
      expect(unreadable(s)).toHaveLength(1);
    }));
});

function revoke(s: Scenario): void {
  s.guild.revokeBotPermission('videos', 'AttachFiles');
}

describe.concurrent('unreadable interactions', () => {
  test.for<[string, FieldChanges]>([
    ['entitlements', { without: ['entitlements'] }],
    ['entitlements (null)', { set: { entitlements: null } }],
    ['its installation owner', { without: ['authorizing_integration_owners'] }],
    ['its installation owner (null)', { set: { authorizing_integration_owners: null } }],
    ['its channel except the id', { without: ['channel'] }],
    ['the bot’s permissions', { without: ['app_permissions'] }],
    ['the member’s own roles', { without: ['member.roles'] }],
    ['the upload limit', { without: ['attachment_size_limit'] }],
    ['languages', { without: ['locale', 'guild_locale'] }],
  ])('an interaction without %s makes its video', ([, changes]) =>
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
    ['its data', { without: ['data'] }, /can’t read/],
    ['its data (null)', { set: { data: null } }, /can’t read/],
    ['the member', { without: ['member'] }, /can’t read/],
    ['the user in the member', { without: ['member.user'] }, /can’t read/],
    ['a known kind', { set: { type: 99 } }, /can’t read/],
    ['a known kind of command', { set: { 'data.type': 99 } }, /can’t read/],
  ])(
    'an interaction without %s is answered, and running commands continue',
    ([, changes, sentence]) =>
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

  test('an interaction with a user instead of a member is answered that the member is unknown', () =>
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

  test('an interaction without its token is ignored silently', () =>
    scenario({}, async (s) => {
      s.discord.inject({
        kind: 'poisoned-dispatch',
        event: 'INTERACTION_CREATE',
        without: ['token', 'data'],
      });
      s.bob.runs('credits', {});

      expect(await readReply(s.alice.runs('credits', {}))).toContain('credits');
      expectNothingElseWrong(s);
    }));
});

test('an unreadable autocompletion offers every choice', () =>
  scenario({}, async (s) => {
    s.discord.inject({
      kind: 'poisoned-dispatch',
      event: 'INTERACTION_CREATE',
      set: { 'data.options': [7] },
    });

    expect((await s.alice.types('video', 'model', 'zzz')).length).toBeGreaterThan(1);
  }));

test('a button works although the message under it cannot be read', () =>
  scenario({ vendor: { queueMs: 60_000 } }, async (s) => {
    const reply = s.video({ prompt: 'A paper boat that is called back' });
    await reply.until(({ buttons }) => buttons.some(({ label }) => label === 'Cancel'));
    // Nothing can be cancelled during the create call.
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

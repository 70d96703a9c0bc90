import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';

import { useScene } from './discord-scene.ts';
import { interactionEvent } from './discord-wire.ts';

const scene = useScene();
const MANAGE_GUILD = '32';
const QUOTA = {
  name: 'quota',
  description: 'Limits',
  contexts: [0],
  options: [{ type: 1, name: 'log', description: 'The log' }],
};

function put(commands: unknown) {
  const { call, discord } = scene();
  return call(`PUT /applications/${discord.applicationId}/commands`, { json: commands });
}

/** What the bot receives when the member runs `/quota log`. */
async function receivedInteraction(who: Member) {
  await put([QUOTA]);
  return interactionEvent(scene().gateway, who.runs('quota log').interactionId);
}

describe('a command with default permissions', () => {
  const MODERATORS = { ...QUOTA, default_member_permissions: MANAGE_GUILD };

  test('a command is offered to members with a role, ownership or administration that allows it', async () => {
    const { guild } = scene();
    await put([MODERATORS]);
    guild.role('Staff', { permissions: ['ManageGuild'] });
    const staff = guild.member('sam', { roles: ['Staff'] });
    const owner = guild.member('olga', { isOwner: true });
    const admin = guild.member('adam', { permissions: ['Administrator'] });
    const alice = guild.member('alice');

    for (const member of [staff, owner, admin])
      expect(member.runs('quota log').interactionId).toMatch(/^\d+$/);
    expect(() => alice.runs('quota log')).toThrow('not shown to alice');
    staff.losesRole('Staff');
    expect(() => staff.runs('quota log')).toThrow('not shown to sam');
    alice.getsRole('Staff');
    expect(alice.runs('quota log').interactionId).toMatch(/^\d+$/);
    guild.deleteRole('Staff');
    expect(() => alice.runs('quota log')).toThrow('not shown to alice');
  });

  test('a command tells the bot what the member may do with all their roles', async () => {
    const { guild } = scene();
    guild.role('Staff', { permissions: ['ManageGuild'] });
    guild.role('Cleaners', { permissions: ['ManageMessages'] });
    const sam = guild.member('sam', { roles: ['Staff', 'Cleaners'] });
    const olga = guild.member('olga', { isOwner: true });

    const [ofSam, ofOlga, ofAlice] = [
      await permissionsOf(sam),
      await permissionsOf(olga),
      await permissionsOf(scene().alice),
    ];

    const [manageGuild, manageMessages, administrator] = [1n << 5n, 1n << 13n, 1n << 3n];
    expect(ofSam & (manageGuild | manageMessages | administrator)).toBe(
      manageGuild | manageMessages,
    );
    expect(ofOlga & administrator).toBe(administrator);
    expect(ofAlice & (manageGuild | manageMessages)).toBe(0n);
  });

  async function permissionsOf(member: Member): Promise<bigint> {
    const event = await receivedInteraction(member);
    return BigInt(JSON.parse(JSON.stringify(event)).member.permissions);
  }

  test('a command with the permissions "0" is for administrators, until an admin changes that', async () => {
    const { guild, alice } = scene();
    await put([{ ...QUOTA, default_member_permissions: '0' }]);
    const mo = guild.member('mo', { permissions: ['ManageGuild'] });
    expect(() => mo.runs('quota log')).toThrow('not shown');

    guild.overrideCommand('quota', { everyone: true });

    expect(alice.runs('quota log').interactionId).toMatch(/^\d+$/);
  });

  test('a command follows an admin’s settings: channel first, then member, roles, everyone', async () => {
    const { guild, alice, gateway } = scene();
    await put([MODERATORS]);
    const bob = guild.member('bob', { roles: ['Artists', 'Muted'] });
    const mo = guild.member('mo', { permissions: ['ManageGuild'] });
    const admin = guild.member('adam', { permissions: ['Administrator'] });

    guild.overrideCommand('quota', {
      everyone: false,
      roles: { Artists: true, Muted: false },
      members: { alice: true },
      channels: { videos: false },
    });

    expect(alice.runs('quota log').interactionId).toMatch(/^\d+$/);
    expect(bob.runs('quota log').interactionId).toMatch(/^\d+$/);
    expect(admin.runs('quota log', {}, { channel: 'videos' }).interactionId).toMatch(/^\d+$/);
    expect(() => mo.runs('quota log')).toThrow('not shown to mo');
    expect(() => alice.runs('quota log', {}, { channel: 'videos' })).toThrow('not shown');
    const told = await gateway.next(({ t }) => t === 'APPLICATION_COMMAND_PERMISSIONS_UPDATE');
    expect(told.d).toMatchObject({ guild_id: guild.id, permissions: expect.any(Array) });
  });

  test('a command keeps an admin’s settings only as long as its name', async () => {
    const { guild, alice } = scene();
    await put([MODERATORS]);
    guild.overrideCommand('quota', { members: { alice: true } });

    await put([MODERATORS]);
    expect(alice.runs('quota log').interactionId).toMatch(/^\d+$/);
    await put([]);
    await put([MODERATORS]);

    expect(() => alice.runs('quota log')).toThrow('not shown to alice');
  });
});

describe('members', () => {
  test('a member who left can do nothing, and returns with the same account but without roles', async () => {
    const { guild } = scene();
    await put([QUOTA]);
    const bob = guild.member('bob', { roles: ['Artists'] });
    bob.leaves();

    expect(() => bob.runs('quota log')).toThrow('does not see');
    const back = guild.member('bob');

    expect(back.id).toBe(bob.id);
    const event = await receivedInteraction(back);
    expect(event).toMatchObject({ member: { user: { id: bob.id }, roles: [] } });
  });

  test('a member is the same person in two servers, and messages are separate', async () => {
    const { discord, alice } = scene();
    const other = discord.addGuild({ name: 'Other' });
    const same = other.member('alice', { person: alice });
    const said = alice.says('here');

    expect(same.id).toBe(alice.id);
    expect(() => same.deletes(said)).toThrow('does not see');
  });
});

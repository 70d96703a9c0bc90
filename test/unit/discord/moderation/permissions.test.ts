import { PermissionsBitField } from 'discord.js';
import { expect, test } from 'vitest';

import { checkModerator, MODERATORS_ONLY, roleIdsOf } from '#src/discord/moderation/permissions.ts';

test.each([
  ['ManageGuild', true],
  ['Administrator', true],
  ['ManageMessages', false],
  ['ManageChannels', false],
] as const)('a member with %s may moderate: %s', (permission, isAllowed) => {
  const check = () => checkModerator({ memberPermissions: new PermissionsBitField(permission) });

  expect(() => {
    check();
    throw new Error('allowed');
  }).toThrow(isAllowed ? 'allowed' : 'Manage Server');
});

test('a member without known permissions may not moderate', () => {
  expect(() => checkModerator({ memberPermissions: null })).toThrow('Manage Server');
});

test('roles come from a known member or from Discord’s data, and a former member has none', () => {
  expect(roleIdsOf({ roles: { cache: new Map([['1', {}]]) } })).toEqual(['1']);
  expect(roleIdsOf({ roles: ['2'] })).toEqual(['2']);
  expect(roleIdsOf(null)).toBeUndefined();
});

test('roles that only Discord’s data has are added to those of the library, each once', () => {
  const cache = new Map([['1', {}]]);

  expect(roleIdsOf(Object.assign({ roles: { cache } }, { _roles: ['1', '2'] }))).toEqual([
    '1',
    '2',
  ]);
});

test('a member whose roles Discord omitted has unknown roles, not none', () => {
  class Unasked {
    readonly _roles = null;
    get roles(): never {
      throw new Error('the library has no list');
    }
  }

  expect(roleIdsOf(new Unasked())).toBeUndefined();
  expect(roleIdsOf({ roles: null })).toBeUndefined();
  expect(roleIdsOf({ roles: [] })).toEqual([]);
});

test('Discord offers the moderation commands to members with Manage Server', () => {
  expect(MODERATORS_ONLY).toBe('32');
});

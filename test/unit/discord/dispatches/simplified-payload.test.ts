import { expect, test } from 'vitest';

import {
  completedInteraction,
  simplifiedInteraction,
  withoutNulls,
} from '#src/discord/dispatches/simplified-payload.ts';

test('nulls are removed at any depth, and nothing else is removed', () => {
  const payload = { a: null, b: [null, { c: null, d: 0 }, ''], e: { f: false, g: undefined } };

  expect(withoutNulls(payload)).toEqual({ b: [{ d: 0 }, ''], e: { f: false, g: undefined } });
  expect(withoutNulls('text')).toBe('text');
  expect(payload.a).toBeNull();
});

test('an interaction is completed with what the library needs', () => {
  expect(completedInteraction({ id: '1', channel_id: '2', member: { user: { id: '3' } } })).toEqual(
    {
      id: '1',
      channel_id: '2',
      channel: { id: '2' },
      entitlements: [],
      authorizing_integration_owners: {},
      member: { user: { id: '3' }, roles: null },
    },
  );
});

test.for<[string, Record<string, unknown>]>([
  ['next to the channel', { channel: { type: 0 }, channel_id: '2' }],
  ['in the message that a button is under', { message: { channel_id: '2' } }],
  ['in the channel', { channel: { id: '2' }, channel_id: null }],
])('the channel id is taken from where it is given: %s', ([, payload]) => {
  expect(completedInteraction(payload)).toMatchObject({ channel: { id: '2' } });
});

test('a missing channel id is not invented', () => {
  expect(completedInteraction({ channel: { type: 0 } })).toMatchObject({ channel: { type: 0 } });
  expect(completedInteraction({ channel_id: '' })).not.toHaveProperty('channel');
});

test('the guild is taken from its own object, and the application from the bot’s own id', () => {
  const payload = { guild_id: null, guild: { id: '5' } };

  expect(completedInteraction(payload, '6')).toMatchObject({ guild_id: '5', application_id: '6' });
  expect(completedInteraction({})).not.toHaveProperty('guild_id');
});

test('an option that is not an object is kept', () => {
  const options = [null, { name: 'server', options: [{ name: 'user', value: '1' }, 7] }];
  const completed = {
    options: [{}, { name: 'server', options: [{ name: 'user', value: '1' }, {}] }],
  };

  expect(completedInteraction({ data: { options } })).toMatchObject({ data: completed });
  expect(simplifiedInteraction({ data: { options } })).toMatchObject({ data: completed });
});

test('the fields of an interaction are kept', () => {
  const payload = {
    id: '1',
    channel: { id: '2', type: 0 },
    channel_id: '2',
    entitlements: [],
    authorizing_integration_owners: { 0: '4' },
    member: { user: { id: '3' }, roles: ['5'] },
  };

  expect(completedInteraction(payload)).toEqual(payload);
});

test('the member takes the user that is given beside it', () => {
  const completed = completedInteraction({ user: { id: '3' }, member: { roles: ['5'] } });

  expect(completed).toMatchObject({ member: { user: { id: '3' }, roles: ['5'] } });
});

test.for([[{ nick: null }], [{ nick: null, roles: null }], [{ nick: null, roles: 'none' }]])(
  'missing roles are not treated as no roles, even without nulls: %j',
  ([said]) => {
    const member = { user: { id: '3' }, roles: null };

    expect(simplifiedInteraction({ member: { user: { id: '3' }, ...said } })).toMatchObject({
      member,
    });
  },
);

test('only the id of the message under a pressed button is kept', () => {
  const pressed = { id: '1', channel_id: '2', data: { component_type: 2, custom_id: 'x' } };
  const message = { id: '7', author: null, components: 7 };

  expect(simplifiedInteraction({ ...pressed, message })).toMatchObject({
    message: { id: '7', channel_id: '2' },
  });
  expect(simplifiedInteraction(pressed)).toMatchObject({ message: { id: '1' } });
  expect(simplifiedInteraction({ id: '1', data: { name: 'video' } })).not.toHaveProperty('message');
});

test.for([[7], [null], ['text'], [[]]])(
  'a payload that is not an interaction is unchanged: %j',
  ([payload]) => {
    expect(completedInteraction(payload)).toEqual(payload);
    expect(simplifiedInteraction(payload)).toEqual(payload);
  },
);

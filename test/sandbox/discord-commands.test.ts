import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';

import { VIDEO_COMMAND } from './discord-bot.ts';
import { useScene } from './discord-scene.ts';
import { codeOf, interactionEvent } from './discord-wire.ts';

const scene = useScene();

function command(change: object = {}) {
  return { name: 'quota', description: 'Sets limits', ...change };
}

function option(change: object = {}) {
  return { type: 3, name: 'word', description: 'A word', ...change };
}

function put(commands: unknown) {
  const { call, discord } = scene();
  return call(`PUT /applications/${discord.applicationId}/commands`, { json: commands });
}

const many = (count: number, make: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => make(index));

const refused: readonly (readonly [name: string, command: object])[] = [
  ['a name with capitals', command({ name: 'Quota' })],
  ['a name with a space', command({ name: 'quo ta' })],
  ['a name over 32 characters', command({ name: 'q'.repeat(33) })],
  ['no description', command({ description: '' })],
  ['a description over 100 characters', command({ description: 'd'.repeat(101) })],
  ['an option name with capitals', command({ options: [option({ name: 'Word' })] })],
  ['an option without description', command({ options: [option({ description: '' })] })],
  [
    'a required option after an optional one',
    command({ options: [option(), option({ name: 'other', required: true })] }),
  ],
  ['26 options', command({ options: many(26, (index) => option({ name: `o${index}` })) })],
  ['two options of one name', command({ options: [option(), option()] })],
  [
    '26 choices',
    command({
      options: [
        option({ choices: many(26, (index) => ({ name: `c${index}`, value: `${index}` })) }),
      ],
    }),
  ],
  [
    'a choice name over 100 characters',
    command({ options: [option({ choices: [{ name: 'c'.repeat(101), value: 'c' }] })] }),
  ],
  [
    'choices with autocompletion',
    command({ options: [option({ autocomplete: true, choices: [{ name: 'c', value: 'c' }] })] }),
  ],
  ['a maximum length over 6000', command({ options: [option({ max_length: 6001 })] })],
  [
    'subcommands with values',
    command({ options: [option(), { type: 1, name: 'show', description: 'Shows' }] }),
  ],
  [
    'more than 8000 characters in all',
    command({
      options: many(25, (index) =>
        option({
          name: `o${index}`,
          choices: many(2, (n) => ({ name: `${n}${'c'.repeat(90)}`, value: 'v'.repeat(90) })),
        }),
      ),
    }),
  ],
  ['an unknown context', command({ contexts: [3] })],
  ['an empty list of installations', command({ integration_types: [] })],
  ['a menu command with a description', command({ type: 3, name: 'Animate image' })],
];

test.for(refused)('Discord refuses a command with %s', async ([, bad]) => {
  const answer = await put([bad]);

  expect([answer.status, codeOf(answer)]).toEqual([400, 50_035]);
});

test('Discord refuses two commands of one name, and commands of another application', async () => {
  const { call } = scene();

  expect(codeOf(await put([command(), command()]))).toBe(50_035);
  expect(codeOf(await call('PUT /applications/1/commands', { json: [] }))).toBe(20_012);
});

test('commands that keep their names keep their ids when registered again', async () => {
  const { discord } = scene();
  const before = discord.commands.map(({ id }) => id);

  await put([command({ default_member_permissions: '32' }), VIDEO_COMMAND]);

  expect(discord.commands.map(({ name }) => name)).toEqual(['quota', 'video']);
  expect(discord.commands[1]?.id).toBe(before[0]);
});

describe('commands of a member', () => {
  test('a member is offered only the commands they may use', async () => {
    const { guild } = scene();
    await put([command({ default_member_permissions: '32' })]);

    expect(() => guild.member('alice').runs('quota')).toThrow('not shown to alice');
    const moderator = guild.member('mo', { permissions: ['ManageGuild'] });
    expect(moderator.runs('quota').interactionId).toMatch(/^\d{19}$/);
    expect(() => moderator.runs('nothing')).toThrow('No command /nothing');
  });

  test.for([
    ['an unknown option', { prompt: 'x', size: 3 }, 'no option size'],
    ['a missing required option', {}, 'needs the option prompt'],
    ['a value over the maximum', { prompt: 'x', duration: 13 }, 'more than 12'],
    ['text in place of a number', { prompt: 'x', duration: '5' }, 'does not fit'],
    ['text in place of a file', { prompt: 'x', first_frame: 'a.png' }, 'needs a file'],
    ['a text over the maximum', { prompt: 'x'.repeat(4001) }, 'too long'],
  ] as const)('a member cannot send %s', ([, options, why]) => {
    expect(() => scene().alice.runs('video', options)).toThrow(why);
  });

  test('a member’s file is uploaded to a signed address separate from messages, which expires', async () => {
    const { alice, gateway, pass } = scene();
    const picture = file('my lake.png', Buffer.from('not really a picture'));

    const reply = alice.runs('video', { prompt: 'x', first_frame: picture, duration: 5 });
    const event = await interactionEvent(gateway, reply.interactionId);

    expect(event).toMatchObject({
      type: 2,
      context: 0,
      attachment_size_limit: 10 * 1024 * 1024,
      app_permissions: '274878024704',
      data: {
        options: [
          { name: 'prompt', type: 3, value: 'x' },
          { name: 'first_frame', type: 11 },
          { name: 'duration', type: 10, value: 5 },
        ],
      },
    });
    const [url = ''] = /http:[^"]+/.exec(JSON.stringify(event)) ?? [];
    expect(url).toContain('/ephemeral-attachments/');
    expect(url).toContain('/my_lake.png?ex=');
    expect((await fetch(url)).headers.get('content-type')).toBe('image/png');
    expect((await fetch(url.replace('hm=', 'hm=0'))).status).toBe(404);
    pass(25 * 60 * 60 * 1000);
    expect((await fetch(url)).status).toBe(404);
  });

  test('a member reaches subcommands by their names', async () => {
    const { guild, gateway } = scene();
    const user = { type: 6, name: 'user', description: 'Who' };
    await put([
      command({ options: [{ type: 1, name: 'grant', description: 'Gives', options: [user] }] }),
    ]);
    const bob = guild.member('bob');

    const reply = bob.runs('quota grant', { user: bob.id });
    const event = await interactionEvent(gateway, reply.interactionId);

    expect(event).toMatchObject({
      data: {
        name: 'quota',
        options: [{ name: 'grant', type: 1, options: [{ name: 'user', type: 6, value: bob.id }] }],
        resolved: { users: { [bob.id]: { username: 'bob' } } },
      },
    });
    expect(() => bob.runs('quota')).toThrow('needs a subcommand');
  });

  test('a member sees the choices the bot offers, never more than 25', async () => {
    const { alice, gateway, call } = scene();
    const offered = alice.types('video', 'model', '1.', { prompt: 'a lake' });
    const event = await gateway.next(({ t }) => t === 'INTERACTION_CREATE');
    const interaction = await interactionEvent(gateway, JSON.parse(JSON.stringify(event.d)).id);
    const path = `POST /interactions/${interaction.id}/${interaction.token}/callback`;
    const answer = (count: number) => ({
      json: { type: 8, data: { choices: many(count, (n) => ({ name: `m${n}`, value: `${n}` })) } },
    });

    const tooMany = await call(path, answer(26));
    const fine = await call(path, answer(25));

    expect(event.d).toMatchObject({
      type: 4,
      data: {
        options: [
          { name: 'prompt', value: 'a lake' },
          { name: 'model', value: '1.', focused: true },
        ],
      },
    });
    expect([codeOf(tooMany), fine.status]).toEqual([50_035, 204]);
    expect(await offered).toHaveLength(25);
  });
});

import { describe, expect, test } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import type { OptionValue } from '#sandbox/discord/command-options.ts';
import { file } from '#sandbox/discord/discord.ts';

import { useScene } from './discord-scene.ts';
import { codeOf, interactionEvent } from './discord-wire.ts';

const scene = useScene();

function option(type: number, name: string, change: object = {}) {
  return { type, name, description: `The ${name}`, ...change };
}

/** One command with an option of every type, and subcommands at every depth. */
const QUOTA = {
  name: 'quota',
  description: 'Limits',
  contexts: [0],
  options: [
    option(2, 'limit', {
      options: [
        option(1, 'role', {
          options: [
            option(8, 'role', { required: true }),
            option(4, 'credits', { min_value: 0, max_value: 1000 }),
            option(3, 'per', { choices: [choice('day'), choice('month')] }),
          ],
        }),
        option(1, 'user', { options: [option(6, 'user', { required: true })] }),
      ],
    }),
    option(1, 'report', {
      options: [
        option(7, 'channel', { channel_types: [0, 5] }),
        option(5, 'chart'),
        option(10, 'share', { min_value: 0.5, max_value: 1 }),
        option(4, 'year', { choices: [{ name: 'this', value: 2026 }] }),
        option(9, 'about'),
        option(11, 'ledger', { file_types: ['.csv', 'image'] }),
        option(3, 'note', { max_length: 200 }),
      ],
    }),
    option(1, 'log'),
  ],
};

function choice(name: string) {
  return { name, value: name };
}

function put(commands: unknown) {
  const { call, discord } = scene();
  return call(`PUT /applications/${discord.applicationId}/commands`, { json: commands });
}

/** What the bot receives when the member runs `/quota`. */
async function receivedOptions(name: string, options: Record<string, OptionValue>, who?: Member) {
  await put([QUOTA]);
  const reply = (who ?? scene().alice).runs(name, options);
  return interactionEvent(scene().gateway, reply.interactionId);
}

const sub = (...options: unknown[]) => option(1, 'sub', { options });

const refused: readonly (readonly [name: string, options: readonly unknown[]])[] = [
  ['a group in a group', [option(2, 'a', { options: [option(2, 'b')] })]],
  ['a value in a group', [option(2, 'a', { options: [option(3, 'b')] })]],
  ['a subcommand in a subcommand', [sub(option(1, 'b'))]],
  ['a group in a subcommand', [sub(option(2, 'b'))]],
  ['a minimum over the maximum', [option(4, 'a', { min_value: 2, max_value: 1 })]],
  ['a fraction as an integer’s minimum', [option(4, 'a', { min_value: 0.5 })]],
  ['a fraction among an integer’s choices', [option(4, 'a', { choices: [choice1(1.5)] })]],
  ['a text among an integer’s choices', [option(4, 'a', { choices: [choice('1')] })]],
  ['a bound beyond 2^53', [option(10, 'a', { max_value: 2 ** 54 })]],
  ['a maximum length of 0', [option(3, 'a', { max_length: 0 })]],
  ['two choices of one name', [option(3, 'a', { choices: [choice('x'), choice('x')] })]],
  ['a file type without its dot', [option(11, 'a', { file_types: ['png'] })]],
  ['eleven file types', [option(11, 'a', { file_types: Array(11).fill('.png') })]],
  ['a required value after an optional one, below', [sub(option(3, 'a'), required(3, 'b'))]],
];

function choice1(value: number) {
  return { name: 'one', value };
}

function required(type: number, name: string) {
  return option(type, name, { required: true });
}

test.for(refused)('Discord refuses %s', async ([, options]) => {
  expect(codeOf(await put([{ name: 'quota', description: 'Limits', options }]))).toBe(50_035);
});

describe('command options', () => {
  test('options of a subcommand in a group are wrapped in both', async () => {
    const { guild } = scene();
    const role = guild.role('Artists');

    const event = await receivedOptions('quota limit role', { role, credits: 0, per: 'month' });

    expect(event).toMatchObject({
      data: {
        options: [
          {
            name: 'limit',
            type: 2,
            options: [
              {
                name: 'role',
                type: 1,
                options: [
                  { name: 'role', type: 8, value: role },
                  { name: 'credits', type: 4, value: 0 },
                  { name: 'per', type: 3, value: 'month' },
                ],
              },
            ],
          },
        ],
        resolved: { roles: { [role]: { id: role, name: 'Artists', permissions: '0' } } },
      },
    });
  });

  test('options of a subcommand without any are an empty list, and nothing is resolved', async () => {
    const event = await receivedOptions('quota log', {});

    expect(event).toMatchObject({ data: { options: [{ name: 'log', type: 1, options: [] }] } });
    expect(event).not.toHaveProperty('data.resolved');
  });

  test('options of every other type arrive as they are, with what they name', async () => {
    const { guild, alice } = scene();
    const videos = guild.channel('videos').id;

    const event = await receivedOptions('quota report', {
      channel: videos,
      chart: false,
      share: 0.75,
      year: 2026,
      about: alice.id,
      ledger: file('a.CSV', Buffer.from('time\n')),
      note: 'n'.repeat(200),
    });

    expect(event).toMatchObject({
      data: {
        options: [
          {
            options: [
              { type: 7, value: videos },
              { type: 5, value: false },
              { type: 10, value: 0.75 },
              { type: 4, value: 2026 },
              { type: 9, value: alice.id },
              { type: 11, value: expect.stringMatching(/^\d+$/) },
              { type: 3, value: 'n'.repeat(200) },
            ],
          },
        ],
        resolved: {
          channels: {
            [videos]: {
              name: 'videos',
              type: 0,
              guild_id: guild.id,
              app_permissions: '274878024704',
              permissions: expect.stringMatching(/^\d+$/),
            },
          },
          users: { [alice.id]: { username: 'alice' } },
        },
      },
    });
    expect(JSON.stringify(event)).toContain('"content_type":"text/csv');
  });

  test('options name members with their roles and permissions, and former members without', async () => {
    const { guild } = scene();
    const bob = guild.member('bob', { roles: ['Artists'], permissions: ['ManageGuild'] });
    const gone = guild.member('gone');
    gone.leaves();

    const [here, left] = [
      await receivedOptions('quota limit user', { user: bob.id }),
      await receivedOptions('quota limit user', { user: gone.id }),
    ];

    const member = JSON.parse(JSON.stringify(here)).data.resolved.members[bob.id];
    expect(member.roles).toContain(guild.role('Artists'));
    expect(BigInt(member.permissions) & 32n).toBe(32n);
    expect(member).not.toHaveProperty('user');
    expect(member).not.toHaveProperty('deaf');
    expect(left).toMatchObject({ data: { resolved: { users: { [gone.id]: {} } } } });
    expect(left).not.toHaveProperty('data.resolved.members');
  });

  test('an option may name the everyone role, which has the server’s id', async () => {
    const { guild } = scene();
    expect(guild.role('@everyone')).toBe(guild.id);

    const event = await receivedOptions('quota limit role', { role: guild.id });

    expect(event).toMatchObject({
      data: { resolved: { roles: { [guild.id]: { name: '@everyone' } } } },
    });
  });

  const cannot: readonly (readonly [string, string, Record<string, OptionValue>, string])[] = [
    ['a group alone', 'quota limit', {}, 'needs a subcommand'],
    ['a group that is not there', 'quota other role', {}, 'no subcommand other'],
    ['a role that is not there', 'quota limit role', { role: '1' }, 'No role 1'],
    ['a person who is not there', 'quota limit user', { user: '1' }, 'No person'],
    ['a channel that is not there', 'quota report', { channel: '1' }, 'No channel 1'],
    ['less than the minimum', 'quota report', { share: 0.4 }, 'less than 0.5'],
    ['more than the maximum', 'quota report', { share: 1.5 }, 'more than 1'],
    ['not a number', 'quota report', { share: NaN }, 'beyond'],
    ['outside the choices', 'quota report', { year: 2025 }, 'not one of its choices'],
    ['a word for a truth', 'quota report', { chart: 'true' }, 'does not fit'],
    ['a fraction for an integer', 'quota report', { year: 1.5 }, 'not one of its choices'],
    ['a long text', 'quota report', { note: 'n'.repeat(201) }, 'too long'],
    ['another type of file', 'quota report', { ledger: file('a.txt', Buffer.of(1)) }, 'hides'],
  ];

  test.for(cannot)('an option cannot be %s', async ([, name, options, why]) => {
    await put([QUOTA]);

    expect(() => scene().alice.runs(name, options)).toThrow(why);
  });

  test('an option cannot name a channel of a type that is not offered', async () => {
    const { discord } = scene();
    const guild = discord.addGuild({
      name: 'Loud',
      channels: ['general', { name: 'talk', type: 'voice' }, { name: 'all', type: 'category' }],
    });
    await put([QUOTA]);
    const mo = guild.member('mo');

    expect(() => mo.runs('quota report', { channel: guild.channel('talk').id })).toThrow(
      'talk is not offered',
    );
    expect(() => mo.runs('quota log', {}, { channel: 'all' })).toThrow('category');
    expect(mo.runs('quota log', {}, { channel: 'talk' }).interactionId).toMatch(/^\d+$/);
  });
});

test('a deleted channel accepts no messages', async () => {
  const { guild, call, gateway } = scene();
  const { id } = guild.channel('videos');

  guild.deleteChannel('videos');

  expect(codeOf(await call(`POST /channels/${id}/messages`, { json: { content: 'x' } }))).toBe(
    10_003,
  );
  await gateway.next(({ t }) => t === 'CHANNEL_DELETE');
});

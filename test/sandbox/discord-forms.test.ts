import { describe, expect, test } from 'vitest';

import { file } from '#sandbox/discord/discord.ts';
import type { FieldValues } from '#sandbox/discord/people/form.ts';
import type { Reply } from '#sandbox/discord/reply.ts';

import {
  checkbox,
  form,
  group,
  input,
  label,
  options,
  radio,
  select,
  upload,
} from './discord-form-fields.ts';
import { row, text, useScene } from './discord-scene.ts';
import { bytesAt, codeOf, interactionEvent } from './discord-wire.ts';

const LIMIT_BYTES = 1000;
const scene = useScene({ attachmentSizeLimitBytes: LIMIT_BYTES });

async function openForm(callback: unknown): Promise<Reply> {
  return (await scene().answered(callback)).reply;
}

/** What the bot receives when Alice submits the form. */
async function receivedForm(callback: unknown, values: FieldValues) {
  const { alice, gateway } = scene();
  const sent = alice.submits(await openForm(callback), values);
  return { sent, event: await interactionEvent(gateway, sent.interactionId) };
}

const EVERYTHING = form([
  label(input()),
  label(select({ max_values: 2 })),
  label(radio()),
  label(checkbox),
  label(upload({ max_values: 2, file_types: ['image'] })),
]);

describe('a submitted form', () => {
  test('a submitted form has every kind of field and resolves its files', async () => {
    const picture = file('cat.png', Buffer.from('not really a picture'));
    const { event } = await receivedForm(EVERYTHING, {
      prompt: 'two\nlines',
      model: ['v0', 'v2'],
      as: 'v1',
      sure: true,
      files: picture,
    });
    const { data } = JSON.parse(JSON.stringify(event));
    const [attachmentId = ''] = data.components[4].component.values;

    expect(event).toMatchObject({ type: 5 });
    expect(event).not.toHaveProperty('message');
    expect(data).toMatchObject({
      custom_id: 'form:1',
      components: [
        {
          type: 18,
          id: 1,
          component: { type: 4, id: 2, custom_id: 'prompt', value: 'two\nlines' },
        },
        { type: 18, id: 3, component: { type: 3, custom_id: 'model', values: ['v0', 'v2'] } },
        { type: 18, id: 5, component: { type: 21, custom_id: 'as', value: 'v1' } },
        { type: 18, id: 7, component: { type: 23, custom_id: 'sure', value: true } },
        { type: 18, id: 9, component: { type: 19, custom_id: 'files' } },
      ],
      resolved: { attachments: { [attachmentId]: { filename: 'cat.png', ephemeral: true } } },
    });
    expect(await bytesAt(data.resolved.attachments[attachmentId].url)).toEqual(picture.bytes);
  });

  test('a submitted form has the prefilled value of a field that the member did not change', async () => {
    const chosen = options(3).map((one) => ({ ...one, default: one.value === 'v1' }));
    const { event } = await receivedForm(
      form([
        label(input({ value: 'as before' })),
        label(select({ options: chosen })),
        label(radio({ options: chosen })),
        label({ ...checkbox, default: true }),
        label(upload({ required: false })),
      ]),
      {},
    );

    expect(event).toMatchObject({
      data: {
        components: [
          { component: { value: 'as before' } },
          { component: { values: ['v1'] } },
          { component: { value: 'v1' } },
          { component: { value: true } },
          { component: { values: [] } },
        ],
      },
    });
    expect(event).not.toHaveProperty('data.resolved');
  });

  test('a submitted form omits empty optional fields, and lists text displays by their id', async () => {
    const { event } = await receivedForm(
      form([
        text('Please.'),
        label(input({ required: false })),
        label(radio({ required: false })),
        label(group({ required: false })),
        label(checkbox),
      ]),
      {},
    );

    expect(event).toMatchObject({
      data: {
        components: [
          { type: 10, id: 1 },
          { component: { value: '' } },
          { component: { value: null } },
          { component: { values: [] } },
          { component: { value: false } },
        ],
      },
    });
  });

  test('a submitted form resolves members, roles and channels', async () => {
    const { guild } = scene();
    const bob = guild.member('bob', { roles: ['Artists'] });
    const [role, channel] = [guild.role('Artists'), guild.channel('videos').id];

    const { event } = await receivedForm(
      form([
        label({ type: 5, custom_id: 'who' }),
        label({ type: 6, custom_id: 'role' }),
        label({ type: 8, custom_id: 'where', channel_types: [0] }),
      ]),
      { who: bob.id, role: [role], where: channel },
    );

    expect(event).toMatchObject({
      data: {
        resolved: {
          users: { [bob.id]: { username: 'bob' } },
          members: { [bob.id]: { roles: [role] } },
          roles: { [role]: { name: 'Artists' } },
          channels: { [channel]: { name: 'videos', type: 0 } },
        },
      },
    });
  });

  test('a submitted form of the old kind still works', async () => {
    const { event } = await receivedForm(form([row(input({ label: 'Prompt' }))]), {
      prompt: 'a lake',
    });

    expect(event).toMatchObject({
      data: { components: [{ type: 1, components: [{ type: 4, value: 'a lake' }] }] },
    });
  });

  test('the response to a form states its origin', async () => {
    const { call } = scene();
    const { event, sent } = await receivedForm(form([label(input())]), { prompt: 'x' });

    const answer = await call(
      `POST /interactions/${event.id}/${event.token}/callback?with_response=true`,
      { json: { type: 4, data: { content: 'thanks' } } },
    );

    expect(answer.body).toMatchObject({
      interaction: { type: 5 },
      resource: {
        message: {
          interaction_metadata: { type: 5, triggering_interaction_metadata: { type: 2 } },
        },
      },
    });
    expect(sent.message?.content).toBe('thanks');
  });
});

const wrong: readonly (readonly [name: string, component: object, FieldValues, why: string])[] = [
  ['a field that is not there', input(), { other: 'x' }, 'no field other, only: prompt'],
  ['nothing where something must be', input(), {}, 'must be filled in'],
  ['too short a text', input({ min_length: 3 }), { prompt: 'ab' }, 'too short'],
  ['too long a text', input({ max_length: 3 }), { prompt: 'abcd' }, 'too long'],
  ['over 4000 characters', input(), { prompt: 'x'.repeat(4001) }, 'too long'],
  ['two lines where there is one', input({ style: 1 }), { prompt: 'a\nb' }, 'one line'],
  ['a file for a text', input(), { prompt: file('a', Buffer.from('')) }, 'needs a text'],
  ['an option that is not there', select(), { model: 'v9' }, 'not one of its options'],
  ['no option', select(), {}, 'fewer than 1'],
  ['two options of a select for one', select(), { model: ['v0', 'v1'] }, 'more than 1'],
  ['fewer options than wanted', select({ min_values: 2, max_values: 3 }), { model: 'v0' }, 'fewer'],
  ['the same option twice', group(), { some: ['v0', 'v0'] }, 'duplicates'],
  ['no choice in a radio group', radio(), {}, 'fewer than 1'],
  ['two choices in a radio group', radio(), { as: ['v0', 'v1'] }, 'more than 1'],
  ['a word for a checkbox', checkbox, { sure: 'yes' }, 'true or false'],
  ['no file', upload(), {}, 'fewer than 1'],
  ['a text for a file', upload(), { files: 'a.png' }, 'needs files'],
  [
    'two files for one',
    upload(),
    { files: [file('a.png', Buffer.from('')), file('b.png', Buffer.from(''))] },
    'more than 1',
  ],
  [
    'a file of another type',
    upload({ file_types: ['image', '.pdf'] }),
    { files: file('a.mp4', Buffer.from('')) },
    'hides a.mp4',
  ],
  [
    'a file over their limit',
    upload(),
    { files: file('a.png', Buffer.alloc(LIMIT_BYTES + 1)) },
    'over the member',
  ],
];

test.for(wrong)('a member cannot send a form with %s', async ([, component, values, why]) => {
  const reply = await openForm(form([label(component)]));

  expect(() => scene().alice.submits(reply, values)).toThrow(why);
});

test('a form can be submitted again until it was accepted, and by nobody else', async () => {
  const { alice, guild, call } = scene();
  const reply = await openForm(form([label(input())]));
  alice.submits(reply, { prompt: 'lost' });
  const second = alice.submits(reply, { prompt: 'taken' });
  const { id, token } = await interactionEvent(scene().gateway, second.interactionId);
  await call(`POST /interactions/${id}/${token}/callback`, { json: { type: 5 } });

  expect(() => alice.submits(reply, { prompt: 'late' })).toThrow('has closed');
  expect(() => guild.member('bob').submits(reply, { prompt: 'x' })).toThrow('another member');
});

test('a form is shown with its prefilled values', async () => {
  const reply = await openForm(form([label(input({ value: 'a lake' })), label(select())]));

  expect(reply.form).toMatchObject({
    customId: 'form:1',
    title: 'Animate',
    fields: [
      { kind: 'text', customId: 'prompt', label: 'A label', value: 'a lake', isRequired: true },
      { kind: 'select', options: [{ value: 'v0' }, { value: 'v1' }, { value: 'v2' }] },
    ],
  });
});

test('a response that opens a form leaves no message', async () => {
  const { answered, call } = scene();
  const { webhook } = await answered(form([label(input())]));

  expect(codeOf(await call(`GET ${webhook}/messages/@original`))).toBe(10_008);
});

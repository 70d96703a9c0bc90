import { describe, expect, test } from 'vitest';

import { button, row, text, useScene, V2, type Scene } from './discord-scene.ts';
import { codeOf, idOf, type WireAnswer } from './discord-wire.ts';

const scene = useScene();

const CLIP = { name: 'clip.mp4', bytes: Buffer.from('moving pictures') };

function gallery(...urls: string[]) {
  return { type: 12, items: urls.map((url) => ({ media: { url } })) };
}

function v2(...components: unknown[]) {
  return { flags: V2, components };
}

const link = { type: 2, style: 5, label: 'Open', url: 'https://example.com' };

/** What the bot sends as a new message, and what Discord objects to. */
const refusedMessages: readonly (readonly [name: string, json: unknown, detail: string])[] = [
  ['content over 2000 characters', { content: 'x'.repeat(2001) }, 'content'],
  ['a nonce over 25 characters', { content: 'x', nonce: 'n'.repeat(26) }, 'nonce'],
  ['content with Components V2', { ...v2(text('a')), content: 'b' }, 'CANNOT_USE_LEGACY_FIELDS'],
  ['embeds with Components V2', { ...v2(text('a')), embeds: [{ title: 'b' }] }, 'embeds'],
  ['a text display without the flag', { components: [text('a')] }, 'UNION_TYPE_CHOICES'],
  ['a button outside a row', v2(button('a')), 'UNION_TYPE_CHOICES'],
  [
    'more than 40 components, nested ones counted',
    v2(
      ...Array.from({ length: 4 }, () => ({
        type: 17,
        components: Array.from({ length: 10 }, () => text('a')),
      })),
    ),
    'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
  ],
  [
    'more than 4000 characters over all text displays',
    v2(text('x'.repeat(2001)), text('y'.repeat(2000))),
    'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
  ],
  ['an empty text display', v2(text('')), 'content'],
  [
    'six buttons in a row',
    v2(row(...Array.from({ length: 6 }, (_, index) => button(`b${index}`)))),
    'Must be between 1 and 5',
  ],
  ['an empty row', v2(row()), 'Must be between 1 and 5'],
  ['a gallery of none', v2(gallery()), 'items'],
  [
    'a gallery of eleven',
    v2(gallery(...Array.from({ length: 11 }, (_, index) => `https://example.com/${index}`))),
    'items',
  ],
  ['a custom id used twice', v2(row(button('same'), button('same'))), 'CUSTOM_ID_DUPLICATED'],
  ['a custom id over 100 characters', v2(row(button('c'.repeat(101)))), 'custom_id'],
  ['an empty custom id', v2(row(button(''))), 'custom_id'],
  ['a button without custom id', v2(row({ type: 2, style: 1, label: 'a' })), 'custom_id'],
  ['a link with a custom id', v2(row({ ...link, custom_id: 'a' })), 'mutually exclusive'],
  ['a label over 80 characters', v2(row(button('a', 'l'.repeat(81)))), 'label'],
  [
    'a button with neither label nor emoji',
    v2(row({ type: 2, style: 1, custom_id: 'a' })),
    'label',
  ],
  ['a section without accessory', v2({ type: 9, components: [text('a')] }), 'accessory'],
  [
    'a section of four texts',
    v2({ type: 9, components: [1, 2, 3, 4].map(() => text('a')), accessory: button('b') }),
    'Must be between 1 and 3',
  ],
  ['a container in a container', v2({ type: 17, components: [{ type: 17, components: [] }] }), ''],
  [
    'a reference to no file',
    v2(gallery('attachment://none.mp4')),
    'REFERENCED_ATTACHMENT_NOT_FOUND',
  ],
  [
    'a file component with a web address',
    v2({ type: 13, file: { url: 'https://a.example/b' } }),
    '',
  ],
  ['a gallery item of another scheme', v2(gallery('ftp://example.com/a.mp4')), 'SCHEME'],
  [
    'mentions both parsed and listed',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    'mutually exclusive',
  ],
  [
    'a reply to no message',
    { content: 'x', message_reference: { message_id: '1' } },
    'REPLIES_UNKNOWN_MESSAGE',
  ],
];

test.for(refusedMessages)('Discord refuses %s', async ([, json, detail]) => {
  const answer = await scene().sent(json);

  expect([answer.status, codeOf(answer)]).toEqual([400, 50_035]);
  // With the OpenAPI document, the schema may report the fault first, in its own words.
  const isBySchema = scene().discord.schemaFaults.length > 0;
  expect(JSON.stringify(answer.body)).toContain(isBySchema ? 'OPENAPI_SCHEMA_MISMATCH' : detail);
});

test.for([
  ['no content at all', {}],
  ['empty content', { content: '' }],
  ['Components V2 without components', { flags: V2, components: [] }],
] as const)('Discord refuses %s as an empty message', async ([, json]) => {
  expect(codeOf(await scene().sent(json))).toBe(50_006);
});

test('a message at the limits is accepted', async () => {
  const { sent } = scene();

  const answers = [
    await sent({ content: 'x'.repeat(2000), nonce: 'n'.repeat(25) }),
    await sent(v2(text('x'.repeat(4000)))),
    await sent(v2(...Array.from({ length: 40 }, () => text('a')))),
    await sent(v2(row(...['1', '2', '3', '4', '5'].map((id) => button(id, 'l'.repeat(80)))))),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

describe('Components V2 on an edit', () => {
  async function edited(first: unknown, second: unknown): Promise<WireAnswer> {
    const { sent, call, channelId } = scene();
    const id = idOf(await sent(first));
    return call(`PATCH /channels/${channelId}/messages/${id}`, { json: second });
  }

  test('an edit to Components V2 needs content null where there was content', async () => {
    const refused = await edited({ content: 'old' }, v2(text('new')));
    const taken = await edited({ content: 'old' }, { ...v2(text('new')), content: null });

    expect(codeOf(refused)).toBe(50_035);
    expect(taken.status).toBe(200);
  });

  test('an edit to Components V2 needs an empty list where there were embeds; null does not clear them', async () => {
    const before = { embeds: [{ title: 'old' }] };

    expect(codeOf(await edited(before, { ...v2(text('new')), embeds: null }))).toBe(50_035);
    expect((await edited(before, { ...v2(text('new')), embeds: [] })).status).toBe(200);
  });

  test('Components V2 can never be removed by an edit', async () => {
    const answer = await edited(v2(text('a')), { flags: 0, content: 'b', components: [] });

    expect(JSON.stringify(answer.body)).toContain('MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG');
  });

  test('an edit keeps Components V2 without the flag, and accepts no content', async () => {
    expect((await edited(v2(text('a')), { components: [text('b')] })).status).toBe(200);
    expect(codeOf(await edited(v2(text('a')), { content: 'b' }))).toBe(50_035);
  });
});

describe('files in Components V2', () => {
  async function withClip({ answered, call }: Scene) {
    const asked = await answered({ type: 5 });
    const path = `${asked.webhook}/messages/@original`;
    const answer = await call(`PATCH ${path}`, {
      json: v2(gallery('attachment://clip.mp4')),
      files: [CLIP],
    });
    expect(answer.status).toBe(200);
    return { ...asked, path, answer };
  }

  test('files move from the attachments to the media of their component', async () => {
    const { answer, reply } = await withClip(scene());
    const media = reply.message?.media[0];

    expect(answer.body).toMatchObject({
      attachments: [],
      components: [
        { type: 12, items: [{ media: { url: expect.stringContaining('/clip.mp4?ex=') } }] },
      ],
    });
    expect(media).toMatchObject({ fileName: 'clip.mp4', contentType: 'video/mp4', sizeBytes: 15 });
    expect(await (await fetch(media?.url ?? '')).text()).toBe('moving pictures');
  });

  test('files that no component names are not shown', async () => {
    const { answered, call } = scene();
    const { reply, webhook } = await answered({ type: 5 });

    const answer = await call(`PATCH ${webhook}/messages/@original`, {
      json: v2(text('no gallery')),
      files: [CLIP],
    });

    expect(answer.body).toMatchObject({ attachments: [] });
    expect(reply.message?.media).toEqual([]);
  });

  test('files stay when an edit does not mention attachments', async () => {
    const current = scene();
    const { path, reply } = await withClip(current);

    await current.call(`PATCH ${path}`, {
      json: { components: [text('and'), gallery('attachment://clip.mp4')] },
    });

    expect(reply.message?.media.map(({ fileName }) => fileName)).toEqual(['clip.mp4']);
  });

  test('files are removed when an edit lists attachments without them', async () => {
    const current = scene();
    const { path, reply } = await withClip(current);
    const json = { attachments: [], components: [gallery('attachment://clip.mp4')] };

    const refused = await current.call(`PATCH ${path}`, { json });
    await current.call(`PATCH ${path}`, { json: { attachments: [], components: [text('bare')] } });

    expect(codeOf(refused)).toBe(50_035);
    expect(reply.message?.media).toEqual([]);
  });

  test('files retained by id can be named again only when their name is listed too', async () => {
    const current = scene();
    const { path, reply } = await withClip(current);
    const id = new URL(reply.message?.media[0]?.url ?? '').pathname.split('/')[3];
    const components = [gallery('attachment://clip.mp4')];

    const byId = await current.call(`PATCH ${path}`, {
      json: { attachments: [{ id }], components },
    });
    const attachments = [{ id, filename: 'clip.mp4' }];
    const named = await current.call(`PATCH ${path}`, { json: { attachments, components } });

    expect(codeOf(byId)).toBe(50_035);
    expect(named.status).toBe(200);
  });

  test('files have names as Discord cleans them', async () => {
    const { sent } = scene();

    const answer = await sent(v2(gallery('attachment://my%20clip.mp4')), [
      { ...CLIP, name: 'my clip.mp4' },
    ]);

    expect(JSON.stringify(answer.body)).toContain('/my_clip.mp4?ex=');
  });
});

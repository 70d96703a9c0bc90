import { describe, expect, test } from 'vitest';

import type { Reply } from '#sandbox/discord/reply.ts';

import { pngImage } from '../fakes/images.ts';
import { button, EPHEMERAL, row, text, useScene, V2, type Asked } from './discord-scene.ts';
import {
  codeOf,
  idOf,
  interactionEvent,
  type WireAnswer,
  type WireRequest,
} from './discord-wire.ts';

const scene = useScene();

function page(number: number) {
  return {
    content: `Page ${number}`,
    components: [row(button(`page:${number - 1}`, 'Back'), button(`page:${number + 1}`, 'Next'))],
  };
}

/** The bot’s side of a click. */
async function clickIn(reply: Reply, name: string) {
  const { alice, call, gateway, discord } = scene();
  const clicked = alice.clicks(reply, name);
  const { id, token } = await interactionEvent(gateway, clicked.interactionId);
  return {
    clicked,
    webhook: `/webhooks/${discord.applicationId}/${token}`,
    answers: (json: unknown, files?: WireRequest['files']): Promise<WireAnswer> =>
      call(`POST /interactions/${id}/${token}/callback?with_response=true`, {
        json,
        ...(files === undefined ? {} : { files }),
      }),
  };
}

function paged(flags = 0): Promise<Asked> {
  return scene().answered({ type: 4, data: { ...page(1), flags } });
}

describe('a click', () => {
  test.for([0, EPHEMERAL])('a click turns the page of a message with flags %i', async (flags) => {
    const { reply } = await paged(flags);
    const first = await clickIn(reply, 'Next');

    const answer = await first.answers({ type: 7, data: page(2) });
    const second = await clickIn(reply, 'Next');
    await second.answers({ type: 7, data: page(3) });

    expect(answer.body).toMatchObject({
      interaction: { response_message_id: reply.message?.id },
      resource: { type: 7, message: { content: 'Page 2' } },
    });
    expect(reply.versions.map(({ content }) => content)).toEqual(['Page 1', 'Page 2', 'Page 3']);
    expect(reply.message?.isEphemeral).toBe(flags === EPHEMERAL);
    expect(second.clicked.message?.id).toBe(reply.message?.id);
  });

  test('a click can be deferred without a change, and the message edited afterwards', async () => {
    const { call } = scene();
    const { reply } = await paged();
    const { clicked, answers, webhook } = await clickIn(reply, 'Next');

    const taken = await answers({ type: 6 });
    const between = reply.message?.content;
    const edited = await call(`PATCH ${webhook}/messages/@original`, { json: page(2) });

    expect(taken.body).toMatchObject({
      interaction: { response_message_id: reply.message?.id, response_message_loading: false },
    });
    expect([between, reply.message?.content]).toEqual(['Page 1', 'Page 2']);
    expect(idOf(edited)).toBe(reply.message?.id);
    expect(clicked.message?.content).toBe('Page 2');
  });

  test('a deferred click can get an ephemeral follow-up, which does not change its message', async () => {
    const { call, guild } = scene();
    const { reply } = await paged();
    const { clicked, answers, webhook } = await clickIn(reply, 'Next');
    await answers({ type: 6 });

    const note = await call(`POST ${webhook}`, {
      json: { content: 'That was the last page.', flags: EPHEMERAL },
    });
    const seen = clicked.ephemeral.map(({ content }) => content);
    await call(`DELETE ${webhook}/messages/${idOf(note)}`);

    expect(seen).toEqual(['That was the last page.']);
    expect(clicked.ephemeral).toEqual([]);
    expect(guild.channel().messages.map(({ content }) => content)).toEqual(['Page 1']);
    expect(await clickedBy('bob', reply)).toBe('bob');
  });

  async function clickedBy(name: string, reply: Reply): Promise<string> {
    const clicked = scene().guild.member(name).clicks(reply, 'Next');
    const event = await interactionEvent(scene().gateway, clicked.interactionId);
    return JSON.parse(JSON.stringify(event)).member.user.username;
  }

  test('a click on a message that has been deleted cannot update it', async () => {
    const { guild } = scene();
    const { reply } = await paged();
    const { answers } = await clickIn(reply, 'Next');
    guild.deleteMessage({ id: reply.message?.id ?? '' });

    expect(codeOf(await answers({ type: 7, data: page(2) }))).toBe(10_008);
  });

  test('a click may delete its message with its token, as may the bot with its own', async () => {
    const { call, sent, channelId } = scene();
    const { reply } = await paged();
    const { answers, webhook } = await clickIn(reply, 'Next');
    await answers({ type: 6 });
    const own = idOf(await sent({ content: 'x' }));

    const byToken = await call(`DELETE ${webhook}/messages/@original`);
    const byBot = await call(`DELETE /channels/${channelId}/messages/${own}`);
    const again = await call(`DELETE /channels/${channelId}/messages/${own}`);

    expect([byToken.status, byBot.status, codeOf(again)]).toEqual([204, 204, 10_008]);
    expect(reply.message).toBeUndefined();
    await reply.gone();
  });
});

describe('text limits', () => {
  const long = { content: 'x'.repeat(2001) };
  const longV2 = { flags: V2, content: null, components: [text('x'.repeat(4001))] };
  const bodies = [
    ['2000 characters', long, 'Must be 2000 or fewer in length'],
    ['4000 characters in text displays', longV2, '4000'],
  ] as const;

  test.for(bodies)('the limit on %s applies to an update', async ([, body, detail]) => {
    const { answers } = await clickIn((await paged()).reply, 'Next');

    const answer = await answers({ type: 7, data: body });

    expect(summary(answer)).toEqual(refusedFor(detail));
  });

  test.for(bodies)(
    'the limit on %s applies to an edit after a deferred update',
    async ([, body, detail]) => {
      const { answers, webhook } = await clickIn((await paged()).reply, 'Next');
      await answers({ type: 6 });
      const path = `PATCH ${webhook}/messages/@original`;

      const answer = await scene().call(path, { json: body });

      expect(summary(answer)).toEqual(refusedFor(detail));
    },
  );

  test.for(bodies)('the limit on %s applies to a follow-up', async ([, body, detail]) => {
    const { webhook } = await paged();
    const json = { ...body, flags: EPHEMERAL | ('components' in body ? V2 : 0) };

    const answer = await scene().call(`POST ${webhook}`, { json });

    expect(summary(answer)).toEqual(refusedFor(detail));
  });

  /** With the OpenAPI document, the schema reports the fault first, in its own words. */
  function refusedFor(detail: string) {
    const isBySchema = scene().discord.schemaFaults.length > 0;
    return [400, 50_035, expect.stringContaining(isBySchema ? 'OPENAPI_SCHEMA' : detail)];
  }

  function summary(answer: WireAnswer) {
    return [answer.status, codeOf(answer), JSON.stringify(answer.body)];
  }
});

describe('a response that Discord forces to be ephemeral', () => {
  const places = [
    ['the whole server', () => scene().guild.forceEphemeral(true)],
    ['one channel', () => scene().guild.forceEphemeral(true, 'general')],
    ['one member', () => scene().alice.forcesEphemeral(true)],
  ] as const;

  test.for(places)(
    'a forced ephemeral response in %s says so, and the bot’s token cannot reach it',
    async ([, force]) => {
      const { asked, call, channelId, guild } = scene();
      force();
      const { callback, reply, webhook } = await asked();

      const answer = await call(`POST ${callback}?with_response=true`, { json: { type: 5 } });
      const id = reply.message?.id;
      const byBot = await call(`PATCH /channels/${channelId}/messages/${id}`, {
        json: { content: 'late' },
      });
      await call(`PATCH ${webhook}/messages/@original`, { json: { content: 'only you' } });

      expect(answer.body).toMatchObject({
        interaction: { response_message_ephemeral: true },
        resource: { message: { flags: EPHEMERAL | 128 } },
      });
      expect(codeOf(byBot)).toBe(10_008);
      expect(reply.message).toMatchObject({ isEphemeral: true, content: 'only you' });
      expect(guild.channel().messages).toEqual([]);
    },
  );

  test('messages and follow-ups are forced to be ephemeral too, not only deferred responses', async () => {
    const { answered, call, guild } = scene();
    guild.forceEphemeral(true);
    const { reply, webhook } = await answered({ type: 4, data: { content: 'a' } });

    await call(`POST ${webhook}`, { json: { content: 'b' } });

    expect(reply.visible.map(({ isEphemeral }) => isEphemeral)).toEqual([true, true]);
  });

  test('other messages, updates and the bot’s own messages are not forced to be ephemeral', async () => {
    const { alice, guild, answered, sent } = scene();
    const bob = guild.member('bob');
    const { reply } = await paged();
    alice.forcesEphemeral(true);

    const click = await clickIn(reply, 'Next');
    await click.answers({ type: 7, data: page(2) });
    const other = await answered({ type: 4, data: { content: 'a' } }, bob);
    await sent({ content: 'c' });

    const seen = guild.channel().messages.map(({ content }) => content);
    expect(seen).toEqual(['Page 2', 'a', 'c']);
    expect(other.reply.message?.isEphemeral).toBe(false);
  });

  test('ephemeral responses can be forced from the start', async () => {
    const { discord } = scene();
    const guild = discord.addGuild({
      name: 'Strict',
      channels: ['open', { name: 'quiet', isForcedEphemeral: true }],
    });
    const reply = guild.member('eve').runs('video', { prompt: 'x' }, { channel: 'quiet' });
    const { id, token } = await interactionEvent(scene().gateway, reply.interactionId);
    await scene().call(`POST /interactions/${id}/${token}/callback`, { json: { type: 5 } });

    expect(reply.message?.isEphemeral).toBe(true);
  });
});

describe('a file in a response', () => {
  const CHART = { name: 'chart.png', bytes: new Uint8Array(pngImage({ width: 600, height: 300 })) };
  const LEDGER = { name: 'ledger.csv', bytes: new Uint8Array(Buffer.from('time,kind\n')) };

  test.for([0, EPHEMERAL])('a file in a response can be fetched, with flags %i', async (flags) => {
    const { answered, call, guild } = scene();
    const { reply, webhook } = await answered({ type: 5, data: { flags } });

    await call(`PATCH ${webhook}/messages/@original`, {
      json: { content: 'The ledger', flags },
      files: [CHART, LEDGER],
    });

    expect(reply.message?.media).toMatchObject([
      { fileName: 'chart.png', contentType: 'image/png' },
      { fileName: 'ledger.csv', contentType: 'text/csv; charset=utf-8', sizeBytes: 10 },
    ]);
    expect(reply.message?.media[1]?.bytes().toString()).toBe('time,kind\n');
    const url = reply.message?.media[0]?.url ?? '';
    expect(url).toContain(flags === 0 ? '/attachments/' : '/ephemeral-attachments/');
    expect(new Uint8Array(await (await fetch(url)).arrayBuffer())).toEqual(CHART.bytes);
    expect(guild.channel().messages).toHaveLength(flags === 0 ? 1 : 0);
  });

  test('a file can come with the first response, in components, and change with the page', async () => {
    const { call } = scene();
    const { asked } = scene();
    const { callback, reply } = await asked();
    const components = (name: string) => [
      { type: 13, file: { url: `attachment://${name}` } },
      row(button('next', 'Next')),
    ];

    await call(`POST ${callback}`, {
      json: { type: 4, data: { flags: V2, components: components('ledger.csv') } },
      files: [LEDGER],
    });
    const before = reply.message?.media.map(({ fileName }) => fileName);
    const { answers } = await clickIn(reply, 'Next');
    const data = {
      attachments: [{ id: '0', filename: 'chart.png' }],
      components: components('chart.png'),
    };
    await answers({ type: 7, data }, [CHART]);

    expect(before).toEqual(['ledger.csv']);
    expect(reply.message?.media.map(({ fileName }) => fileName)).toEqual(['chart.png']);
    expect(reply.versions[0]?.media[0]?.bytes().toString()).toBe('time,kind\n');
  });
});

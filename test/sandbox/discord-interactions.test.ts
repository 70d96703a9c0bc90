import { describe, expect, test } from 'vitest';

import { MINUTE, SECOND } from '#src/clock.ts';

import {
  EPHEMERAL,
  LOADING,
  row,
  button,
  text,
  useScene,
  V2,
  type RefusalRow,
} from './discord-scene.ts';
import { codeOf, idOf, interactionEvent } from './discord-wire.ts';

const scene = useScene();
const NOBODY = null;
const DEFER = { type: 5 };

const refusals: readonly RefusalRow[] = [
  {
    name: 'an answer after three seconds',
    async act({ asked, pass, call }) {
      const { callback } = await asked();
      pass(3 * SECOND + 1);
      return call(`POST ${callback}`, { json: DEFER, authorization: NOBODY });
    },
    status: 404,
    code: 10_062,
  },
  {
    name: 'an answer with another token',
    async act({ asked, call }) {
      const { interaction } = await asked();
      return call(`POST /interactions/${interaction.id}/wrong/callback`, { json: DEFER });
    },
    status: 404,
    code: 10_062,
  },
  {
    name: 'a second answer',
    async act({ answered, call }) {
      const { callback } = await answered(DEFER);
      return call(`POST ${callback}`, { json: DEFER, authorization: NOBODY });
    },
    status: 400,
    code: 40_060,
  },
  {
    name: 'a token older than fifteen minutes',
    async act({ answered, call, pass }) {
      const { webhook } = await answered(DEFER);
      pass(15 * MINUTE + 1);
      return call(`PATCH ${webhook}/messages/@original`, { json: { content: 'late' } });
    },
    status: 401,
    code: 50_027,
  },
  {
    name: 'a token without a response yet',
    async act({ asked, call }) {
      const { webhook } = await asked();
      return call(`PATCH ${webhook}/messages/@original`, { json: { content: 'early' } });
    },
    status: 404,
    code: 10_015,
  },
  {
    name: 'a token of another application',
    async act({ answered, call }) {
      const { interaction } = await answered(DEFER);
      return call(`POST /webhooks/1/${interaction.token}`, { json: { content: 'hello' } });
    },
    status: 404,
    code: 10_015,
  },
  {
    name: 'an edit of a deleted answer',
    async act({ answered, call }) {
      const { webhook } = await answered(DEFER);
      await call(`DELETE ${webhook}/messages/@original`);
      return call(`PATCH ${webhook}/messages/@original`, { json: { content: 'gone' } });
    },
    status: 404,
    code: 10_008,
  },
  {
    name: "an edit of another interaction's message",
    async act({ answered, call }) {
      const first = await answered({ type: 4, data: { content: 'one' } });
      const { webhook } = await answered({ type: 4, data: { content: 'two' } });
      const id = first.reply.message?.id ?? '';
      return call(`PATCH ${webhook}/messages/${id}`, { json: { content: 'mine' } });
    },
    status: 404,
    code: 10_008,
  },
  {
    name: 'an update without a message',
    async act({ asked, call }) {
      const { callback } = await asked();
      return call(`POST ${callback}`, { json: { type: 7, data: { content: 'x' } } });
    },
    status: 400,
    code: 50_035,
  },
  {
    name: 'choices in answer to a command',
    async act({ asked, call }) {
      const { callback } = await asked();
      return call(`POST ${callback}`, { json: { type: 8, data: { choices: [] } } });
    },
    status: 400,
    code: 50_035,
  },
  {
    name: 'a body that is not JSON',
    async act({ asked, discord }) {
      const { callback } = await asked();
      const response = await fetch(`${discord.apiUrl}/v10${callback}`, {
        method: 'POST',
        body: '{',
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    status: 400,
    code: 50_109,
  },
  {
    name: 'a form with a title of 46 characters',
    async act({ asked, call }) {
      const { callback } = await asked();
      const data = { custom_id: 'form', title: 'x'.repeat(46), components: [text('hi')] };
      return call(`POST ${callback}`, { json: { type: 9, data } });
    },
    status: 400,
    code: 50_035,
  },
];

test.for(refusals)('Discord refuses $name', async ({ act, status, code }) => {
  const answer = await act(scene());

  expect([answer.status, codeOf(answer)]).toEqual([status, code]);
});

describe('a deferred response', () => {
  test('a deferred response needs no credentials, and with_response returns its future message', async () => {
    const { asked, call } = scene();
    const { callback, reply } = await asked();

    const answer = await call(`POST ${callback}?with_response=true`, {
      json: { type: 5, data: { flags: EPHEMERAL } },
      authorization: NOBODY,
    });

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      interaction: {
        response_message_id: reply.message?.id,
        response_message_loading: true,
        response_message_ephemeral: true,
      },
      resource: { message: { flags: LOADING | EPHEMERAL } },
    });
  });

  test('a deferred response accepts no flag but EPHEMERAL: Components V2 has to come with the edit', async () => {
    const { answered, call } = scene();
    const { reply, webhook } = await answered({ type: 5, data: { flags: V2 } });
    expect(reply.message?.flags).toBe(LOADING);

    const body = { components: [text('hello')] };
    const refused = await call(`PATCH ${webhook}/messages/@original`, { json: body });
    const taken = await call(`PATCH ${webhook}/messages/@original`, {
      json: { ...body, flags: V2 },
    });

    expect(codeOf(refused)).toBe(50_035);
    expect(JSON.stringify(refused.body)).toContain('UNION_TYPE_CHOICES');
    expect(taken.status).toBe(200);
    expect(reply.message?.text).toBe('hello');
  });

  test('a deferred response stays ephemeral or public through edits, whatever their flags', async () => {
    const { answered, call, guild } = scene();
    const { reply, webhook } = await answered({ type: 5, data: { flags: EPHEMERAL } });

    await call(`PATCH ${webhook}/messages/@original`, { json: { content: 'secret', flags: 0 } });

    expect(reply.message).toMatchObject({ isEphemeral: true, isLoading: false, text: 'secret' });
    expect(guild.channel().messages).toEqual([]);
  });

  test('the first follow-up edits the deferred response and keeps it ephemeral or public', async () => {
    const { answered, call } = scene();
    const { reply, webhook } = await answered(DEFER);

    const followUp = await call(`POST ${webhook}`, { json: { content: 'hi', flags: EPHEMERAL } });

    expect(idOf(followUp)).toBe(reply.message?.id);
    expect(reply.message).toMatchObject({ isEphemeral: false, text: 'hi' });
    expect(reply.ephemeral).toEqual([]);
  });

  test('a follow-up after a deleted deferred response chooses for itself whether it is ephemeral', async () => {
    const { answered, call } = scene();
    const { reply, webhook } = await answered(DEFER);
    await call(`DELETE ${webhook}/messages/@original`);

    await call(`POST ${webhook}`, { json: { content: 'only you', flags: EPHEMERAL } });

    expect(reply.message).toBeUndefined();
    expect(await reply.refusal()).toBe('only you');
  });
});

describe('an ephemeral message', () => {
  test.for(['GET', 'PATCH', 'DELETE'])(
    'an ephemeral message cannot be reached by %s through its channel',
    async (method) => {
      const { answered, call, channelId } = scene();
      const { reply } = await answered({ type: 4, data: { content: 'psst', flags: EPHEMERAL } });
      const json = method === 'PATCH' ? { content: 'loud' } : undefined;

      const answer = await call(`${method} /channels/${channelId}/messages/${reply.message?.id}`, {
        json,
      });

      expect(codeOf(answer)).toBe(10_008);
    },
  );
});

describe('a public response', () => {
  test('a public response can be edited with the bot’s token after its own token has expired', async () => {
    const { answered, call, channelId, pass } = scene();
    const { reply } = await answered(DEFER);
    pass(16 * MINUTE);

    const path = `/channels/${channelId}/messages/${reply.message?.id}`;
    const answer = await call(`PATCH ${path}`, { json: { content: 'still here' } });

    expect(answer.status).toBe(200);
    expect(reply.message?.text).toBe('still here');
  });
});

describe('a button', () => {
  test('a button click is a new interaction that can update its message', async () => {
    const { answered, call, alice, gateway, discord } = scene();
    const { reply } = await answered({
      type: 4,
      data: { content: 'press', components: [row(button('go:1', 'Go'))] },
    });

    const clicked = alice.clicks(reply, 'Go');
    const event = await gateway.next(({ d }) => JSON.stringify(d).includes(clicked.interactionId));
    expect(event.d).toMatchObject({
      type: 3,
      data: { custom_id: 'go:1' },
      message: { id: reply.message?.id, content: 'press' },
    });
    const { id, token } = await interactionEvent(gateway, clicked.interactionId);
    const answer = await call(`POST /interactions/${id}/${token}/callback`, {
      json: { type: 7, data: { content: 'pressed', components: [] } },
    });

    expect(answer.status).toBe(204);
    expect(clicked.message).toMatchObject({ id: reply.message?.id, text: 'pressed', buttons: [] });
    expect(discord.unknownRoutes).toEqual([]);
  });

  test('a button that is disabled, a link or missing cannot be clicked', async () => {
    const { answered, alice } = scene();
    const { reply } = await answered({
      type: 4,
      data: {
        content: 'x',
        components: [
          row(
            { ...button('off', 'Off'), disabled: true },
            { type: 2, style: 5, url: 'https://example.com', label: 'Link' },
          ),
        ],
      },
    });

    expect(() => alice.clicks(reply, 'Off')).toThrow('is disabled');
    expect(() => alice.clicks(reply, 'Link')).toThrow('is a link');
    expect(() => alice.clicks(reply, 'Other')).toThrow('No button Other, only: Off, Link');
  });
});

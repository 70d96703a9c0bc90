/** Payloads without fields that the documentation does not guarantee, or with unknown ones. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { file } from '#sandbox/discord/discord.ts';

import { useScene } from './discord-scene.ts';
import { connect, interactionEvent, type WireGateway } from './discord-wire.ts';

const scene = useScene();
const SEND = 'POST /channels/:channel/messages' as const;

async function payloadOf(gateway: WireGateway, id: string): Promise<unknown> {
  const event = await gateway.next(({ t, d }) => t === 'INTERACTION_CREATE' && hasId(d, id));
  return event.d;
}

function hasId(data: unknown, id: string): boolean {
  return z.looseObject({ id: z.literal(id) }).safeParse(data).success;
}

function hasName(data: unknown, name: string): boolean {
  return z.looseObject({ name: z.literal(name) }).safeParse(data).success;
}

function attachmentsOf(payload: unknown): Record<string, unknown> {
  const { data } = z
    .looseObject({
      data: z.looseObject({
        resolved: z.looseObject({ attachments: z.record(z.string(), z.unknown()) }),
      }),
    })
    .parse(payload);
  return data.resolved.attachments;
}

describe('a changed event', () => {
  test('a changed event lacks fields of every entry of a list or a map, once', async () => {
    const { gateway, discord, alice, guild } = scene();
    const image = file('cat.png', Buffer.from('bytes'));
    discord.inject({
      kind: 'absent-fields',
      event: 'INTERACTION_CREATE',
      without: ['entitlements', 'data.resolved.attachments.*.content_type'],
    });

    // Has no files, so the fault is not meant for this event.
    const plain = alice.runs('video', { prompt: 'x' });
    const filled = alice.runs('video', { prompt: 'x', first_frame: image });
    const whole = await payloadOf(gateway, plain.interactionId);
    const changed = await payloadOf(gateway, filled.interactionId);

    expect(whole).toHaveProperty('entitlements');
    expect(changed).not.toHaveProperty('entitlements');
    expect(Object.values(attachmentsOf(changed))).toMatchObject([{ filename: 'cat.png' }]);
    expect(JSON.stringify(changed)).not.toContain('content_type');
    expect(discord.pendingFaults()).toEqual([]);
    expect(guild.channel().messages).toEqual([]);
  });

  test('a changed event affects the named guild at the next login', async () => {
    const { discord } = scene();
    const other = discord.addGuild({ name: 'Book club' });
    discord.inject({
      kind: 'poisoned-dispatch',
      event: 'GUILD_CREATE',
      guildId: other.id,
      set: { 'roles.*.colors': null },
    });

    const fresh = await connect(discord);
    const event = await fresh.next(({ t, d }) => t === 'GUILD_CREATE' && hasName(d, 'Book club'));
    expect(event.d).toMatchObject({ roles: [{ name: '@everyone', colors: null }] });
    const first = fresh.received.find(({ t }) => t === 'GUILD_CREATE');
    expect(first?.d).toMatchObject({ roles: [{ colors: { primary_color: 0 } }] });
    fresh.socket.terminate();
  });
});

describe('an unknown guild', () => {
  test('an unknown guild is in neither READY nor its own event, while its members use commands', async () => {
    const { discord, alice, guild } = scene();
    const other = discord.addGuild({ name: 'Book club' });
    discord.inject({ kind: 'unknown-guild' });

    const fresh = await connect(discord);
    await fresh.next(({ t }) => t === 'GUILD_CREATE');
    const reply = alice.runs('video', { prompt: 'x' });
    await interactionEvent(fresh, reply.interactionId);

    const ready = fresh.received.find(({ t }) => t === 'READY');
    expect(ready?.d).toMatchObject({ guilds: [{ id: other.id }] });
    const told = fresh.received.filter(
      ({ t, d }) => t === 'GUILD_CREATE' && hasName(d, guild.name),
    );
    expect(told).toEqual([]);
    fresh.socket.terminate();
  });
});

describe('a changed response', () => {
  test('a changed response lacks the named fields and has the named values, once; the work was done', async () => {
    const { discord, sent, guild } = scene();
    discord.inject({
      route: SEND,
      kind: 'changed-answer',
      without: ['attachments'],
      set: { 'author.avatar': 7, edited_timestamp: undefined },
    });

    const { body } = await sent({ content: 'first' });
    expect(body).not.toHaveProperty('attachments');
    expect(body).toMatchObject({ author: { avatar: 7 } });

    expect((await sent({ content: 'second' })).body).toHaveProperty('attachments');
    expect(guild.channel().messages).toHaveLength(2);
  });
});

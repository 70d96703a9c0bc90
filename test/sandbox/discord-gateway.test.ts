import { once } from 'node:events';

import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';

import { useScene } from './discord-scene.ts';
import {
  call,
  connect,
  gatewayUrl,
  interactionEvent,
  WireGateway,
  type Payload,
} from './discord-wire.ts';

const scene = useScene();

function isInteraction({ t }: Payload): boolean {
  return t === 'INTERACTION_CREATE';
}

const readySchema = z.looseObject({ resume_gateway_url: z.string() });

/** @throws Error when it is refused */
async function handshake(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.terminate();
}

function lastSequence(gateway: WireGateway): number {
  return Math.max(...gateway.received.map(({ s }) => s ?? 0));
}

function sessionOf(gateway: WireGateway): string {
  const ready = gateway.received.find(({ t }) => t === 'READY');
  return JSON.parse(JSON.stringify(ready?.d)).session_id;
}

async function hello(url: string): Promise<WireGateway> {
  const gateway = new WireGateway(url);
  await gateway.next(({ op }) => op === 10);
  return gateway;
}

describe('a gateway connection', () => {
  test('a connection gets hello, acknowledgements, ready and its guilds', async () => {
    const { gateway, guild, discord } = scene();

    gateway.send(1, null);
    await gateway.next(({ op }) => op === 11);

    expect(gateway.received[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 41_250 } });
    expect(gateway.received[1]).toMatchObject({
      t: 'READY',
      s: 1,
      d: {
        guilds: [{ id: guild.id, unavailable: true }],
        application: { id: discord.applicationId },
      },
    });
    expect(gateway.received[2]).toMatchObject({ t: 'GUILD_CREATE', d: { name: 'Film club' } });
  });

  test('a connection with a wrong token is closed with 4004', async () => {
    const gateway = await hello(gatewayUrl(scene().discord));

    gateway.send(2, { token: 'wrong', intents: 1, properties: {} });

    expect(await gateway.closed()).toBe(4004);
  });

  test('a connection that sends something before identifying is closed with 4003', async () => {
    const gateway = await hello(gatewayUrl(scene().discord));

    gateway.send(3, {});

    expect(await gateway.closed()).toBe(4003);
  });

  test('a connection that identifies twice is closed with 4005', async () => {
    const { gateway, discord } = scene();

    gateway.send(2, { token: discord.token, intents: 1, properties: {} });

    expect(await gateway.closed()).toBe(4005);
  });

  test('a connection with an unknown operation is closed with 4001 and reported', async () => {
    const { gateway, discord } = scene();

    gateway.send(99, {});

    expect(await gateway.closed()).toBe(4001);
    expect(discord.unknownRoutes).toEqual(['GATEWAY op 99']);
  });

  test('a connection with another version or encoding is closed with 4012', async () => {
    const { discord } = scene();

    const gateway = new WireGateway(`ws://${discord.cdnHost}?v=9&encoding=json`);

    expect(await gateway.closed()).toBe(4012);
  });

  test('a connection gets only the guilds of its shard', async () => {
    const { discord, guild } = scene();
    const shard = Number((BigInt(guild.id) >> 22n) % 2n);
    const other = await hello(gatewayUrl(discord));

    other.send(2, { token: discord.token, intents: 1, properties: {}, shard: [1 - shard, 2] });

    const ready = await other.next(({ t }) => t === 'READY');
    expect(ready.d).toMatchObject({ guilds: [] });
    other.socket.terminate();
  });
});

describe('a session', () => {
  test('a resumed session gets the events it missed', async () => {
    const { gateway, discord, alice } = scene();
    const seen = lastSequence(gateway);
    discord.dropGateway();
    await gateway.closed();
    const reply = alice.runs('video', { prompt: 'missed' });
    expect(reply.deliveryTries).toBe(0);

    const again = await hello(gatewayUrl(discord));
    again.send(6, { token: discord.token, session_id: sessionOf(gateway), seq: seen });

    const event = await interactionEvent(again, reply.interactionId);
    expect(event.id).toBe(reply.interactionId);
    await again.next(({ t }) => t === 'RESUMED');
    expect(reply.deliveryTries).toBe(1);
    again.socket.terminate();
  });

  test('a session that is unknown or was ended by its client cannot be resumed', async () => {
    const { gateway, discord } = scene();
    const ended = sessionOf(gateway);
    gateway.socket.close(1000);
    await gateway.closed();

    for (const session of ['unknown', ended]) {
      const again = await hello(gatewayUrl(discord));
      again.send(6, { token: discord.token, session_id: session, seq: 1 });
      expect(await again.next(({ op }) => op === 9)).toMatchObject({ d: false });
      again.socket.terminate();
    }
  });

  test('a second session gets the same events', async () => {
    const { gateway, discord, alice } = scene();
    const second = await connect(discord);

    const reply = alice.runs('video', { prompt: 'both' });

    await interactionEvent(gateway, reply.interactionId);
    await interactionEvent(second, reply.interactionId);
    expect(reply.deliveryTries).toBe(2);
    second.socket.terminate();
  });
});

describe('injected gateway faults', () => {
  test('a fault can duplicate one interaction, and no other', async () => {
    const { gateway, discord, alice } = scene();
    discord.inject({ kind: 'duplicate-interaction' });

    const twice = alice.runs('video', { prompt: 'twice' });
    const once = alice.runs('video', { prompt: 'once' });
    await interactionEvent(gateway, once.interactionId);

    expect(gateway.received.filter(isInteraction)).toHaveLength(3);
    expect([twice.deliveryTries, once.deliveryTries]).toEqual([2, 1]);
  });

  test('a fault can drop the connection in place of an event, which comes on resuming', async () => {
    const { gateway, discord, alice } = scene();
    const seen = lastSequence(gateway);
    discord.inject({ kind: 'drop-connection' });

    const reply = alice.runs('video', { prompt: 'later' });
    await gateway.closed();
    expect(gateway.received.filter(isInteraction)).toEqual([]);
    const again = await hello(gatewayUrl(discord));
    again.send(6, { token: discord.token, session_id: sessionOf(gateway), seq: seen });

    await interactionEvent(again, reply.interactionId);
    expect(reply.deliveryTries).toBe(1);
    again.socket.terminate();
  });

  test('a fault can refuse one session that could have been resumed', async () => {
    const { gateway, discord } = scene();
    discord.inject({ kind: 'invalid-session' });
    discord.dropGateway();
    await gateway.closed();

    const again = await hello(gatewayUrl(discord));
    again.send(6, { token: discord.token, session_id: sessionOf(gateway), seq: 1 });

    expect(await again.next(({ op }) => op === 9)).toMatchObject({ d: false });
    again.socket.terminate();
  });
});

describe('a fault that leaves a login unanswered', () => {
  test('an unanswered RESUME still acknowledges heartbeats but delivers nothing; the next RESUME works', async () => {
    const { gateway, discord, alice } = scene();
    const seen = lastSequence(gateway);
    const resume = { token: discord.token, session_id: sessionOf(gateway), seq: seen };
    discord.inject({ kind: 'unanswered-resume' });
    discord.dropGateway();
    await gateway.closed();

    const deaf = await hello(gatewayUrl(discord));
    deaf.send(6, resume);
    deaf.send(1, null);
    await deaf.next(({ op }) => op === 11);
    const reply = alice.runs('video', { prompt: 'unheard' });
    expect(reply.deliveryTries).toBe(0);
    expect(deaf.received.some(({ op }) => op === 0)).toBe(false);
    deaf.socket.terminate();

    const again = await hello(gatewayUrl(discord));
    again.send(6, resume);
    await interactionEvent(again, reply.interactionId);
    again.socket.terminate();
  });

  test('an unanswered IDENTIFY still acknowledges heartbeats', async () => {
    const { discord } = scene();
    discord.inject({ kind: 'unanswered-identify' });

    const deaf = await hello(gatewayUrl(discord));
    deaf.send(2, { token: discord.token, intents: 1, properties: {} });
    deaf.send(1, null);
    await deaf.next(({ op }) => op === 11);

    expect(deaf.received.some(({ t }) => t === 'READY')).toBe(false);
    deaf.socket.terminate();
  });
});

describe('the resume host', () => {
  test('the resume host fails alone, as often as configured, and then resumes', async () => {
    const { gateway, discord } = scene();
    const ready = gateway.received.find(({ t }) => t === 'READY');
    const { resume_gateway_url: url } = readySchema.parse(ready?.d);
    const seen = lastSequence(gateway);
    discord.inject({ kind: 'dead-resume-host' });
    discord.dropGateway();
    await gateway.closed();

    await expect(handshake(`${url}?v=10&encoding=json`)).rejects.toThrow('503');
    const fresh = await hello(gatewayUrl(discord));
    const again = await hello(`${url}?v=10&encoding=json`);
    again.send(6, { token: discord.token, session_id: sessionOf(gateway), seq: seen });
    await again.next(({ t }) => t === 'RESUMED');

    const refused = discord.journal
      .filter((entry) => entry.kind === 'gateway')
      .filter(({ direction }) => direction === 'refused');
    expect(refused).toMatchObject([{ what: expect.stringContaining('503 /resume') }]);
    fresh.socket.terminate();
    again.socket.terminate();
  });
});

describe('a reset token', () => {
  test('a reset token ends the session with 4004 and opens no other', async () => {
    const { gateway, discord } = scene();

    discord.resetToken();

    expect(await gateway.closed()).toBe(4004);
    expect((await call(discord, 'GET /gateway/bot')).status).toBe(401);
    const again = await hello(gatewayUrl(discord));
    again.send(2, { token: discord.token, intents: 1, properties: {} });
    expect(await again.closed()).toBe(4004);
  });
});

describe('a guild', () => {
  test('an unavailable guild is named at login without its data, and comes back', async () => {
    const { gateway, discord, guild } = scene();

    guild.setOutage(true);
    expect(await gateway.next(({ t }) => t === 'GUILD_DELETE')).toMatchObject({
      d: { id: guild.id, unavailable: true },
    });
    const fresh = await connect(discord);
    fresh.send(1, null);
    await fresh.next(({ op }) => op === 11);
    expect(fresh.received.some(({ t }) => t === 'GUILD_CREATE')).toBe(false);

    guild.setOutage(false);
    await fresh.next(({ t }) => t === 'GUILD_CREATE');
    fresh.socket.terminate();
  });

  test('a guild that the bot joins or leaves is announced', async () => {
    const { gateway, discord } = scene();

    const added = discord.addGuild({ name: 'Late' });
    added.removeBot();

    await gateway.next(({ t, d }) => t === 'GUILD_CREATE' && JSON.stringify(d).includes('Late'));
    await gateway.next(({ t, d }) => t === 'GUILD_DELETE' && JSON.stringify(d).includes(added.id));
    expect(() => added.member('bob').runs('video', { prompt: 'x' })).toThrow('not in this server');
  });
});

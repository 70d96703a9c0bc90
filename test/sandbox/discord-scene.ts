/** A sandbox Discord with one guild, a hand-written bot, and a clock that the test moves. */
import { afterEach, beforeEach, expect } from 'vitest';

import type { Member } from '#sandbox/discord/actors.ts';
import {
  startDiscord,
  type DiscordOptions,
  type DiscordSandbox,
} from '#sandbox/discord/discord.ts';
import type { GuildHandle } from '#sandbox/discord/guild.ts';
import { loadOpenApi, type OpenApi } from '#sandbox/discord/openapi.ts';
import type { Reply } from '#sandbox/discord/reply.ts';
import { systemClock } from '#src/clock.ts';

import { VIDEO_COMMAND } from './discord-bot.ts';
import {
  call,
  connect,
  interactionEvent,
  type WireAnswer,
  type WireGateway,
  type WireInteraction,
  type WireRequest,
} from './discord-wire.ts';

export const V2 = 32_768;
export const EPHEMERAL = 64;
export const LOADING = 128;

export function text(content: string) {
  return { type: 10, content };
}

export function button(customId: string, label = 'Press') {
  return { type: 2, style: 1, custom_id: customId, label };
}

export function row(...components: unknown[]) {
  return { type: 1, components };
}

export interface Scene {
  readonly discord: DiscordSandbox;
  readonly guild: GuildHandle;
  readonly gateway: WireGateway;
  readonly alice: Member;
  readonly channelId: string;
  /** Moves the clock. */
  pass(ms: number): void;
  call(route: string, request?: WireRequest): Promise<WireAnswer>;
  /** A member, Alice by default, runs `/video`; the bot has received it and not responded yet. */
  asked(member?: Member): Promise<Asked>;
  /** Like `asked`, and the bot has responded with this callback. */
  answered(callback: unknown, member?: Member): Promise<Asked>;
  /** Sends a message with the bot's own token. */
  sent(json: unknown, files?: WireRequest['files']): Promise<WireAnswer>;
}

export interface Asked {
  readonly reply: Reply;
  readonly interaction: WireInteraction;
  /** `/interactions/…/callback` of this interaction. */
  readonly callback: string;
  /** `/webhooks/…` of this interaction. */
  readonly webhook: string;
}

/** A well-behaved bot causes no complaints. */
export function expectClean(discord: DiscordSandbox): void {
  expect(discord.unknownRoutes).toEqual([]);
  expect(discord.internalErrors).toEqual([]);
  expect(discord.pendingFaults()).toEqual([]);
  expect(discord.schemaFaults).toEqual([]);
  expect(discord.responseFaults).toEqual([]);
}

export function useScene(options: DiscordOptions = {}): () => Scene {
  let scene: Scene | undefined;
  let openApi: OpenApi | undefined;

  beforeEach(async () => {
    const file = process.env['DISCORD_OPENAPI_FILE'] ?? '';
    if (file !== '') openApi ??= await loadOpenApi(file);
    scene = await setScene({ ...options, openApi });
  });

  afterEach(async () => {
    const used = current();
    used.gateway.socket.terminate();
    await used.discord.close();
    expect(used.discord.internalErrors).toEqual([]);
    expect(used.discord.pendingFaults()).toEqual([]);
    expect(used.discord.responseFaults).toEqual([]);
  });

  function current(): Scene {
    if (scene === undefined) throw new Error('Only inside a test');
    return scene;
  }
  return current;
}

async function setScene(options: DiscordOptions): Promise<Scene> {
  let passedMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + passedMs };
  const discord = await startDiscord({ clock, ...options });
  const guild = discord.addGuild({ name: 'Film club', channels: ['general', 'videos'] });
  const gateway = await connect(discord);
  const commands = `/applications/${discord.applicationId}/commands`;
  await call(discord, `PUT ${commands}`, { json: [VIDEO_COMMAND] });
  const alice = guild.member('alice');

  async function asked(member = alice): Promise<Asked> {
    const reply = member.runs('video', { prompt: 'a lake' });
    const interaction = await interactionEvent(gateway, reply.interactionId);
    return {
      reply,
      interaction,
      callback: `/interactions/${interaction.id}/${interaction.token}/callback`,
      webhook: `/webhooks/${discord.applicationId}/${interaction.token}`,
    };
  }

  return {
    discord,
    guild,
    gateway,
    alice,
    channelId: guild.channel().id,
    pass: (ms) => {
      passedMs += ms;
    },
    call: (route, request) => call(discord, route, request),
    asked,
    async answered(callback, member) {
      const question = await asked(member);
      const request = { json: callback, authorization: null };
      const answer = await call(discord, `POST ${question.callback}`, request);
      expect(answer).toMatchObject({ status: 204 });
      return question;
    },
    sent: (json, files) =>
      call(discord, `POST /channels/${guild.channel().id}/messages`, {
        json,
        ...(files ? { files } : {}),
      }),
  };
}

/** One thing that Discord refuses, and how. */
export interface RefusalRow {
  readonly name: string;
  readonly act: (scene: Scene) => Promise<WireAnswer>;
  readonly status: number;
  readonly code: number;
  /** Found somewhere in the response’s nested errors. */
  readonly detail?: string;
}

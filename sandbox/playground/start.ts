/** The whole playground: sandbox, the bot in a separate process, and the page’s server. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { MINUTE } from '../../src/clock.ts';
import { NotOffered } from '../discord/not-offered-error.ts';
import type { VendorOptions } from '../vendor/vendor.ts';
import { startWorld, type World } from '../world.ts';
import { Acts, readAct } from './acts.ts';
import { BotKeeper } from './bot-keeper.ts';
import { bundlePage } from './bundle.ts';
import { assembleCast, type Cast, type Person } from './cast.ts';
import {
  readForm,
  sendBytes,
  sendJson,
  sendText,
  serveWeb,
  type WebRequest,
  type WebRoute,
} from './http.ts';
import { openPanel } from './panel.ts';
import { Updates } from './updates.ts';
import { viewJson } from './view.ts';

export interface PlaygroundOptions {
  /** The page’s port; 0 for any free one. */
  readonly port?: number | undefined;
  readonly vendor?: VendorOptions | undefined;
}

export interface Playground extends AsyncDisposable {
  readonly url: string;
  readonly world: World;
  readonly cast: Cast;
  readonly bot: BotKeeper;
  /** Why videos are stand-ins; undefined when ffmpeg renders them. */
  readonly standIns: string | undefined;
  close(): Promise<void>;
}

/** Long enough to see the bot wait, but no longer. */
const DEFAULT_VENDOR = { queueMs: 2_000, renderMs: 6_000 } as const satisfies VendorOptions;

const pagePath = (name: string): string =>
  fileURLToPath(new URL(`./page/${name}`, import.meta.url));

export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const script = await bundlePage(pagePath('main.ts'));
  const world = await startWorld({ vendor: { ...DEFAULT_VENDOR, ...options.vendor } });
  const cast = assembleCast(world.discord);
  const standIns = (await world.vendor.rendersVideos())
    ? undefined
    : 'ffmpeg is not installed: every video is the same stored stand-in clip.';
  const updates = new Updates();
  const bot = new BotKeeper({
    environment: world.environment,
    folder: world.folder,
    onChange: () => updates.changed(),
  });
  const renderMs = options.vendor?.renderMs ?? DEFAULT_VENDOR.renderMs;
  const panel = openPanel({ world, cast, bot, renderMs });
  const scene = { world, cast, bot, updates, standIns, acts: new Acts() };
  const web = await serveWeb(
    {
      'GET /': sendPart('index.html', 'text/html'),
      'GET /style.css': sendPart('style.css', 'text/css'),
      'GET /message.css': sendPart('message/style.css', 'text/css'),
      'GET /page.js': ({ response }) => sendText(response, 200, script, 'text/javascript'),
      'GET /files': (request) => sendFile(scene, request),
      'GET /updates': updatesRoute(scene),
      'POST /acts': actsRoute(scene),
      'GET /panel': ({ response }) => sendJson(response, 200, panel.view()),
      'POST /panel': async (request) => {
        panel.perform(await readForm(request));
        updates.changed();
        sendJson(request.response, 200, {});
      },
    },
    options.port ?? 0,
  ).catch(async (error: unknown) => {
    await world.close();
    throw error;
  });
  bot.start();
  const close = async (): Promise<void> => {
    await web.close();
    await bot.stop();
    panel.close();
    await world.close();
  };
  return { url: web.url, world, cast, bot, standIns, close, [Symbol.asyncDispose]: close };
}

interface Scene {
  readonly world: World;
  readonly cast: Cast;
  readonly bot: BotKeeper;
  readonly updates: Updates;
  readonly acts: Acts;
  readonly standIns: string | undefined;
}

function sendPart(name: string, contentType: string): WebRoute {
  return async ({ response }) =>
    sendText(
      response,
      200,
      await readFile(pagePath(name), 'utf8'),
      `${contentType}; charset=utf-8`,
    );
}

function sendFile({ world, cast }: Scene, web: WebRequest): void {
  const [first] = cast.people;
  const id = web.url.pathname.split('/')[2] ?? '';
  const file = first && world.discord.clientOf(first).file(id);
  if (file === undefined) return sendText(web.response, 404, 'This file is gone');
  sendBytes(web, file.bytes, file.contentType ?? 'application/octet-stream');
}

function updatesRoute({ world, cast, bot, updates, standIns, acts }: Scene): WebRoute {
  for (const person of cast.people.slice(0, 1))
    world.discord.clientOf(person).onChange(() => updates.changed());
  return (web) => {
    const person = personOf(cast, web.url);
    const client = world.discord.clientOf(person);
    updates.open(web, () =>
      viewJson({
        client,
        person,
        people: cast.people,
        channelId: web.url.searchParams.get('channel') ?? undefined,
        sinceMs: Number(web.url.searchParams.get('since') ?? Date.now() - 10 * MINUTE),
        botId: world.discord.applicationId,
        botState: bot.state,
        standIns,
        commandNames: acts.commandNames,
      }),
    );
  };
}

function actsRoute({ cast, updates, acts }: Scene): WebRoute {
  return async (web) => {
    const person = personOf(cast, web.url);
    const { act, files } = await readAct(await readForm(web));
    const server = web.url.searchParams.get('server') ?? '';
    const member = person.memberOf.get(server) ?? [...person.memberOf.values()][0];
    if (member === undefined) throw new Error(`${person.name} is in no server`);
    member.speaks(web.url.searchParams.get('locale') ?? 'en-US');
    try {
      sendJson(web.response, 200, await acts.perform(member, act, files));
    } catch (error) {
      if (!(error instanceof NotOffered)) throw error;
      sendJson(web.response, 400, { error: error.message });
    }
    updates.changed();
  };
}

/** The person named in the address; the first when there is none. */
function personOf({ people }: Cast, { searchParams }: URL): Person {
  const person = people.find(({ id }) => id === searchParams.get('person')) ?? people[0];
  if (person === undefined) throw new Error('Nobody is here');
  return person;
}

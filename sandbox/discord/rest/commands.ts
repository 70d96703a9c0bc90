/** Registering commands (Discord developer docs, "Application Commands"). */
import { z } from 'zod';

import type { CommandRecord, Store } from '../store.ts';
import { commandListFaults, commandSchema, type CommandBody } from './command-rules.ts';
import { json, param, parseBody, type ApiAnswer, type ApiRequest } from './http.ts';
import { refusal, refuseFaults } from './refusals.ts';
import type { Route } from './router.ts';

const GLOBAL = '/applications/:app/commands';
const IN_GUILD = '/applications/:app/guilds/:guild/commands';
const OPEN_API_GLOBAL = '/applications/{application_id}/commands';
const OPEN_API_IN_GUILD = '/applications/{application_id}/guilds/{guild_id}/commands';

export function commandRoutes(store: Store): Route[] {
  const global = { template: GLOBAL, openApiPath: OPEN_API_GLOBAL, auth: 'bot' } as const;
  const inGuild = { template: IN_GUILD, openApiPath: OPEN_API_IN_GUILD, auth: 'bot' } as const;
  return [global, inGuild].flatMap((place): Route[] => [
    { ...place, method: 'PUT', handle: (request) => overwrite(store, request) },
    { ...place, method: 'GET', handle: (request) => json(commandsOf(store, request)) },
  ]);
}

/** Throws 20012 for another application, 50001 for a guild the bot is not in. */
function commandsOf(store: Store, request: ApiRequest): CommandRecord[] {
  if (param(request, 'app') !== store.settings.applicationId) throw refusal('not-this-application');
  const guildId = request.params['guild'];
  if (guildId !== undefined && store.guilds.get(guildId)?.hasBot !== true)
    throw refusal('missing-access');
  return store.commands.filter((command) => command.guild_id === guildId);
}

/** Replaces the whole list; a command that keeps its name and type keeps its id. */
function overwrite(store: Store, request: ApiRequest): ApiAnswer {
  const old = commandsOf(store, request);
  const bodies = parseBody(z.array(commandSchema), request.json);
  refuseFaults(commandListFaults(bodies));
  const guildId = request.params['guild'];
  const fresh = bodies.map((body) => recordOf(store, { body, old, guildId }));
  const others = store.commands.filter((command) => command.guild_id !== guildId);
  store.commands = [...others, ...fresh];
  store.changed();
  return json(fresh);
}

function recordOf(
  store: Store,
  { body, old, guildId }: { body: CommandBody; old: CommandRecord[]; guildId: string | undefined },
): CommandRecord {
  const type = body.type ?? 1;
  const known = old.find((command) => command.name === body.name && command.type === type);
  const permissions = body.default_member_permissions ?? null;
  return {
    nsfw: false,
    // Docs, "Bulk Overwrite": both default to what is listed here when not given.
    contexts: guildId === undefined ? [0, 1, 2] : null,
    integration_types: [0],
    ...withoutNulls(body),
    id: known?.id ?? store.nextId(),
    application_id: store.settings.applicationId,
    version: store.nextId(),
    name: body.name,
    type,
    description: body.description ?? '',
    default_member_permissions: permissions === null ? null : String(permissions),
    ...(guildId === undefined ? {} : { guild_id: guildId }),
  };
}

function withoutNulls(body: CommandBody): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null && value !== undefined),
  );
}

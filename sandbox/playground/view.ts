/** The content of one person’s page, read from their Discord client in the sandbox. */
import type { Client } from '../discord/client.ts';
import type { GuildRecord } from '../discord/store.ts';
import type { Person } from './cast.ts';
import type { BotState, PersonView, View } from './protocol.ts';

export interface ViewOptions {
  readonly client: Client;
  readonly person: Person;
  readonly people: readonly Person[];
  /** The open channel; the first of their server when they cannot see it. */
  readonly channelId: string | undefined;
  /** Older ephemeral messages and interactions are hidden, as after a reload of Discord. */
  readonly sinceMs: number;
  readonly botId: string;
  readonly botState: BotState;
  readonly standIns: string | undefined;
  readonly commandNames: ReadonlyMap<string, string>;
}

/** Returns the view as JSON; file addresses point to the playground’s own server. */
export function viewJson(options: ViewOptions): string {
  const { client, person, people, sinceMs } = options;
  const servers = client.servers();
  const direct = client.directChannel();
  const channels = servers.flatMap(({ guild }) => guild.channels);
  const channelId =
    [...channels, direct].find(({ id }) => id === options.channelId)?.id ??
    channels[0]?.id ??
    direct.id;
  const view: Loose<View> = {
    bot: { id: options.botId, state: options.botState },
    standIns: options.standIns,
    people: people.map(plain),
    me: plain(person),
    servers: servers.map(({ guild, isModerator }) => ({ ...serverOf(guild), isModerator })),
    direct: { id: direct.id, name: 'seedance' },
    channelId,
    messages: client
      .messages(channelId)
      .filter(({ isForThemAlone, createdAtMs }) => !isForThemAlone || createdAtMs >= sinceMs)
      .map(({ isForThemAlone, json }) => ({ isForThemAlone, message: json })),
    commands: client.commands(channelId),
    commandNames: Object.fromEntries(options.commandNames),
    interactions: client.interactionsSince(sinceMs).filter(({ kind }) => kind !== 'autocomplete'),
  };
  return withOwnFileAddresses(JSON.stringify(view));
}

/** Discord’s own objects are passed on as the sandbox wrote them. */
type Loose<T> = { readonly [Key in keyof T]: unknown };

function plain({ id, name, about }: Person): PersonView {
  return { id, name, about };
}

function serverOf(guild: GuildRecord) {
  return {
    id: guild.id,
    name: guild.name,
    channels: guild.channels.map(({ id, name, type }) => ({ id, name, type })),
    roles: guild.roles.map(({ id, name }) => ({ id, name })),
    members: [...guild.members.values()].map(({ user }) => ({
      id: user.id,
      name: user.username,
      isBot: user.isBot,
    })),
  };
}

const FILE_ADDRESS =
  /http:\/\/127\.0\.0\.1:\d+\/(?:ephemeral-)?attachments\/\d+\/(\d+)\/([^?"\\]+)\?ex=[^"\\)\s]*/g;

/** Signed addresses change with each serialization; these stay, so that a video keeps playing during edits. */
export function withOwnFileAddresses(json: string): string {
  return json.replaceAll(FILE_ADDRESS, '/files/$1/$2');
}

/**
 * An admin’s settings for one command under Server Settings, Integrations. Bots cannot set them, but
 * are notified of them (Discord developer docs, "Application Command Permissions").
 */
import type { Gateway } from '../gateway.ts';
import type { CommandOverride, GuildRecord, Json, Store } from '../store.ts';

/** By name; true allows, false denies. */
export interface CommandOverrideOptions {
  readonly everyone?: boolean | undefined;
  readonly roles?: Readonly<Record<string, boolean>> | undefined;
  readonly members?: Readonly<Record<string, boolean>> | undefined;
  readonly allChannels?: boolean | undefined;
  readonly channels?: Readonly<Record<string, boolean>> | undefined;
}

/** Discord developer docs, "Application Command Permission Type". */
const TARGET = { role: 1, member: 2, channel: 3 } as const;

interface Office {
  readonly store: Store;
  readonly gateway: Gateway;
  readonly guild: GuildRecord;
  /** Each returns the id of a name, or throws. */
  readonly find: Readonly<Record<keyof typeof TARGET, (name: string) => string>>;
}

/** Throws for a command that is not registered. */
export function overrideCommand(
  { store, gateway, guild, find }: Office,
  commandName: string,
  options: CommandOverrideOptions,
): void {
  const command = store.commands.find(
    (one) => one.name === commandName && (one.guild_id ?? guild.id) === guild.id,
  );
  if (command === undefined) throw new Error(`No command ${commandName} is registered`);
  const override: CommandOverride = {
    everyone: options.everyone,
    roles: byId(options.roles, find.role),
    members: byId(options.members, find.member),
    allChannels: options.allChannels,
    channels: byId(options.channels, find.channel),
  };
  guild.commandOverrides.set(command.id, override);
  gateway.dispatch('APPLICATION_COMMAND_PERMISSIONS_UPDATE', guild.id, {
    id: command.id,
    application_id: store.settings.applicationId,
    guild_id: guild.id,
    permissions: permissionsJson(guild, override),
  });
}

function byId(
  names: Readonly<Record<string, boolean>> = {},
  find: (name: string) => string,
): Record<string, boolean> {
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [find(name), value]));
}

/** Everyone is represented by the guild’s id, and all channels by that minus one. */
function permissionsJson(guild: GuildRecord, override: CommandOverride): Json[] {
  const { everyone, allChannels } = override;
  const allChannelsId = (BigInt(guild.id) - 1n).toString();
  return [
    ...listed(
      { ...override.roles, ...(everyone === undefined ? {} : { [guild.id]: everyone }) },
      TARGET.role,
    ),
    ...listed(override.members, TARGET.member),
    ...listed(
      {
        ...override.channels,
        ...(allChannels === undefined ? {} : { [allChannelsId]: allChannels }),
      },
      TARGET.channel,
    ),
  ];
}

function listed(entries: Readonly<Record<string, boolean>>, type: number): Json[] {
  return Object.entries(entries).map(([id, permission]) => ({ id, type, permission }));
}

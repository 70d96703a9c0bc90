/** Roles of a guild, as changed by a person with that permission; the bot is told. */
import type { Gateway } from './gateway.ts';
import { roleJson } from './guild-json.ts';
import type { GuildRecord, RoleRecord, Store } from './store.ts';

interface Place {
  readonly store: Store;
  readonly gateway: Gateway;
  readonly guild: GuildRecord;
}

/** The role of that name, created when it does not exist; given permissions are set. */
export function ensureRole(place: Place, name: string, permissions?: bigint): RoleRecord {
  const { store, gateway, guild } = place;
  const known = guild.roles.find((role) => role.name === name);
  if (known !== undefined && permissions === undefined) return known;
  const role = known ?? { id: store.nextId(), name, permissions: 0n };
  role.permissions = permissions ?? 0n;
  if (known === undefined) guild.roles.push(role);
  const event = known === undefined ? 'GUILD_ROLE_CREATE' : 'GUILD_ROLE_UPDATE';
  gateway.dispatch(event, guild.id, { guild_id: guild.id, role: roleJson(guild, role) });
  store.changed();
  return role;
}

/** Throws when there is none. */
export function roleNamed(guild: GuildRecord, name: string): RoleRecord {
  const role = guild.roles.find((one) => one.name === name);
  if (role === undefined) throw new Error(`No role ${name} in ${guild.name}`);
  return role;
}

/** Every member loses the role. */
export function removeRole({ store, gateway, guild }: Place, name: string): void {
  const { id } = roleNamed(guild, name);
  guild.roles.splice(
    guild.roles.findIndex((role) => role.id === id),
    1,
  );
  for (const member of guild.members.values())
    member.roleIds = member.roleIds.filter((roleId) => roleId !== id);
  gateway.dispatch('GUILD_ROLE_DELETE', guild.id, { guild_id: guild.id, role_id: id });
  store.changed();
}

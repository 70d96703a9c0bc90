/** Which commands a member’s client offers. */
import { NotOffered } from '../not-offered-error.ts';
import { hasPermissions, memberPermissions } from '../permissions.ts';
import { COMMAND_TYPE } from '../rest/command-rules.ts';
import type {
  ChannelRecord,
  CommandOverride,
  CommandRecord,
  GuildChannelRecord,
  GuildRecord,
  MemberRecord,
  Store,
} from '../store.ts';

/** Discord developer docs, "Interaction Context Types". */
export const CONTEXT = { guild: 0, direct: 1 } as const;

interface Wanted {
  readonly name: string;
  /** Discord's type of command. */
  readonly type: number;
  readonly guild: GuildRecord;
  readonly member: MemberRecord;
  readonly channel: ChannelRecord;
}

/** Throws `NotOffered` when the command does not exist, is not for this channel, or is not for the member. */
export function offeredCommand(store: Store, wanted: Wanted): CommandRecord {
  const { type, guild, member, channel } = wanted;
  const isDirect = channel.kind === 'direct';
  const name = type === COMMAND_TYPE.chatInput ? `/${wanted.name}` : `"${wanted.name}"`;
  const command = store.commands.find(
    (one) =>
      one.name === wanted.name &&
      one.type === type &&
      (one.guild_id === undefined || (!isDirect && one.guild_id === guild.id)),
  );
  if (command === undefined) throw new NotOffered(`No command ${name} is registered`);
  if (!isOfferedIn(command, isDirect ? CONTEXT.direct : CONTEXT.guild))
    throw new NotOffered(`${name} is not for ${isDirect ? 'direct messages' : 'servers'}`);
  if (channel.kind === 'direct') return command;
  if (!guild.hasCommands) throw new NotOffered('The bot is not in this server');
  if (!isAllowed(guild, { command, member, channel }))
    throw new NotOffered(`${name} is not shown to ${member.user.username}`);
  return command;
}

/** Every command of every type that the person’s client lists in the channel. */
export function offeredCommands(
  store: Store,
  place: Omit<Wanted, 'name' | 'type'>,
): CommandRecord[] {
  return store.commands.filter(({ name, type }) => {
    try {
      offeredCommand(store, { ...place, name, type });
      return true;
    } catch (error) {
      if (error instanceof NotOffered) return false;
      throw error;
    }
  });
}

function isOfferedIn({ contexts }: CommandRecord, context: number): boolean {
  return !Array.isArray(contexts) || contexts.includes(context);
}

interface Attempt {
  readonly command: CommandRecord;
  readonly member: MemberRecord;
  readonly channel: GuildChannelRecord;
}

/**
 * Discord developer docs, "Application Command Permissions": administrators always; then an admin’s
 * settings for the channel, the member, their roles (one that allows is enough) and everyone;
 * and only without any of these, the command’s default permissions.
 */
function isAllowed(guild: GuildRecord, { command, member, channel }: Attempt): boolean {
  const own = memberPermissions(guild, member);
  if (hasPermissions(own, 'Administrator')) return true;
  const override = guild.commandOverrides.get(command.id);
  if (override !== undefined) {
    if ((override.channels[channel.id] ?? override.allChannels) === false) return false;
    const decided = decidedFor(override, member);
    if (decided !== undefined) return decided;
  }
  const needed = command['default_member_permissions'];
  if (typeof needed !== 'string') return true;
  return needed !== '0' && (own & BigInt(needed)) === BigInt(needed);
}

function decidedFor(override: CommandOverride, member: MemberRecord): boolean | undefined {
  const forMember = override.members[member.user.id];
  if (forMember !== undefined) return forMember;
  const forRoles = member.roleIds.flatMap((id) => override.roles[id] ?? []);
  return forRoles.length > 0 ? forRoles.includes(true) : override.everyone;
}

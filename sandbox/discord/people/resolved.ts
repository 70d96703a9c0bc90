/**
 * The objects that Discord adds to the ids a member picked (Discord developer docs, "Resolved Data
 * Structure"), with the client’s own checks.
 */
import { storeFile } from '../cdn.ts';
import { isOfferedFile } from '../file-types.ts';
import { everyoneRole, partialChannelJson, partialMemberJson, roleJson } from '../guild-json.ts';
import { userJson, type JsonWriter } from '../message-json.ts';
import { NotOffered } from '../not-offered-error.ts';
import { memberPermissions } from '../permissions.ts';
import type { ChannelRecord, GuildRecord, Json, MemberRecord, Store } from '../store.ts';

/** A file that a member picks. With `url`, its attachment claims that address instead of the CDN’s. */
export interface SandboxFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType?: string | undefined;
  readonly url?: string | undefined;
}

/** Where a member is while they fill something in. */
export interface FillContext {
  readonly store: Store;
  readonly writer: JsonWriter;
  readonly channel: ChannelRecord;
  /** Both undefined in direct messages. */
  readonly guild: GuildRecord | undefined;
  readonly member: MemberRecord | undefined;
  /** The member’s upload limit here, per file. */
  readonly limitBytes: number;
}

type Entries = Record<string, Json>;

export interface Resolved {
  readonly attachments: Entries;
  readonly users: Entries;
  readonly members: Entries;
  readonly roles: Entries;
  readonly channels: Entries;
  readonly messages: Entries;
}

export function nothingResolved(): Resolved {
  return { attachments: {}, users: {}, members: {}, roles: {}, channels: {}, messages: {} };
}

/** The field `resolved`; omitted when there is nothing. */
export function resolvedField(resolved: Resolved): Json {
  const filled = Object.entries(resolved).filter(([, entries]) => Object.keys(entries).length > 0);
  return filled.length === 0 ? {} : { resolved: Object.fromEntries(filled) };
}

/** Any person can be named by id; one outside the guild comes without a member. */
export function resolveUser({ store, guild }: FillContext, id: string, into: Resolved): void {
  const user = store.users.get(id);
  if (user === undefined) throw new NotOffered(`No person has the id ${id}`);
  into.users[id] = userJson(user);
  const member = guild?.members.get(id);
  if (guild === undefined || member === undefined) return;
  const permissions = memberPermissions(guild, member).toString();
  into.members[id] = { ...partialMemberJson(member), permissions };
}

/** What a user command’s interaction contains about its person. */
export function targetUser(context: FillContext, id: string): Json {
  const resolved = nothingResolved();
  resolveUser(context, id, resolved);
  return { target_id: id, ...resolvedField(resolved) };
}

/** The everyone role can be picked like any other. */
export function resolveRole({ guild }: FillContext, id: string, into: Resolved): void {
  const role = guild && [everyoneRole(guild), ...guild.roles].find((one) => one.id === id);
  if (guild === undefined || role === undefined) throw new NotOffered(`No role ${id} here`);
  into.roles[id] = roleJson(guild, role);
}

export function resolveMentionable(context: FillContext, id: string, into: Resolved): void {
  const isUser = context.store.users.has(id);
  if (isUser) resolveUser(context, id, into);
  else resolveRole(context, id, into);
}

const MENTION = /<(?<sign>@[!&]?|#)(?<id>\d+)>/g;

/**
 * Known users, roles and channels that a text mentions are sent too. Source: JDA,
 * `OptionMapping.getMentions`: "Resolved mentions for a STRING option".
 */
export function resolveMentions(context: FillContext, text: string, into: Resolved): void {
  const { store, guild } = context;
  for (const { groups } of text.matchAll(MENTION)) {
    const { sign = '', id = '' } = groups ?? {};
    if (sign === '#' && guild?.channels.some((one) => one.id === id) === true) {
      resolveChannel(context, { id, types: [] }, into);
    }
    if (sign === '@&' && guild?.roles.some((one) => one.id === id) === true) {
      resolveRole(context, id, into);
    }
    if ((sign === '@' || sign === '@!') && store.users.has(id)) resolveUser(context, id, into);
  }
}

interface PickedChannel {
  readonly id: string;
  /** The channel types on offer; all when there are none. */
  readonly types: readonly number[];
}

export function resolveChannel(
  { store, guild, member }: FillContext,
  { id, types }: PickedChannel,
  into: Resolved,
): void {
  const channel = guild?.channels.find((one) => one.id === id);
  if (guild === undefined || member === undefined || channel === undefined)
    throw new NotOffered(`No channel ${id} here`);
  if (types.length > 0 && !types.includes(channel.type))
    throw new NotOffered(`The channel ${channel.name} is not offered: its type is ${channel.type}`);
  into.channels[id] = partialChannelJson(store, channel, memberPermissions(guild, member));
}

interface PickedFile {
  readonly file: SandboxFile;
  readonly types: readonly string[] | null | undefined;
}

/** Stores the file where Discord puts uploads to options and forms; returns its id. */
export function resolveFile(
  context: FillContext,
  { file, types }: PickedFile,
  into: Resolved,
): string {
  if (!isOfferedFile(file.name, types)) throw new NotOffered(`The picker hides ${file.name}`);
  if (file.bytes.byteLength > context.limitBytes)
    throw new NotOffered(`${file.name} is over the member's limit of ${context.limitBytes} bytes`);
  const stored = storeFile(context.store, {
    ...file,
    channelId: context.channel.id,
    isEphemeral: true,
  });
  into.attachments[stored.id] = context.writer.attachment(stored);
  return stored.id;
}

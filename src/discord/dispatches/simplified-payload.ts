/** Simplifies payloads that discord.js cannot read. Pure; returns copies. */
import { z } from 'zod';

const recordSchema = z.record(z.string(), z.unknown());
type Interaction = Readonly<Record<string, unknown>>;

/** Returns a copy without null keys and entries: the library handles absent fields, but not null ones. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNulls);
  const record = recordOf(value);
  if (record === undefined) return value;
  const kept = Object.entries(record).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

/**
 * Returns an interaction with every field that the library needs: empty ones that the bot does not use
 * (entitlements, installation owners), and ones that Discord also sends in another place.
 *
 * @param applicationId this bot's id, if known
 */
export function completedInteraction(payload: unknown, applicationId?: string): unknown {
  const interaction = recordOf(payload);
  if (interaction === undefined) return payload;
  return {
    ...interaction,
    ...idIn('application_id', [interaction['application_id'], applicationId]),
    ...idIn('guild_id', [interaction['guild_id'], recordOf(interaction['guild'])?.['id']]),
    entitlements: [],
    authorizing_integration_owners: recordOf(interaction['authorizing_integration_owners']) ?? {},
    ...completedChannel(interaction),
    ...completedMember(interaction),
    ...completedData(interaction),
  };
}

/** Returns the field with the first valid id, or no field. */
function idIn(field: string, candidates: readonly unknown[]): Record<string, unknown> {
  const id = candidates.find(isId);
  return id === undefined ? {} : { [field]: id };
}

/** Completes the channel's id, the only field used, which Discord sends in up to three places. */
function completedChannel({ channel, channel_id: channelId, message }: Interaction) {
  const known = recordOf(channel);
  const { id } = idIn('id', [known?.['id'], channelId, recordOf(message)?.['channel_id']]);
  return id === undefined ? {} : { channel: { ...known, id } };
}

/**
 * Completes the member. Missing roles become null, because the library would treat absent roles as none,
 * and a member without roles has other limits. A user beside the member is the member's user.
 */
function completedMember({ member, user }: Interaction) {
  const known = recordOf(member);
  if (known === undefined) return {};
  const roles = Array.isArray(known['roles']) ? known['roles'].filter(isId) : null;
  return { member: { ...known, user: known['user'] ?? user, roles } };
}

/** Keeps an invalid option as one without a name, because a removed one would go unnoticed. */
function completedData({ data }: Interaction) {
  const known = recordOf(data);
  return Array.isArray(known?.['options'])
    ? { data: { ...known, options: completedOptions(known['options']) } }
    : {};
}

function completedOptions(options: readonly unknown[]): unknown[] {
  return options.map((one) => {
    const option = recordOf(one) ?? {};
    const { options: inner } = option;
    return Array.isArray(inner) ? { ...option, options: completedOptions(inner) } : option;
  });
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/**
 * Like `completedInteraction`, but without nulls except for the roles, and with only the id of the message
 * that a button or form came from.
 */
export function simplifiedInteraction(payload: unknown, applicationId?: string): unknown {
  const known = recordOf(withoutNulls(completedInteraction(payload, applicationId)));
  if (known === undefined) return payload;
  const interaction: Interaction = { ...known, ...completedMember(known) };
  const isFromMessage =
    interaction['message'] !== undefined || 'component_type' in dataOf(interaction);
  if (!isFromMessage) return interaction;
  const { id } = recordOf(interaction['message']) ?? {};
  const channelId = recordOf(interaction['channel'])?.['id'];
  return {
    ...interaction,
    message: { id: id ?? interaction['id'], channel_id: channelId },
  };
}

function dataOf(interaction: Interaction): Interaction {
  return recordOf(interaction['data']) ?? {};
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return undefined;
  return recordSchema.safeParse(value).data;
}

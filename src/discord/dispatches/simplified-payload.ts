/** Payloads made simpler where discord.js cannot read them. Pure; the payload itself stays as it came. */
import { z } from 'zod';

const recordSchema = z.record(z.string(), z.unknown());
type Interaction = Readonly<Record<string, unknown>>;

/** A copy without the keys and entries that are null: the library reads what is absent, not what is null. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNulls);
  const record = recordOf(value);
  if (record === undefined) return value;
  const kept = Object.entries(record).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

/**
 * An interaction with every field that the library needs: those that we do not need either
 * (entitlements, who installed the application), and those that Discord says in more than one place.
 *
 * @param applicationId of this bot, where it is known
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

/** The field with the first id there is; nothing where there is none. */
function idIn(field: string, candidates: readonly unknown[]): Record<string, unknown> {
  const id = candidates.find(isId);
  return id === undefined ? {} : { [field]: id };
}

/** Only its id decides what is done; Discord says that in up to three places. */
function completedChannel({ channel, channel_id: channelId, message }: Interaction) {
  const known = recordOf(channel);
  const { id } = idIn('id', [known?.['id'], channelId, recordOf(message)?.['channel_id']]);
  return id === undefined ? {} : { channel: { ...known, id } };
}

/**
 * Roles of which Discord said nothing are null: the library takes absent ones for none, and the limits
 * of somebody without roles are others. Who is told beside the member, and not in it, is the member.
 */
function completedMember({ member, user }: Interaction) {
  const known = recordOf(member);
  if (known === undefined) return {};
  const roles = Array.isArray(known['roles']) ? known['roles'].filter(isId) : null;
  return { member: { ...known, user: known['user'] ?? user, roles } };
}

/** An option that is none stays as one without a name: left out, it would not be missed. */
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
 * As `completedInteraction`, without nulls but for the roles; of the message that a button or form came
 * from only the id.
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

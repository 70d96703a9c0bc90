/** Payloads made simpler where discord.js cannot read them. Pure; the payload itself stays as it came. */
import { z } from 'zod';

const recordSchema = z.record(z.string(), z.unknown());

/** A copy without the keys and entries that are null: the library reads what is absent, not what is null. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNulls);
  const record = recordOf(value);
  if (record === undefined) return value;
  const kept = Object.entries(record).filter(([, one]) => one !== null);
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutNulls(one)]));
}

/**
 * An interaction with every field that the library needs and we do not: entitlements, who installed the
 * application, and the channel beside its id.
 */
export function completedInteraction(payload: unknown): unknown {
  const interaction = recordOf(payload);
  if (interaction === undefined) return payload;
  const { channel, channel_id: channelId } = interaction;
  return {
    ...interaction,
    entitlements: [],
    authorizing_integration_owners: recordOf(interaction['authorizing_integration_owners']) ?? {},
    ...(recordOf(channel) === undefined && typeof channelId === 'string'
      ? { channel: { id: channelId } }
      : {}),
    ...completedMember(interaction),
  };
}

/** Whose roles are not told has none; who is told beside the member, and not in it, is the member. */
function completedMember({ member, user }: Readonly<Record<string, unknown>>) {
  const known = recordOf(member);
  if (known === undefined) return {};
  const roles = Array.isArray(known['roles']) ? known['roles'] : [];
  return { member: { ...known, user: known['user'] ?? user, roles } };
}

/** As `completedInteraction`, without nulls; of the message that a button or form came from only the id. */
export function simplifiedInteraction(payload: unknown): unknown {
  const interaction = recordOf(withoutNulls(completedInteraction(payload)));
  if (interaction === undefined) return payload;
  const isFromMessage =
    interaction['message'] !== undefined || 'component_type' in dataOf(interaction);
  if (!isFromMessage) return interaction;
  const { id } = recordOf(interaction['message']) ?? {};
  return {
    ...interaction,
    message: { id: id ?? interaction['id'], channel_id: interaction['channel_id'] },
  };
}

function dataOf(interaction: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return recordOf(interaction['data']) ?? {};
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return undefined;
  return recordSchema.safeParse(value).data;
}

/** Chooses in a select menu of a message: the client’s checks, and what the bot then receives. */
import { walkComponents, type Component } from '../component-schema.ts';
import { NotOffered } from '../not-offered-error.ts';
import { currentState, type Json, type MessageRecord } from '../store.ts';
import {
  nothingResolved,
  resolveChannel,
  resolvedField,
  resolveMentionable,
  resolveRole,
  resolveUser,
  type FillContext,
  type Resolved,
} from './resolved.ts';

/** Discord developer docs, "Component Types". */
const SELECT = { text: 3, users: 5, roles: 6, mentionables: 7, channels: 8 } as const;
const SELECT_TYPES: readonly number[] = Object.values(SELECT);

/** Throws `NotOffered` when the message has no such select menu, or it is disabled. */
export function selectOf(message: MessageRecord, customId: string): Component {
  const all = [...walkComponents(currentState(message).components)];
  const found = all.find(({ component }) => component.custom_id === customId)?.component;
  if (found === undefined || !SELECT_TYPES.includes(found.type))
    throw new NotOffered(`No select menu ${customId}`);
  if (found.disabled === true) throw new NotOffered(`The select menu ${customId} is disabled`);
  return found;
}

/** Throws `NotOffered` for too many, too few or unknown values. */
export function selectData(
  context: FillContext,
  select: Component,
  values: readonly string[],
): Json {
  const min = numberOf(select['min_values'], 1);
  const max = numberOf(select['max_values'], 1);
  if (values.length < min || values.length > max)
    throw new NotOffered(`Choose ${min} to ${max}, not ${values.length}`);
  const resolved = nothingResolved();
  for (const value of values) resolve(context, { select, value, resolved });
  return {
    custom_id: select.custom_id,
    component_type: select.type,
    values,
    ...resolvedField(resolved),
  };
}

interface Chosen {
  readonly select: Component;
  readonly value: string;
  readonly resolved: Resolved;
}

function resolve(context: FillContext, { select, value, resolved }: Chosen): void {
  switch (select.type) {
    case SELECT.users:
      resolveUser(context, value, resolved);
      break;
    case SELECT.roles:
      resolveRole(context, value, resolved);
      break;
    case SELECT.mentionables:
      resolveMentionable(context, value, resolved);
      break;
    case SELECT.channels:
      resolveChannel(context, { id: value, types: channelTypes(select) }, resolved);
      break;
    default:
      if (!optionValues(select).includes(value))
        throw new NotOffered(`${value} is not one of the options`);
  }
}

function optionValues(select: Component): unknown[] {
  const options: unknown[] = Array.isArray(select['options']) ? select['options'] : [];
  return options.map((option) =>
    typeof option === 'object' && option !== null && 'value' in option ? option.value : undefined,
  );
}

function channelTypes(select: Component): number[] {
  const types: unknown[] = Array.isArray(select['channel_types']) ? select['channel_types'] : [];
  return types.filter((type) => typeof type === 'number');
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

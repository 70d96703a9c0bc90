/**
 * Changes to a payload on its way to the bot: fields omitted, null, or with undocumented
 * values. The sandbox’s own records stay unchanged.
 */
import { isRecord } from './rest/refusals.ts';
import type { Json } from './store.ts';

/**
 * The path of a field: keys and indexes joined by dots, `*` for every entry of a list or a map, as in
 * `data.resolved.attachments.*.content_type`.
 */
export type FieldPath = string;

export interface FieldChanges {
  /** Fields to omit. */
  readonly without?: readonly FieldPath[] | undefined;
  /** Fields to set to this value; missing ones are added. */
  readonly set?: Readonly<Record<FieldPath, unknown>> | undefined;
}

/** Whether every field to omit is present, and every parent of a field to set. */
export function matchesPayload(
  payload: unknown,
  { without = [], set = {} }: FieldChanges,
): boolean {
  return (
    without.every((path) => holdersOf(payload, path).some(({ holder, key }) => key in holder)) &&
    Object.keys(set).every((path) => holdersOf(payload, path).length > 0)
  );
}

/** @returns a changed copy */
export function applyChanges(payload: Json, { without = [], set = {} }: FieldChanges): Json {
  const copy = structuredClone(payload);
  for (const path of without)
    for (const { holder, key } of holdersOf(copy, path)) Reflect.deleteProperty(holder, key);
  for (const [path, value] of Object.entries(set))
    for (const { holder, key } of holdersOf(copy, path)) Reflect.set(holder, key, value);
  return copy;
}

interface Held {
  readonly holder: object;
  readonly key: string;
}

/** Every object or list that contains a path’s last key. */
function holdersOf(payload: unknown, path: FieldPath): Held[] {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let holders: unknown[] = [payload];
  for (const key of keys) holders = holders.flatMap((holder) => entriesAt(holder, key));
  return holders
    .filter((holder) => isRecord(holder) || Array.isArray(holder))
    .flatMap((holder) =>
      (last === '*' ? Object.keys(holder) : [last]).map((key) => ({ holder, key })),
    );
}

function entriesAt(holder: unknown, key: string): unknown[] {
  if (!isRecord(holder) && !Array.isArray(holder)) return [];
  if (key === '*') return Object.values(holder);
  const entry: unknown = Reflect.get(holder, key);
  return entry === undefined ? [] : [entry];
}

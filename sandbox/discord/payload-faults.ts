/**
 * Changes to a payload on its way to the bot: fields left out, null, or holding what no document
 * promises. The sandbox's own records stay as they are.
 */
import { isRecord } from './rest/refusals.ts';
import type { Json } from './store.ts';

/**
 * Where a field is: keys and indexes joined by dots, `*` for every entry of a list or a map, as in
 * `data.resolved.attachments.*.content_type`.
 */
export type FieldPath = string;

export interface FieldChanges {
  /** Fields that are left out. */
  readonly without?: readonly FieldPath[] | undefined;
  /** Fields that hold this value instead of their own; they are added where they are missing. */
  readonly set?: Readonly<Record<FieldPath, unknown>> | undefined;
}

/** Whether every field that is to be left out is there, and every parent of a field to be set. */
export function fits(payload: unknown, { without = [], set = {} }: FieldChanges): boolean {
  return (
    without.every((path) => holdersOf(payload, path).some(({ holder, key }) => key in holder)) &&
    Object.keys(set).every((path) => holdersOf(payload, path).length > 0)
  );
}

/** @returns a changed copy */
export function changed(payload: Json, { without = [], set = {} }: FieldChanges): Json {
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

/** Every object or list that a path's last key belongs to. */
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

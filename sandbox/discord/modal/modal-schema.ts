/**
 * Forms as bots open them (Discord developer docs, "Modal" and "Component Reference"), before any rule
 * is applied.
 */
import { z } from 'zod';

export const LABEL = 18;
export const TEXT_DISPLAY = 10;
export const ACTION_ROW = 1;

/** The fields that can be filled in, by the names that tests see. */
export const FIELD = {
  text: 4,
  select: 3,
  users: 5,
  roles: 6,
  mentionables: 7,
  channels: 8,
  files: 19,
  radio: 21,
  checkboxes: 22,
  checkbox: 23,
} as const;
export type FieldKind = keyof typeof FIELD;

const KINDS: ReadonlyMap<number, FieldKind> = new Map([
  [FIELD.text, 'text'],
  [FIELD.select, 'select'],
  [FIELD.users, 'users'],
  [FIELD.roles, 'roles'],
  [FIELD.mentionables, 'mentionables'],
  [FIELD.channels, 'channels'],
  [FIELD.files, 'files'],
  [FIELD.radio, 'radio'],
  [FIELD.checkboxes, 'checkboxes'],
  [FIELD.checkbox, 'checkbox'],
]);

/** Undefined for a component that cannot be filled in. */
export function fieldKind(type: number): FieldKind | undefined {
  return KINDS.get(type);
}

const fieldOptionSchema = z.looseObject({
  label: z.string(),
  value: z.string(),
  description: z.string().nullish(),
  default: z.boolean().nullish(),
});

const fieldSchema = z.looseObject({
  type: z.int(),
  id: z.int().nullish(),
  custom_id: z.string(),
  label: z.string().nullish(),
  style: z.int().nullish(),
  value: z.string().nullish(),
  placeholder: z.string().nullish(),
  required: z.boolean().nullish(),
  disabled: z.boolean().nullish(),
  default: z.boolean().nullish(),
  min_length: z.int().nullish(),
  max_length: z.int().nullish(),
  min_values: z.int().nullish(),
  max_values: z.int().nullish(),
  options: z.array(fieldOptionSchema).nullish(),
  channel_types: z.array(z.int()).nullish(),
  file_types: z.array(z.string()).nullish(),
});

const rowSchema = z.looseObject({
  type: z.int(),
  id: z.int().nullish(),
  label: z.string().nullish(),
  description: z.string().nullish(),
  content: z.string().nullish(),
  component: fieldSchema.nullish(),
  components: z.array(fieldSchema).nullish(),
});

export const modalSchema = z.looseObject({
  custom_id: z.string(),
  title: z.string(),
  components: z.array(rowSchema),
});

export type FieldOption = z.infer<typeof fieldOptionSchema>;
export type Field = z.infer<typeof fieldSchema>;
export type Row = z.infer<typeof rowSchema>;
export type Modal = z.infer<typeof modalSchema>;

/** The fields of one row: a label has one, as does an action row of the old kind. */
export function fieldsOf(row: Row): readonly Field[] {
  return row.component === undefined || row.component === null
    ? (row.components ?? [])
    : [row.component];
}

/**
 * Gives each component an id, as Discord numbers those without one: in the order of the
 * form, from 1 (Discord developer docs, "Anatomy of a Component", `id`).
 */
export function withIds(modal: Modal): Modal {
  const copy = structuredClone(modal);
  const all = copy.components.flatMap((row) => [row, ...fieldsOf(row)]);
  const taken = new Set(all.map(({ id }) => id));
  let next = 1;
  for (const component of all) {
    if (component.id !== undefined && component.id !== null && component.id !== 0) continue;
    while (taken.has(next)) next += 1;
    component.id = next;
    taken.add(next);
  }
  return copy;
}

/** The bounds on the number of choices; an optional field may stay empty. */
export function choiceBounds(field: Field): { min: number; max: number } {
  const max =
    field.max_values ?? (field.type === FIELD.checkboxes ? field.options?.length : 1) ?? 1;
  return { min: field.min_values ?? 1, max };
}

/** Discord developer docs: a field is required by default. */
export function isRequired(field: Field): boolean {
  return field.required ?? true;
}

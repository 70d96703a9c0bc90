/**
 * Fills in and submits a form: the client’s checks, and what the bot then receives (Discord developer
 * docs, "Component Reference", interaction response structures). A field that the member does not
 * change keeps its prefilled value.
 */
import {
  choiceBounds,
  fieldKind,
  fieldsOf,
  isRequired,
  type Field,
  type FieldKind,
  type Modal,
  type Row,
} from '../modal/modal-schema.ts';
import { NotOffered } from '../not-offered-error.ts';
import type { Json } from '../store.ts';
import {
  nothingResolved,
  resolveChannel,
  resolvedField,
  resolveFile,
  resolveMentionable,
  resolveRole,
  resolveUser,
  type FillContext,
  type Resolved,
  type SandboxFile,
} from './resolved.ts';

/**
 * By type of field. Text: a string. Radio group: the option’s value. Checkbox: true or false. Select,
 * checkbox group: the options' values, a single one as a string. File upload: files. Users, roles and
 * channels: their ids.
 */
export type FieldValue =
  | string
  | boolean
  | readonly string[]
  | SandboxFile
  | readonly SandboxFile[];
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** The `data` of the modal’s interaction. Throws `NotOffered` for what the client would not send. */
export function formData(context: FillContext, modal: Modal, values: FieldValues): Json {
  const known = modal.components.flatMap(fieldsOf).map(({ custom_id: customId }) => customId);
  const unknown = Object.keys(values).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new NotOffered(`The form has no field ${unknown.join(', ')}, only: ${known.join(', ')}`);
  const resolved = nothingResolved();
  const components = modal.components.map((row) => rowData(row, { context, values, resolved }));
  return { custom_id: modal.custom_id, components, ...resolvedField(resolved) };
}

interface Filling {
  readonly context: FillContext;
  readonly values: FieldValues;
  readonly resolved: Resolved;
}

function rowData(row: Row, filling: Filling): Json {
  const data = { type: row.type, id: row.id };
  if (row.component !== undefined && row.component !== null)
    return { ...data, component: fieldData(row.component, filling) };
  if (row.components === undefined || row.components === null) return data;
  return { ...data, components: row.components.map((field) => fieldData(field, filling)) };
}

type Fill = (field: Field, value: FieldValue | undefined, filling: Filling) => Json;

/** What each type of field sends: one `value`, or a list of `values`. */
const FILL: Readonly<Record<FieldKind, Fill>> = {
  text: (field, value) => ({ value: textOf(field, value) }),
  radio: (field, value) => ({ value: optionsOf(field, value, RADIO_BOUNDS)[0] ?? null }),
  checkbox: (field, value) => ({ value: checkOf(field, value) }),
  select: (field, value) => ({ values: optionsOf(field, value, boundsOf(field)) }),
  checkboxes: (field, value) => ({ values: optionsOf(field, value, boundsOf(field)) }),
  files: (field, value, filling) => ({ values: filesOf(field, value, filling) }),
  users: (field, value, filling) => ({ values: entitiesOf(field, value, filling) }),
  roles: (field, value, filling) => ({ values: entitiesOf(field, value, filling) }),
  mentionables: (field, value, filling) => ({ values: entitiesOf(field, value, filling) }),
  channels: (field, value, filling) => ({ values: entitiesOf(field, value, filling) }),
};

function fieldData(field: Field, filling: Filling): Json {
  const kind = fieldKind(field.type);
  if (kind === undefined) throw new Error(`A field of type ${field.type} cannot be filled in`);
  return {
    type: field.type,
    id: field.id,
    custom_id: field.custom_id,
    ...FILL[kind](field, filling.values[field.custom_id], filling),
  };
}

function checkOf(field: Field, value: FieldValue | undefined): boolean {
  const isChecked = value ?? field.default ?? false;
  return typeof isChecked === 'boolean' ? isChecked : refuse(field, 'it needs true or false');
}

function refuse(field: Field, why: string): never {
  throw new NotOffered(`The form would refuse ${field.custom_id}: ${why}`);
}

function textOf(field: Field, value: FieldValue | undefined): string {
  const text = value ?? field.value ?? '';
  if (typeof text !== 'string') return refuse(field, 'it needs a text');
  if (text === '' && isRequired(field)) return refuse(field, 'it must be filled in');
  if (text !== '' && text.length < (field.min_length ?? 0)) return refuse(field, 'too short');
  if (text.length > (field.max_length ?? MAX_TEXT_LENGTH)) return refuse(field, 'too long');
  if (field.style === SHORT && text.includes('\n')) return refuse(field, 'it has one line only');
  return text;
}

/** Discord developer docs, "Text Input". */
const MAX_TEXT_LENGTH = 4000;
const SHORT = 1;

type Bounds = readonly [min: number, max: number];
const RADIO_BOUNDS: Bounds = [1, 1];

/** An optional field may be left empty, whatever its minimum. */
function boundsOf(field: Field): Bounds {
  const { min, max } = choiceBounds(field);
  return [isRequired(field) ? Math.max(min, 1) : min, max];
}

function optionsOf(field: Field, value: FieldValue | undefined, bounds: Bounds): string[] {
  const options = field.options ?? [];
  const preset = options.filter((option) => option.default === true).map((option) => option.value);
  const chosen = value === undefined ? preset : textsOf(field, value);
  const unknown = chosen.filter((one) => !options.some((option) => option.value === one));
  if (unknown.length > 0) return refuse(field, `${unknown.join(', ')} is not one of its options`);
  return counted(field, chosen, bounds);
}

function textsOf(field: Field, value: FieldValue): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  return texts.length === list.length ? texts : refuse(field, 'it needs texts');
}

function counted<T>(field: Field, chosen: T[], [min, max]: Bounds): T[] {
  if (new Set(chosen).size < chosen.length) return refuse(field, 'duplicates');
  if (chosen.length > max) return refuse(field, `more than ${max}`);
  const isLeftEmpty = chosen.length === 0 && !isRequired(field);
  return chosen.length < min && !isLeftEmpty ? refuse(field, `fewer than ${min}`) : chosen;
}

function filesOf(field: Field, value: FieldValue | undefined, filling: Filling): string[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  const files = list.flatMap((one) => (isFile(one) ? [one] : refuse(field, 'it needs files')));
  return counted(field, files, boundsOf(field)).map((file) =>
    resolveFile(filling.context, { file, types: field.file_types }, filling.resolved),
  );
}

function isFile(value: unknown): value is SandboxFile {
  return typeof value === 'object' && value !== null && 'bytes' in value;
}

const RESOLVERS: Readonly<
  Record<string, (context: FillContext, id: string, into: Resolved) => void>
> = {
  users: resolveUser,
  roles: resolveRole,
  mentionables: resolveMentionable,
};

function entitiesOf(field: Field, value: FieldValue | undefined, filling: Filling): string[] {
  const ids = counted(field, value === undefined ? [] : textsOf(field, value), boundsOf(field));
  const resolve = RESOLVERS[fieldKind(field.type) ?? ''];
  for (const id of ids)
    if (resolve !== undefined) resolve(filling.context, id, filling.resolved);
    else
      resolveChannel(filling.context, { id, types: field.channel_types ?? [] }, filling.resolved);
  return ids;
}

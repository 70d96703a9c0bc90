/**
 * Every change to a payload that Discord’s OpenAPI file allows or does not exclude: read from the file
 * along a payload that was really sent, so that a new field of Discord is tested by itself.
 *
 * The file describes REST responses. Of the gateway’s events it covers the inner objects (members,
 * channels, messages), but not the outer ones: there, every field that was sent is tested.
 */
import { readFile } from 'node:fs/promises';

import type { FieldChanges, FieldPath } from '#sandbox/discord/payload-faults.ts';
import { isRecord } from '#sandbox/discord/rest/refusals.ts';

export interface Variation {
  /** For example `member.user.avatar is null`. */
  readonly name: string;
  /** Whether the file itself allows this for the field; otherwise Discord broke its contract. */
  readonly isAllowed: boolean;
  readonly changes: FieldChanges;
}

/** The schema of the value at each path, by its name in the file; `*` stands for every entry. */
export type SchemaNames = Readonly<Record<FieldPath, string>>;

type Schema = Readonly<Record<string, unknown>>;
/** Undefined when the file does not describe the value. */
type Known = Schema | undefined;

const UNKNOWN_NUMBER = 9_999;
const UNKNOWN_WORD = 'not-yet-invented';
const REFERENCE = '#/components/schemas/';

export interface FieldCatalog {
  /** @param names of the payload’s schemas, by path from its root (``) */
  variationsOf(payload: unknown, names: SchemaNames): Variation[];
}

/** @throws Error when the file is not an OpenAPI document */
export async function readFieldCatalog(file: string): Promise<FieldCatalog> {
  const document: unknown = JSON.parse(await readFile(file, 'utf8'));
  const components = isRecord(document) ? document['components'] : undefined;
  const schemas = isRecord(components) ? components['schemas'] : undefined;
  if (!isRecord(schemas)) throw new Error(`${file} is not an OpenAPI document`);
  return { variationsOf: (payload, names) => new Walk(schemas, names).variationsOf(payload) };
}

class Walk {
  readonly #schemas: Schema;
  readonly #names: SchemaNames;
  readonly #found = new Map<string, Variation>();

  constructor(schemas: Schema, names: SchemaNames) {
    this.#schemas = schemas;
    this.#names = names;
  }

  variationsOf(payload: unknown): Variation[] {
    this.#visit(payload, '', this.#named(''));
    return [...this.#found.values()];
  }

  #visit(value: unknown, path: FieldPath, schema: Known): void {
    if (Array.isArray(value)) return this.#visitEntries(value, path, this.#itemsOf(schema));
    if (!isRecord(value)) return;
    const entries = this.#mapEntriesOf(value, path, schema);
    if (entries !== undefined) return this.#visitEntries(value, path, entries.schema);
    const object = this.#branchFor(value, schema);
    const properties = propertiesOf(object);
    for (const key of new Set([...Object.keys(value), ...Object.keys(properties)])) {
      const at = path === '' ? key : `${path}.${key}`;
      const property = properties[key];
      const known = this.#named(at) ?? (isRecord(property) ? property : undefined);
      const isOptional = object !== undefined && isRecord(property) && !isRequired(object, key);
      this.#vary(at, { isSent: key in value, isOptional, schema: known });
      this.#visit(value[key], at, known);
    }
  }

  #visitEntries(list: object, path: FieldPath, schema: Known): void {
    const isList = Array.isArray(list);
    const values: readonly unknown[] = Object.values(list);
    const at = `${path}.*`;
    const known = this.#named(at) ?? schema;
    if (values.length === 0) return;
    this.#varyEnum(at, known);
    const empty = isList ? [] : {};
    this.#add({ name: `${path} is empty`, isAllowed: false, changes: { set: { [path]: empty } } });
    this.#add({ name: `${at} is null`, isAllowed: false, changes: { set: { [at]: null } } });
    for (const value of values) this.#visit(value, at, known);
  }

  #vary(
    path: FieldPath,
    { isSent, isOptional, schema }: { isSent: boolean; isOptional: boolean; schema: Known },
  ): void {
    const isAllowed = isOptional || this.#isNullable(schema);
    if (isSent)
      this.#add({
        name: `${path} is absent`,
        isAllowed: isOptional,
        changes: { without: [path] },
      });
    const changes = { set: { [path]: null } };
    if (isSent || isAllowed) this.#add({ name: `${path} is null`, isAllowed, changes });
    this.#varyEnum(path, schema);
  }

  #varyEnum(path: FieldPath, schema: Known): void {
    const value = this.#unknownOf(schema);
    if (value === undefined) return;
    this.#add({
      name: `${path} is unknown`,
      // The kind of the interaction, and the types of its options, decide what it means.
      isAllowed: this.#named(path) === undefined,
      changes: { set: { [path]: value } },
    });
  }

  #add(variation: Variation): void {
    if (!this.#found.has(variation.name)) this.#found.set(variation.name, variation);
  }

  /** The entries of a map, such as the resolved users by their ids. */
  #mapEntriesOf(
    value: Schema,
    path: FieldPath,
    schema: Known,
  ): { readonly schema: Known } | undefined {
    const named = this.#named(`${path}.*`);
    if (named !== undefined) return { schema: named };
    const of = this.#branchFor(value, schema)?.['additionalProperties'];
    return isRecord(of) ? { schema: of } : undefined;
  }

  #named(path: FieldPath): Known {
    const name = this.#names[path];
    return name === undefined ? undefined : this.#resolved({ $ref: `${REFERENCE}${name}` });
  }

  #itemsOf(schema: Known): Known {
    const { items } = this.#branchFor([], schema) ?? {};
    return isRecord(items) ? items : undefined;
  }

  /** @throws Error for a dangling reference: a name used in a test may have left the file */
  #resolved(schema: Schema): Schema {
    const { $ref: reference } = schema;
    if (typeof reference !== 'string') return schema;
    const found = this.#schemas[reference.slice(REFERENCE.length)];
    if (!isRecord(found)) throw new Error(`Discord's OpenAPI file has no ${reference}`);
    return this.#resolved(found);
  }

  #branches(schema: Known): Schema[] {
    if (schema === undefined) return [];
    const resolved = this.#resolved(schema);
    const inner = ['oneOf', 'anyOf', 'allOf'].flatMap((key) => {
      const list = resolved[key];
      return Array.isArray(list) ? list.filter(isRecord) : [];
    });
    return [resolved, ...inner.flatMap((one) => this.#branches(one))];
  }

  /** The branch of a union that fits a value: the one that knows most of its fields. */
  #branchFor(value: object, schema: Known): Known {
    const isList = Array.isArray(value);
    const fitting = this.#branches(schema).filter(({ items, properties, ...rest }) =>
      isList ? items !== undefined : isRecord(properties) || isRecord(rest['additionalProperties']),
    );
    const keys = Object.keys(value);
    return fitting.toSorted((one, other) => this.#score(other, keys) - this.#score(one, keys))[0];
  }

  #score(schema: Schema, keys: readonly string[]): number {
    const properties = propertiesOf(schema);
    const missing = requiredOf(schema).filter((key) => !new Set<unknown>(keys).has(key)).length;
    return keys.filter((key) => key in properties).length - missing;
  }

  #isNullable(schema: Known): boolean {
    return this.#branches(schema).some(({ type }) =>
      Array.isArray(type) ? type.includes('null') : type === 'null',
    );
  }

  /** A value that the file does not list, where it lists all known ones. */
  #unknownOf(schema: Known): unknown {
    const branches = this.#branches(schema);
    const listed = branches.flatMap(({ enum: list, const: one }) => [
      ...(Array.isArray(list) ? list : []),
      ...(one === undefined ? [] : [one]),
    ]);
    if (listed.length === 0) return undefined;
    return listed.some((one) => typeof one === 'string') ? UNKNOWN_WORD : UNKNOWN_NUMBER;
  }
}

function propertiesOf(schema: Known): Schema {
  const properties = schema?.['properties'];
  return isRecord(properties) ? properties : {};
}

function requiredOf(schema: Schema): readonly unknown[] {
  const required = schema['required'];
  return Array.isArray(required) ? required : [];
}

function isRequired(schema: Schema, key: unknown): boolean {
  return requiredOf(schema).includes(key);
}

/** How a database would execute a statement: the tables it reads, and the indexes it uses. */
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { Database, OpenDatabase } from '#src/storage/database.ts';

/** One way a plan reads a table. */
export interface Access {
  readonly table: string;
  /** Undefined: the whole table. */
  readonly index: string | undefined;
  /** What limits the rows read from the index, in the database’s own words; empty: nothing. */
  readonly condition: string;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type Explain = (statement: Statement) => Promise<Access[]>;

export function explainer({ database, kind }: Pick<OpenDatabase, 'database' | 'kind'>): Explain {
  return kind === 'sqlite'
    ? async (statement) => explainOnSqlite(database, statement)
    : async (statement) => explainOnPostgres(database, statement);
}

export interface NarrowIndexes {
  /** Indexes of only some rows of their table. */
  readonly partial: ReadonlySet<string>;
  /** Unique indexes, with the columns of their key. */
  readonly unique: ReadonlyMap<string, readonly string[]>;
}

export async function narrowIndexes({
  database,
  kind,
}: Pick<OpenDatabase, 'database' | 'kind'>): Promise<NarrowIndexes> {
  const { rows } = await (kind === 'sqlite' ? SQLITE_INDEXES : POSTGRES_INDEXES).execute(database);
  const unique = rows.filter((row) => Boolean(row.is_unique));
  return {
    partial: new Set(rows.filter((row) => Boolean(row.is_partial)).map(({ name }) => name)),
    unique: new Map(unique.map(({ name, columns }) => [name, columns.split(',')])),
  };
}

interface IndexRow {
  name: string;
  is_partial: number | boolean;
  is_unique: number | boolean;
  columns: string;
}

const SQLITE_INDEXES = sql<IndexRow>`
  select list.name, list.partial as is_partial, list."unique" as is_unique,
    (select group_concat(name) from pragma_index_info(list.name)) as columns
  from sqlite_master as tables, pragma_index_list(tables.name) as list
  where tables.type = 'table'`;

const POSTGRES_INDEXES = sql<IndexRow>`
  select relname as name, indpred is not null as is_partial, indisunique as is_unique,
    (select string_agg(attname, ',') from pg_attribute where attrelid = indexrelid) as columns
  from pg_index join pg_class on pg_class.oid = indexrelid
  where relnamespace = 'public'::regnamespace`;

/** For example `SEARCH jobs USING COVERING INDEX jobs_open (state=?)`, or `SCAN jobs`. */
const SQLITE_ACCESS =
  /^(?:SCAN|SEARCH) (?<table>\w+)(?: USING (?:COVERING )?INDEX (?<index>\w+))?(?: \((?<condition>.*)\))?/;
/** Names of a plan’s own results. */
const SQLITE_OWN = /^(?:CONSTANT|SUBQUERY|CO-ROUTINE)\b|^\(/;

async function explainOnSqlite(database: Database, { sql: text }: Statement): Promise<Access[]> {
  const { rows } = await raw<{ detail: string }>(`explain query plan ${text}`).execute(database);
  return rows.flatMap(({ detail }) => {
    const { table, index, condition = '' } = SQLITE_ACCESS.exec(detail)?.groups ?? {};
    if (table === undefined || SQLITE_OWN.test(detail.replace(/^\w+ /, ''))) return [];
    return [{ table, index, condition }];
  });
}

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Index Cond'?: string | undefined;
  Plans?: PlanNode[] | undefined;
}

const planNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Relation Name': z.string().optional(),
    'Index Name': z.string().optional(),
    'Index Cond': z.string().optional(),
    Plans: z.array(planNode).optional(),
  }),
);
const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })]);

async function explainOnPostgres(
  database: Database,
  { sql: text, parameters }: Statement,
): Promise<Access[]> {
  const { rows } = await database.executeQuery({
    ...raw(`explain (format json) ${text}`).compile(database),
    parameters,
  });
  const [
    {
      'QUERY PLAN': [{ Plan: plan }],
    },
  ] = explained.parse(rows);
  return accessesOf(plan);
}

/** In a plan, the index of a bitmap is nested below the table that is read with it. */
function accessesOf(node: PlanNode, ofBitmap?: string): Access[] {
  const table = node['Relation Name'];
  const { 'Index Name': index, 'Index Cond': condition = '' } = node;
  const below = (node.Plans ?? []).flatMap((each) => accessesOf(each, table ?? ofBitmap));
  if (node['Node Type'] === 'Bitmap Index Scan') {
    return [{ table: ofBitmap ?? '', index, condition }];
  }
  const isReading = node['Node Type'].endsWith('Scan') && table !== undefined;
  if (!isReading || node['Node Type'] === 'Bitmap Heap Scan') return below;
  return [{ table, index, condition }, ...below];
}

function raw<Row>(text: string): RawBuilder<Row> {
  return sql<Row>`${sql.raw(text)}`;
}

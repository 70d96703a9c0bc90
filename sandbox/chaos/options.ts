/** The options of `npm run chaos`. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import type { DatabaseKind } from './databases.ts';

const MOST_SEEDS = 1_000_000;

const count = z.coerce.number().int().nonnegative();
const schema = z.strictObject({
  jobs: count.default(500),
  kills: count.default(50),
  seed: z.string().optional(),
  database: z.enum(['sqlite', 'postgres', 'both']).default('both'),
  processes: z.coerce.number().int().positive().optional(),
  'postgres-url': z.string().optional(),
});

export interface ChaosOptions {
  readonly jobs: number;
  readonly kills: number;
  readonly seed: string;
  readonly databases: readonly DatabaseKind[];
  /** Whether Postgres was requested and there is none. */
  readonly isPostgresMissing: boolean;
  /** Bots on one database; SQLite allows one. */
  readonly processes: (database: DatabaseKind) => number;
  readonly postgresUrl: string | undefined;
}

/** @throws Error naming the invalid option */
export function readOptions(
  args: readonly string[],
  environmentUrl: string | undefined,
): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      jobs: { type: 'string' },
      kills: { type: 'string' },
      seed: { type: 'string' },
      database: { type: 'string' },
      processes: { type: 'string' },
      'postgres-url': { type: 'string' },
    },
  });
  const read = schema.safeParse(values);
  if (!read.success) throw new Error(z.prettifyError(read.error));
  const { jobs, kills, database, processes, seed = String(randomInt(MOST_SEEDS)) } = read.data;
  const postgresUrl = read.data['postgres-url'] ?? environmentUrl;
  const wanted: DatabaseKind[] = database === 'both' ? ['sqlite', 'postgres'] : [database];
  const isPostgresMissing = wanted.includes('postgres') && postgresUrl === undefined;
  if (database === 'postgres' && isPostgresMissing)
    throw new Error('--database postgres needs --postgres-url or TEST_POSTGRES_URL');
  return {
    jobs,
    kills,
    seed,
    databases: isPostgresMissing ? ['sqlite'] : wanted,
    isPostgresMissing,
    processes: (kind) => (kind === 'sqlite' ? 1 : (processes ?? 2)),
    postgresUrl,
  };
}

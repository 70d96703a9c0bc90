/** Databases for a run: the file in the world’s folder, or a Postgres database made for the run. */
import { createPostgresDatabase } from '../postgres.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

export interface RunDatabase extends AsyncDisposable {
  /** The bot’s settings for it; empty where the world’s own apply. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param serverUrl of a Postgres that allows creating and dropping databases
 * @throws Error when there is none and one is needed
 */
export async function createRunDatabase(
  kind: DatabaseKind,
  serverUrl: string | undefined,
): Promise<RunDatabase> {
  if (kind === 'sqlite') return { environment: {}, [Symbol.asyncDispose]: async () => {} };
  if (serverUrl === undefined) throw new Error('No Postgres is available');
  const { url, dropByForce } = await createPostgresDatabase(serverUrl, 'chaos');
  return { environment: { DATABASE_URL: url }, [Symbol.asyncDispose]: dropByForce };
}

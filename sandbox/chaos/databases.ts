/** Databases to run on: the file in the world's folder, or a Postgres database made for the run. */
import { createPostgresOn } from '../postgres.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

export interface RunDatabase extends AsyncDisposable {
  /** What the bot's settings say of it; nothing where the world's own do. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param serverUrl of a Postgres that lets us make and drop databases
 * @throws Error when there is none and one is needed
 */
export async function createRunDatabase(
  kind: DatabaseKind,
  serverUrl: string | undefined,
): Promise<RunDatabase> {
  if (kind === 'sqlite') return { environment: {}, [Symbol.asyncDispose]: async () => {} };
  if (serverUrl === undefined) throw new Error('There is no Postgres to run on');
  const { url, dropByForce } = await createPostgresOn(serverUrl, 'chaos');
  return { environment: { DATABASE_URL: url }, [Symbol.asyncDispose]: dropByForce };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed at the end of the test. @param prefix the beginning of its path */
export async function temporaryFolder(
  prefix = join(tmpdir(), 'media-'),
): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(prefix);
  return { path, [Symbol.asyncDispose]: async () => rm(path, { recursive: true, force: true }) };
}

/** A separate disk that a test can fill up, where this machine allows a mount. */
import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, rmdir, statfs, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const MEBIBYTE = 1024 * 1024;
const DISK_MEBIBYTES = 80;

function mount(path: string): boolean {
  const size = `size=${DISK_MEBIBYTES}m`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', path]).status === 0;
}

/** Whether a disk can be mounted; reports when it cannot, because tests are then skipped. */
export async function canMount(): Promise<boolean> {
  const path = await mkdtemp(join(tmpdir(), 'disk-'));
  const isMounted = mount(path);
  if (isMounted) spawnSync('umount', [path]);
  else process.stderr.write('[tests of a full disk are skipped: no tmpfs can be mounted here]\n');
  await rmdir(path);
  return isMounted;
}

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Leaves this many bytes free, or up to a block fewer. */
  fill(leftBytes: number): Promise<void>;
  free(): Promise<void>;
}

export async function smallDisk(): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'disk-'));
  if (!mount(path)) throw new Error('No tmpfs can be mounted here');
  const filler = join(path, 'filler');
  return {
    path,
    async fill(leftBytes) {
      const { bavail, bsize } = await statfs(path);
      await appendFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
    },
    free: () => truncate(filler),
    async [Symbol.asyncDispose]() {
      await rm(filler, { force: true });
      // Lazily: a killed process may not have released its files yet.
      spawnSync('umount', ['--lazy', path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

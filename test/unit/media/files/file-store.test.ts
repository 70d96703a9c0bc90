import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import { ConfigError, UntrustedContentError } from '#src/errors.ts';
import { DiskFullError, writeDurably } from '#src/media/files/disk.ts';
import { createFileStore, isUnfinished, type FileStore } from '#src/media/files/file-store.ts';

import { readAll } from '../../../fakes/bytes.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const CLOCK = { ...systemClock, now: () => NOW_MS };
const BYTES = Buffer.from('picture');

async function emptyStore(): Promise<AsyncDisposable & { files: FileStore; root: string }> {
  const folder = await temporaryFolder();
  const files = await createFileStore(folder.path, CLOCK);
  const dispose = async (): Promise<void> => folder[Symbol.asyncDispose]();
  return { files, root: folder.path, [Symbol.asyncDispose]: dispose };
}

async function put(files: FileStore, name: string, bytes: Uint8Array): Promise<void> {
  await files.withDraft('videos', async (path) => {
    await writeFile(path, bytes);
    await files.putInPlace(path, name);
  });
}

describe('a stored file', () => {
  test('a stored file can be read, measured and found under its path', async () => {
    await using store = await emptyStore();
    const name = 'inputs/V1StGXR8_Z5jd-first_frame.png';

    await put(store.files, name, BYTES);

    expect(await readAll(await store.files.open(name))).toEqual(BYTES);
    expect(await store.files.stat(name)).toMatchObject({ byteLength: BYTES.length });
    expect(store.files.path(name)).toBe(join(store.root, name));
    expect(await store.files.withLocalFile(name, async (path) => readFile(path))).toEqual(BYTES);
    expect(await readdir(join(store.root, 'inputs'))).toEqual(['V1StGXR8_Z5jd-first_frame.png']);
  });

  test('a stored file may have a name that starts like an option', async () => {
    await using store = await emptyStore();

    await put(store.files, 'inputs/-_a-last_frame', BYTES);

    expect(existsSync(join(store.root, 'inputs/-_a-last_frame'))).toBe(true);
  });

  test('two concurrent writes leave one complete version', async () => {
    await using store = await emptyStore();
    const versions = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(300_000, letter));

    await Promise.all(versions.map(async (bytes) => put(store.files, 'videos/a.mp4', bytes)));

    const kept = await readAll(await store.files.open('videos/a.mp4'));
    expect(versions.some((version) => version.equals(kept))).toBe(true);
    expect(await readdir(join(store.root, 'videos'))).toEqual(['a.mp4']);
  });

  test('removing a stored file twice is harmless', async () => {
    await using store = await emptyStore();
    await put(store.files, 'videos/a.mp4', BYTES);

    await store.files.remove('videos/a.mp4');
    await store.files.remove('videos/a.mp4');

    expect(await store.files.stat('videos/a.mp4')).toBeUndefined();
    await expect(store.files.open('videos/a.mp4')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test.each([
  '../bot.db',
  'inputs/../../bot.db',
  'inputs/..',
  'inputs/.hidden',
  'inputs/a/b',
  'inputs//a',
  'inputs\\a',
  'inputs/a\0.png',
  'inputs/a\n',
  'inputs/',
  'bot.db',
  '/etc/passwd',
  '',
])('the name %j is refused by everything that takes a name', async (name) => {
  await using store = await emptyStore();
  const { files } = store;

  expect(() => files.path(name)).toThrow(UntrustedContentError);
  await expect(put(files, name, BYTES)).rejects.toThrow(UntrustedContentError);
  await expect(files.open(name)).rejects.toThrow(UntrustedContentError);
  await expect(files.stat(name)).rejects.toThrow(UntrustedContentError);
  await expect(files.remove(name)).rejects.toThrow(UntrustedContentError);
});

describe('a draft file', () => {
  test('an uncommitted draft leaves nothing behind', async () => {
    await using store = await emptyStore();
    const failing = store.files.withDraft('inputs', async (path) => {
      await writeFile(path, BYTES);
      throw new Error('not a picture');
    });

    await expect(failing).rejects.toThrow('not a picture');
    expect(await store.files.list()).toEqual([]);
  });

  test('a draft has a name unlike that of a finished file', async () => {
    await using store = await emptyStore();
    await store.files.withDraft('inputs', async (path) => {
      await writeFile(path, BYTES);
      expect((await store.files.list()).map(isUnfinished)).toEqual([true]);
      await store.files.putInPlace(path, 'inputs/a');
    });

    expect((await store.files.list()).map(isUnfinished)).toEqual([false]);
  });
});

test('a list names only the store’s own files: the database lies beside them', async () => {
  await using store = await emptyStore();
  for (const name of ['bot.db', 'videos/.keep', 'videos/a.mp4']) {
    await writeFile(join(store.root, name), BYTES);
  }

  expect(await store.files.list()).toEqual(['videos/a.mp4']);
});

describe('the storage folder', () => {
  test('a missing folder is created', async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, 'deep', 'data');

    await createFileStore(dataDir, CLOCK);

    expect((await readdir(dataDir)).toSorted()).toEqual(['inputs', 'videos']);
    expect(await readdir(join(dataDir, 'inputs'))).toEqual([]);
  });

  test('an unwritable folder is reported as a fault of DATA_DIR', async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, 'file');
    await writeFile(dataDir, '');

    const created = createFileStore(dataDir, CLOCK);

    await expect(created).rejects.toThrow(ConfigError);
    await expect(created).rejects.toThrow(`DATA_DIR: the folder ${dataDir} cannot be written to`);
  });
});

test.runIf(existsSync('/dev/full'))('a full disk is reported as such', async () => {
  const written = writeDurably('/dev/full', async (file) => file.writeFile(BYTES));

  await expect(written).rejects.toThrow(DiskFullError);
  await expect(written).rejects.toMatchObject({ kind: 'disk-full', cause: { code: 'ENOSPC' } });
});

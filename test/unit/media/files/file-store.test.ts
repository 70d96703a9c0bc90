import { existsSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { DAY, HOUR, systemClock } from '#src/clock.ts';
import { ConfigError, UntrustedContentError } from '#src/errors.ts';
import { DiskFullError, writeDurably } from '#src/media/files/disk.ts';
import { createFileStore, type FileStore } from '#src/media/files/file-store.ts';

import { temporaryFolder } from '../../../builders/temporary-folder.ts';

const NOW_MS = Date.UTC(2026, 10, 21);
const CLOCK = { ...systemClock, now: () => NOW_MS };
const BYTES = Buffer.from('picture');

async function emptyStore(): Promise<AsyncDisposable & { files: FileStore; root: string }> {
  const folder = await temporaryFolder();
  const files = await createFileStore(folder.path, CLOCK);
  const dispose = async (): Promise<void> => folder[Symbol.asyncDispose]();
  return { files, root: folder.path, [Symbol.asyncDispose]: dispose };
}

describe('a stored file', () => {
  test('is read back, measured and found under its path', async () => {
    await using store = await emptyStore();
    const name = 'inputs/V1StGXR8_Z5jd-first_frame.png';

    await store.files.put(name, BYTES);

    expect(Buffer.from(await store.files.read(name))).toEqual(BYTES);
    expect(await store.files.stat(name)).toMatchObject({ byteLength: BYTES.length });
    expect(store.files.path(name)).toBe(join(store.root, name));
    expect(await readdir(join(store.root, 'inputs'))).toEqual(['V1StGXR8_Z5jd-first_frame.png']);
  });

  test('may have a name that starts like an option', async () => {
    await using store = await emptyStore();

    await store.files.put('inputs/-_a-last_frame', BYTES);

    expect(existsSync(join(store.root, 'inputs/-_a-last_frame'))).toBe(true);
  });

  test('is always one whole version when two are written at once', async () => {
    await using store = await emptyStore();
    const versions = ['a', 'b', 'c', 'd'].map((letter) => Buffer.alloc(300_000, letter));

    await Promise.all(versions.map(async (bytes) => store.files.put('videos/a.mp4', bytes)));

    const kept = Buffer.from(await store.files.read('videos/a.mp4'));
    expect(versions.some((version) => version.equals(kept))).toBe(true);
    expect(await readdir(join(store.root, 'videos'))).toEqual(['a.mp4']);
  });

  test('can be removed twice, and is then missing', async () => {
    await using store = await emptyStore();
    await store.files.put('videos/a.mp4', BYTES);

    await store.files.remove('videos/a.mp4');
    await store.files.remove('videos/a.mp4');

    expect(await store.files.stat('videos/a.mp4')).toBeUndefined();
    await expect(store.files.read('videos/a.mp4')).rejects.toMatchObject({ code: 'ENOENT' });
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
])('the name %j is refused by everything that takes one', async (name) => {
  await using store = await emptyStore();
  const { files } = store;

  expect(() => files.path(name)).toThrow(UntrustedContentError);
  await expect(files.put(name, BYTES)).rejects.toThrow(UntrustedContentError);
  await expect(files.read(name)).rejects.toThrow(UntrustedContentError);
  await expect(files.stat(name)).rejects.toThrow(UntrustedContentError);
  await expect(files.remove(name)).rejects.toThrow(UntrustedContentError);
});

describe('a sweep', () => {
  const aged = async (root: string, name: string, ageMs: number): Promise<void> => {
    const path = join(root, name);
    await writeFile(path, BYTES);
    const seconds = (NOW_MS - ageMs) / 1000;
    await utimes(path, seconds, seconds);
  };

  test('removes what is old and not kept, and what was left unfinished', async () => {
    await using store = await emptyStore();
    await aged(store.root, 'videos/old.mp4', 31 * DAY);
    await aged(store.root, 'videos/old-and-kept.mp4', 31 * DAY);
    await aged(store.root, 'videos/new.mp4', 29 * DAY);
    await aged(store.root, 'videos/left.mp4.part', 2 * HOUR);
    await aged(store.root, 'videos/coming.mp4.part', HOUR / 2);
    await aged(store.root, 'inputs/old-first_frame.png', 31 * DAY);

    const removed = await store.files.sweepOlderThan(30 * DAY, (name) =>
      Promise.resolve(name === 'videos/old-and-kept.mp4'),
    );

    expect(removed.toSorted()).toEqual([
      'inputs/old-first_frame.png',
      'videos/left.mp4.part',
      'videos/old.mp4',
    ]);
    expect((await readdir(join(store.root, 'videos'))).toSorted()).toEqual([
      'coming.mp4.part',
      'new.mp4',
      'old-and-kept.mp4',
    ]);
  });

  test('touches nothing but our own files: the database lies beside them', async () => {
    await using store = await emptyStore();
    await aged(store.root, 'bot.db', 365 * DAY);
    await aged(store.root, 'videos/.keep', 365 * DAY);

    expect(await store.files.sweepOlderThan(DAY, () => false)).toEqual([]);
    expect(existsSync(join(store.root, 'bot.db'))).toBe(true);
  });
});

describe('the folder', () => {
  test('is made when it is not there', async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, 'deep', 'data');

    await createFileStore(dataDir, CLOCK);

    expect((await readdir(dataDir)).toSorted()).toEqual(['inputs', 'videos']);
    expect(await readdir(join(dataDir, 'inputs'))).toEqual([]);
  });

  test('that cannot be written to is a fault of DATA_DIR', async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, 'file');
    await writeFile(dataDir, '');

    const created = createFileStore(dataDir, CLOCK);

    await expect(created).rejects.toThrow(ConfigError);
    await expect(created).rejects.toThrow(`DATA_DIR: the folder ${dataDir} cannot be written to`);
  });
});

test.runIf(existsSync('/dev/full'))('a full disk is told as such', async () => {
  const written = writeDurably('/dev/full', async (file) => file.writeFile(BYTES));

  await expect(written).rejects.toThrow(DiskFullError);
  await expect(written).rejects.toMatchObject({ kind: 'disk-full', cause: { code: 'ENOSPC' } });
});

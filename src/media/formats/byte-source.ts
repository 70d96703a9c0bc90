/** A file's bytes wherever they are, read piece by piece: in memory, on our disk, or in another store. */
import { open, type FileHandle } from 'node:fs/promises';

/** What an inspection may be given. The path is one of our own. */
export type FileOrBytes = Uint8Array | { readonly path: string } | ByteSource;

export interface ByteSource {
  readonly byteLength: number;
  /** Fewer bytes than asked for where the file ends before. */
  read(position: number, byteLength: number): Promise<Buffer>;
}

/** Opens the file for as long as `use` runs. @throws the file system's error */
export async function withByteSource<T>(
  file: FileOrBytes,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  if (file instanceof Uint8Array) return use(inMemory(file));
  if ('read' in file) return use(file);
  await using handle = await open(file.path, 'r');
  const { size } = await handle.stat();
  return await use(inFile(handle, size));
}

/** @param byteLength how much of the open file counts */
export function inFile(handle: FileHandle, byteLength: number): ByteSource {
  return {
    byteLength,
    async read(position, wantedBytes) {
      // A place that a file from outside states may be larger than any that the system takes.
      if (position >= byteLength) return Buffer.alloc(0);
      const buffer = Buffer.alloc(Math.min(wantedBytes, byteLength - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      return buffer.subarray(0, bytesRead);
    },
  };
}

function inMemory(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    byteLength: buffer.length,
    read: async (position, byteLength) => buffer.subarray(position, position + byteLength),
  };
}

/** Reads a file's bytes in pieces, from memory, from disk or from another store. */
import { open, type FileHandle } from 'node:fs/promises';

/** The input of an inspection. A path must be one of our own. */
export type FileOrBytes = Uint8Array | { readonly path: string } | ByteSource;

export interface ByteSource {
  readonly byteLength: number;
  /** Returns fewer bytes than requested if the file ends before. */
  read(position: number, byteLength: number): Promise<Buffer>;
}

/** Opens the file while `use` runs. @throws the file system's error */
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
      // An untrusted file may state a position that is too large for the system call.
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

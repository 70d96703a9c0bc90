/** Files in memory, as a vendor adapter gets them, and bodies as a vendor receives them. */
import { encodeJson, type Bytes } from '#src/vendors/http/body.ts';

export function inMemory(bytes: Uint8Array): Bytes {
  return {
    byteLength: bytes.byteLength,
    async *chunks() {
      yield bytes;
    },
  };
}

export async function readAll(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Resolves with the body once it is complete. */
export async function receiveBody(body: unknown): Promise<unknown> {
  return JSON.parse((await readAll(encodeJson(body))).toString());
}

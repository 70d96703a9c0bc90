import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DataUri, encodeJson } from '#src/vendors/http/body.ts';

import { inMemory, readAll } from '../../../fakes/bytes.ts';

/** The bytes in chunks of any sizes. */
function inPieces(bytes: Uint8Array, sizes: readonly number[]) {
  return {
    byteLength: bytes.byteLength,
    async *chunks() {
      let at = 0;
      for (const size of sizes) {
        yield bytes.subarray(at, at + size);
        at += size;
      }
      yield bytes.subarray(at);
    },
  };
}

function uri(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
}

describe('a request body with files', () => {
  test('each file becomes a data URI, whatever chunks it is read in', async () => {
    const file = fc.tuple(fc.uint8Array({ maxLength: 50 }), fc.array(fc.nat(7), { maxLength: 9 }));

    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 4 }), fc.string(), async (files, prompt) => {
        const body = {
          prompt,
          files: files.map(([bytes, sizes]) => new DataUri('image/PNG', inPieces(bytes, sizes))),
        };
        const encoded = encodeJson(body);
        const sent = await readAll(encoded);

        expect(sent.byteLength).toBe(encoded.byteLength);
        expect(JSON.parse(sent.toString())).toEqual({
          prompt,
          files: files.map(([bytes]) => uri('image/png', bytes)),
        });
      }),
    );
  });

  test('a member’s text is never mistaken for a file', async () => {
    const picture = new DataUri('image/png', inMemory(Buffer.from('one')));
    const body = { prompt: '1 "0" \\u0000 [object Object] data:image/png;base64,', picture };

    expect(JSON.parse((await readAll(encodeJson(body))).toString())).toEqual({
      ...body,
      picture: 'data:image/png;base64,b25l',
    });
  });
});

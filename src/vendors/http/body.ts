/**
 * JSON bodies that contain files, read in chunks while they are sent. A body with pictures has up to
 * 60 MB, which is never in memory as a whole.
 */
import { nanoid } from 'nanoid';

/** Bytes that are read on demand. */
export interface Bytes {
  readonly byteLength: number;
  chunks(): AsyncIterable<Uint8Array>;
}

/** A file in a body, as a `data:` URI. */
export class DataUri {
  readonly start: Buffer;
  readonly bytes: Bytes;

  constructor(mimeType: string, bytes: Bytes) {
    // The MIME type in a data URI must be lower case.
    this.start = Buffer.from(`data:${mimeType.toLowerCase()};base64,`);
    this.bytes = bytes;
  }
}

/** Returns the body as JSON, in which each `DataUri` is a string. */
export function encodeJson(json: unknown): Bytes {
  // Random, so that the body cannot contain it.
  const mark = nanoid();
  const files: DataUri[] = [];
  const text = JSON.stringify(json, (_key, value: unknown) =>
    value instanceof DataUri ? `${mark}${files.push(value)}${mark}` : value,
  );
  const parts = text.split(mark).map((part, index) => {
    const file = index % 2 === 1 ? files[Number(part) - 1] : undefined;
    return file ?? Buffer.from(part);
  });
  return {
    byteLength: parts.reduce((sum, part) => sum + lengthOf(part), 0),
    async *chunks() {
      for (const part of parts) {
        if (part instanceof DataUri) yield* uriChunks(part);
        else yield part;
      }
    },
  };
}

function lengthOf(part: Buffer | DataUri): number {
  if (!(part instanceof DataUri)) return part.byteLength;
  return part.start.byteLength + 4 * Math.ceil(part.bytes.byteLength / 3);
}

async function* uriChunks({ start, bytes }: DataUri): AsyncGenerator<Buffer> {
  yield start;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes.chunks()) {
    const joined = Buffer.concat([rest, chunk]);
    // Three bytes become four characters; only the last group may be padded.
    const wholeGroups = joined.byteLength - (joined.byteLength % 3);
    yield Buffer.from(joined.toString('base64', 0, wholeGroups), 'latin1');
    rest = joined.subarray(wholeGroups);
  }
  yield Buffer.from(rest.toString('base64'), 'latin1');
}

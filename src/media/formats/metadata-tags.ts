/**
 * Reads the text metadata of an MP4 or MOV file: named tags (`keys` beside `ilst`, QuickTime File Format,
 * Metadata), and iTunes tags, whose names are four letters.
 */
import { boxesIn, findBox } from './mp4-boxes.ts';

/** Kind and language, at the start of `data`. */
const DATA_HEADER_BYTES = 8;
const KEYS_HEADER_BYTES = 8;

/**
 * @param description the content of `moov`
 * @throws RangeError when a box is broken; UntrustedContentError when there are too many
 */
export function metadataTags(description: Buffer): Map<string, string> {
  const tags = new Map<string, string>();
  for (const path of [['udta', 'meta'], ['meta']]) {
    const found = findBox(description, path);
    if (found === undefined) continue;
    const metadata = withoutVersion(found);
    const names = keyNames(findBox(metadata, ['keys']) ?? Buffer.alloc(0));
    for (const { type, content } of boxesIn(findBox(metadata, ['ilst']) ?? Buffer.alloc(0))) {
      const text = findBox(content, ['data'])?.toString('utf8', DATA_HEADER_BYTES);
      const name = names[Buffer.from(type, 'latin1').readUInt32BE(0) - 1] ?? type;
      if (text !== undefined && !tags.has(name)) tags.set(name, text);
    }
  }
  return tags;
}

/** `meta` has a version in MP4 files and none in MOV files. */
function withoutVersion(metadata: Buffer): Buffer {
  const isPlain = metadata.toString('latin1', 4, 8) === 'hdlr';
  return isPlain ? metadata : metadata.subarray(4);
}

function keyNames(keys: Buffer): string[] {
  const names: string[] = [];
  let offset = KEYS_HEADER_BYTES;
  while (offset + 8 <= keys.length) {
    const size = keys.readUInt32BE(offset);
    if (size < 8) break;
    names.push(keys.toString('utf8', offset + 8, offset + size));
    offset += size;
  }
  return names;
}

/** Reads the sound coding of an MP4 or MOV file from its sample entry (ISO/IEC 14496-12, 12.2). */
import { findBox } from './mp4-boxes.ts';

/** Version, flags and entry count before the first entry of `stsd`; that entry's size and name. */
const ENTRY_CONTENT_OFFSET = 16;
const ENTRY_TYPE_OFFSET = 12;
/** Length of the fields of an audio sample entry, by its QuickTime version; boxes follow. */
const FIELDS_BYTES = [28, 44, 64] as const;
const VERSION_OFFSET = 8;
/** Tags of the descriptors in `esds` (ISO/IEC 14496-1, 7.2.2.1). */
const ES_DESCRIPTOR = 0x03;
const DECODER_DESCRIPTOR = 0x04;
/** An ES descriptor's id and flags, without optional fields, as in MP4 files. */
const ES_FIELDS_BYTES = 3;
/**
 * Object types of `mp4a` that all Discord clients play: AAC of MPEG-4 and MPEG-2, and MP3.
 * Source: MP4 Registration Authority, object types.
 */
const PLAYED_OBJECT_TYPES: ReadonlySet<number> = new Set([0x40, 0x66, 0x67, 0x68, 0x69, 0x6b]);

export interface SoundCoding {
  /** The four letters of the coding: `mp4a` for AAC and MP3, `Opus`, `ac-3`, `ec-3`, `fLaC` … */
  readonly codec: string;
  /** The actual coding of `mp4a`; undefined for others and if the file does not state it. */
  readonly objectType: number | undefined;
}

/**
 * @param descriptions the content of a sound track's `stsd`
 * @returns undefined when it has no entry
 */
export function soundCoding(descriptions: Buffer): SoundCoding | undefined {
  const codec = descriptions.toString('latin1', ENTRY_TYPE_OFFSET, ENTRY_CONTENT_OFFSET);
  if (codec.length !== 4) return undefined;
  const entry = descriptions.subarray(ENTRY_CONTENT_OFFSET);
  return { codec, objectType: codec === 'mp4a' ? objectType(entry) : undefined };
}

/** Returns whether all clients play the sound; iPhones do not play Opus, AC-3 and others. */
export function isPlayedSound({ codec, objectType: type }: SoundCoding): boolean {
  return codec === 'mp4a' && (type === undefined || PLAYED_OBJECT_TYPES.has(type));
}

function objectType(entry: Buffer): number | undefined {
  try {
    const version = entry.readUInt16BE(VERSION_OFFSET);
    const boxes = entry.subarray(FIELDS_BYTES[version] ?? FIELDS_BYTES[0]);
    // QuickTime wraps `esds` in `wave`.
    const descriptors = findBox(boxes, ['esds']) ?? findBox(boxes, ['wave', 'esds']);
    return descriptors === undefined ? undefined : decoderObjectType(descriptors.subarray(4));
  } catch (error) {
    // Reads outside a box throw RangeError; the type is then unknown.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws RangeError when a descriptor is truncated */
function decoderObjectType(descriptors: Buffer): number | undefined {
  const stream = descriptorContent(descriptors, ES_DESCRIPTOR);
  const decoder = stream && descriptorContent(stream.subarray(ES_FIELDS_BYTES), DECODER_DESCRIPTOR);
  return decoder?.readUInt8(0);
}

/** Returns the content of a descriptor at the start of `bytes`. Its size has seven bits per byte. */
function descriptorContent(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes.readUInt8(0) !== tag) return undefined;
  let offset = 1;
  while ((bytes.readUInt8(offset) & 0x80) !== 0) offset += 1;
  return bytes.subarray(offset + 1);
}

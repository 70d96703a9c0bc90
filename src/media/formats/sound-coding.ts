/** How the sound of an MP4 or MOV file is coded, from its sample entry (ISO/IEC 14496-12, 12.2). */
import { findBox } from './mp4-boxes.ts';

/** Version, flags and entry count before the first entry of `stsd`; that entry's size and name. */
const ENTRY_CONTENT_OFFSET = 16;
const ENTRY_TYPE_OFFSET = 12;
/** The fields of an audio sample entry, by QuickTime's version of it; boxes follow. */
const FIELDS_BYTES = [28, 44, 64] as const;
const VERSION_OFFSET = 8;
/** Tags of the descriptors in `esds` (ISO/IEC 14496-1, 7.2.2.1). */
const ES_DESCRIPTOR = 0x03;
const DECODER_DESCRIPTOR = 0x04;
/** An ES descriptor's id and flags, where none of its options are used, as in MP4 files. */
const ES_FIELDS_BYTES = 3;
/**
 * Object types of `mp4a` that every player of Discord's plays: AAC of MPEG-4 and MPEG-2, and MP3.
 * Source: MP4 Registration Authority, object types.
 */
const PLAYED_OBJECT_TYPES: ReadonlySet<number> = new Set([0x40, 0x66, 0x67, 0x68, 0x69, 0x6b]);

export interface SoundCoding {
  /** The four letters of the coding: `mp4a` for AAC and MP3, `Opus`, `ac-3`, `ec-3`, `fLaC` … */
  readonly codec: string;
  /** What `mp4a` really is; undefined for others, and where the file does not say. */
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

/** iPhones are silent on Opus, AC-3 and others in place of AAC. */
export function isPlayedSound({ codec, objectType: type }: SoundCoding): boolean {
  return codec === 'mp4a' && (type === undefined || PLAYED_OBJECT_TYPES.has(type));
}

function objectType(entry: Buffer): number | undefined {
  try {
    const version = entry.readUInt16BE(VERSION_OFFSET);
    const boxes = entry.subarray(FIELDS_BYTES[version] ?? FIELDS_BYTES[0]);
    // QuickTime wraps it.
    const descriptors = findBox(boxes, ['esds']) ?? findBox(boxes, ['wave', 'esds']);
    return descriptors === undefined ? undefined : decoderObjectType(descriptors.subarray(4));
  } catch (error) {
    // Reads outside a box end as RangeError: then nothing is known.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @throws RangeError when a descriptor is cut */
function decoderObjectType(descriptors: Buffer): number | undefined {
  const stream = descriptorContent(descriptors, ES_DESCRIPTOR);
  const decoder = stream && descriptorContent(stream.subarray(ES_FIELDS_BYTES), DECODER_DESCRIPTOR);
  return decoder?.readUInt8(0);
}

/** The content of a descriptor at the start of `bytes`; its size has seven bits to the byte. */
function descriptorContent(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes.readUInt8(0) !== tag) return undefined;
  let offset = 1;
  while ((bytes.readUInt8(offset) & 0x80) !== 0) offset += 1;
  return bytes.subarray(offset + 1);
}

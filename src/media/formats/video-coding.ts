/**
 * Reads the video coding from the decoder configuration in the sample entry (ISO/IEC 14496-15: `avcC` for
 * H.264, `hvcC` for H.265), which determines what players can show.
 */
import { findBox, unreadableVideo } from './mp4-boxes.ts';

/** Version, flags and entry count before the first entry of `stsd`; that entry's size and name. */
const ENTRY_CONTENT_OFFSET = 16;
const ENTRY_TYPE_OFFSET = 12;
const ENTRY_WIDTH_OFFSET = 24;
/** Length of the fields of a visual sample entry; boxes follow. */
const VISUAL_FIELDS_BYTES = 78;
/** Baseline, main, extended and high: always 8 bits, without a stated bit depth. */
const EIGHT_BIT_PROFILES: ReadonlySet<number> = new Set([66, 77, 88, 100]);
const HIGH_10_PROFILE = 110;

export interface VideoCoding {
  /** The four letters of the coding: `avc1` for H.264, `hvc1` or `hev1` for H.265. */
  readonly codec: string;
  /** The `profile_idc` of H.264 or H.265; undefined for others and if the file does not state it. */
  readonly profile: number | undefined;
  /** Bits per colour component, normally 8; undefined like `profile`. */
  readonly bitDepth: number | undefined;
}

/** Returns the stored size in pixels. @param descriptions the content of `stsd` */
export function codedSize(descriptions: Buffer): { width: number; height: number } {
  const offset = ENTRY_CONTENT_OFFSET + ENTRY_WIDTH_OFFSET;
  return {
    width: descriptions.readUInt16BE(offset),
    height: descriptions.readUInt16BE(offset + 2),
  };
}

/**
 * @param descriptions the content of a video track's `stsd`
 * @throws UntrustedContentError when it has no entry; RangeError when an entry is broken
 */
export function videoCoding(descriptions: Buffer): VideoCoding {
  const codec = descriptions.toString('latin1', ENTRY_TYPE_OFFSET, ENTRY_CONTENT_OFFSET);
  if (codec.length !== 4) throw unreadableVideo('its coding is not stated');
  const boxes = descriptions.subarray(ENTRY_CONTENT_OFFSET + VISUAL_FIELDS_BYTES);
  const h264 = findConfiguration(boxes, 'avcC');
  if (h264 !== undefined) {
    const profile = h264.readUInt8(1);
    return { codec, profile, bitDepth: h264BitDepth(h264, profile) };
  }
  const h265 = findConfiguration(boxes, 'hvcC');
  if (h265 === undefined) return { codec, profile: undefined, bitDepth: undefined };
  return { codec, profile: h265.readUInt8(1) & 0x1f, bitDepth: 8 + (h265.readUInt8(17) & 0x07) };
}

function findConfiguration(boxes: Buffer, type: string): Buffer | undefined {
  try {
    return findBox(boxes, [type]);
  } catch (error) {
    // Old MOV files end their entry with padding that is not a box; the coding is then unknown.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Reads the bit depth, which follows the parameter sets and the chroma format if present. */
function h264BitDepth(configuration: Buffer, profile: number): number | undefined {
  if (EIGHT_BIT_PROFILES.has(profile)) return 8;
  let offset = skipSets(configuration, 6, configuration.readUInt8(5) & 0x1f);
  offset = skipSets(configuration, offset + 1, configuration.readUInt8(offset));
  if (offset + 1 < configuration.length) return 8 + (configuration.readUInt8(offset + 1) & 0x07);
  return profile === HIGH_10_PROFILE ? 10 : undefined;
}

function skipSets(configuration: Buffer, start: number, count: number): number {
  let offset = start;
  for (let set = 0; set < count; set += 1) offset += 2 + configuration.readUInt16BE(offset);
  return offset;
}

/**
 * How long an MP3 is (ISO/IEC 11172-3 and 13818-3, layer III), by counting its frames: right for
 * any bit rate, constant or not, whatever a Xing header or a tag claims.
 */

const ID3_HEADER_BYTES = 10;
const ID3_FOOTER_FLAG = 0x10;
const FRAME_HEADER_BYTES = 4;
/** A frame of this name instead of sound describes the rest; it lies within so many bytes. */
const INFO_NAMES = ['Xing', 'Info', 'VBRI'] as const;
const INFO_SEARCH_BYTES = 64;
/** Bytes that happen to look like one frame are common in tags and pictures; two in line are not. */
const LEAST_FRAMES = 2;
/** In all. What is no frame is a tag behind the sound, or damage. */
const MAX_SKIPPED_BYTES = 1024 * 1024;
const RESERVED = 1;
/** By the two version bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. */
const SAMPLE_RATES = [
  [11_025, 12_000, 8000],
  [],
  [22_050, 24_000, 16_000],
  [44_100, 48_000, 32_000],
] as const;
const MPEG_1 = 3;
const KILOBITS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const KILOBITS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;

interface Frame {
  readonly byteLength: number;
  readonly seconds: number;
}

/**
 * The length in seconds, or undefined when it is no MP3. One pass over the frame headers: bytes
 * between frames are skipped once, none is decoded.
 */
export function mp3Seconds(bytes: Uint8Array): number | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset: number | undefined = afterTags(file);
  let [seconds, frames, skippableBytes] = [0, 0, MAX_SKIPPED_BYTES];
  while (offset !== undefined) {
    const frame = frameAt(file, offset);
    if (frame === undefined) {
      const from: number = offset;
      offset = nextFrameOffset(file, from, from + skippableBytes);
      skippableBytes -= (offset ?? from) - from;
      continue;
    }
    if (frames > 0 || !isInfo(file, offset)) seconds += frame.seconds;
    frames += 1;
    offset += frame.byteLength;
  }
  return frames < LEAST_FRAMES || seconds === 0 ? undefined : seconds;
}

/** ID3v2 tags stand in front, sometimes several. Their size has seven bits to the byte. */
function afterTags(file: Buffer): number {
  let offset = 0;
  while (
    file.toString('latin1', offset, offset + 3) === 'ID3' &&
    offset + ID3_HEADER_BYTES <= file.length
  ) {
    const hasFooter = (file.readUInt8(offset + 5) & ID3_FOOTER_FLAG) !== 0;
    let size = 0;
    for (let at = 6; at < ID3_HEADER_BYTES; at += 1) {
      size = size * 128 + (file.readUInt8(offset + at) & 0x7f);
    }
    offset += ID3_HEADER_BYTES * (hasFooter ? 2 : 1) + size;
  }
  return offset;
}

/** The whole frame whose header stands there. */
function frameAt(file: Buffer, offset: number): Frame | undefined {
  if (offset + FRAME_HEADER_BYTES > file.length) return undefined;
  const header = file.readUInt32BE(offset);
  const version = (header >>> 19) & 3;
  const isLayer3 = header >>> 21 === 0x7ff && ((header >>> 17) & 3) === 1;
  const isMpeg1 = version === MPEG_1;
  const kilobits = (isMpeg1 ? KILOBITS_1 : KILOBITS_2)[(header >>> 12) & 15];
  const sampleRate = SAMPLE_RATES[version]?.[(header >>> 10) & 3];
  if (!isLayer3 || version === RESERVED || !kilobits || sampleRate === undefined) return undefined;
  const samples = isMpeg1 ? 1152 : 576;
  const padding = (header >>> 9) & 1;
  const byteLength = Math.floor((samples * kilobits * 125) / sampleRate) + padding;
  if (offset + byteLength > file.length) return undefined;
  return { byteLength, seconds: samples / sampleRate };
}

/** The next place up to `end` where a frame stands and another behind it, or the file's end. */
function nextFrameOffset(file: Buffer, start: number, end: number): number | undefined {
  let offset = file.indexOf(0xff, start);
  while (offset !== -1 && offset < end) {
    const frame = frameAt(file, offset);
    const behind = offset + (frame?.byteLength ?? 0);
    if (frame !== undefined && (behind === file.length || frameAt(file, behind) !== undefined)) {
      return offset;
    }
    offset = file.indexOf(0xff, offset + 1);
  }
  return undefined;
}

function isInfo(file: Buffer, offset: number): boolean {
  const start = file.toString('latin1', offset, offset + INFO_SEARCH_BYTES);
  return INFO_NAMES.some((name) => start.includes(name));
}

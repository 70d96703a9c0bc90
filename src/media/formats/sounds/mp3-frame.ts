/** Parses MP3 frame headers (ISO/IEC 11172-3, 2.4.1.3 and 13818-3), layer III. */
import type { ByteWindow } from '../byte-window.ts';

export const FRAME_HEADER_BYTES = 4;
const RESERVED = 1;
const MPEG_1 = 3;
/** By the two version bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. */
const SAMPLE_RATES = [
  [11_025, 12_000, 8000],
  [],
  [22_050, 24_000, 16_000],
  [44_100, 48_000, 32_000],
] as const;
const KILOBITS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;
const KILOBITS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160] as const;
/** Sync, version, layer, bit rate and sample rate, which all frames of a free-format file share. */
const COMMON_BITS = 0xfffe_fc00;
const LEAST_FREE_BYTES = 24;
/** At 640 kbit/s, the maximum that decoders support, and 32 kHz. */
const MAX_FREE_BYTES = 2880;

export interface Frame {
  readonly byteLength: number;
  readonly seconds: number;
}

interface FrameFields {
  /** 0: free format, with a constant bit rate that is not stated. */
  readonly kilobits: number;
  readonly samples: number;
  readonly sampleRate: number;
  readonly padding: 0 | 1;
}

/** @param freeBytes the length of a free-format frame without padding, if known */
export function frameIn(header: number, freeBytes: number | undefined): Frame | undefined {
  const fields = fieldsIn(header);
  if (fields === undefined) return undefined;
  const { kilobits, samples, sampleRate, padding } = fields;
  const bytes = kilobits === 0 ? freeBytes : Math.floor((samples * kilobits * 125) / sampleRate);
  return bytes === undefined
    ? undefined
    : { byteLength: bytes + padding, seconds: samples / sampleRate };
}

export function isFreeFormat(header: number): boolean {
  return fieldsIn(header)?.kilobits === 0;
}

/** Returns the length, without padding, of the free-format frame at the offset, from the distance of three headers. */
export function freeFrameBytes(window: ByteWindow, offset: number): number | undefined {
  const common = window.uint32BE(offset) & COMMON_BITS;
  const isLike = (at: number): boolean =>
    window.holds(at, FRAME_HEADER_BYTES) && (window.uint32BE(at) & COMMON_BITS) === common;
  const padded = (at: number): number => (window.uint32BE(at) >>> 9) & 1;
  for (let distance = LEAST_FREE_BYTES; distance <= MAX_FREE_BYTES; distance += 1) {
    const second = offset + distance;
    if (!isLike(second)) continue;
    const bytes = distance - padded(offset);
    if (isLike(second + bytes + padded(second))) return bytes;
  }
  return undefined;
}

function fieldsIn(header: number): FrameFields | undefined {
  const version = (header >>> 19) & 3;
  const isLayer3 = header >>> 21 === 0x7ff && ((header >>> 17) & 3) === 1;
  const isMpeg1 = version === MPEG_1;
  const kilobits = (isMpeg1 ? KILOBITS_1 : KILOBITS_2)[(header >>> 12) & 15];
  const sampleRate = SAMPLE_RATES[version]?.[(header >>> 10) & 3];
  if (!isLayer3 || version === RESERVED) return undefined;
  if (kilobits === undefined || sampleRate === undefined) return undefined;
  const padding = ((header >>> 9) & 1) === 1 ? 1 : 0;
  return { kilobits, sampleRate, samples: isMpeg1 ? 1152 : 576, padding };
}

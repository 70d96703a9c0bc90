/** Measures a WAV by its header, and an MP3 by walking its frames. */

/** @returns undefined for any other file */
export function soundMs(bytes: Buffer): number | undefined {
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WAVE') {
    return wavMs(bytes);
  }
  return mp3Ms(bytes);
}

function wavMs(bytes: Buffer): number | undefined {
  let bytesPerSecond = 0;
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const type = bytes.toString('latin1', offset, offset + 4);
    const size = bytes.readUInt32LE(offset + 4);
    if (type === 'fmt ') bytesPerSecond = bytes.readUInt32LE(offset + 16);
    if (type === 'data') {
      const held = Math.min(size, bytes.length - offset - 8);
      return bytesPerSecond === 0 ? undefined : Math.round((held * 1_000) / bytesPerSecond);
    }
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/** Layer III in kbit/s, by the index in a frame's header: MPEG 1, then MPEG 2 and 2.5. */
const KILOBITS = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
] as const;
const SAMPLE_RATES = [44_100, 48_000, 32_000] as const;

interface Frame {
  readonly bytes: number;
  readonly ms: number;
}

function mp3Ms(bytes: Buffer): number | undefined {
  let offset = afterTag(bytes);
  let ms = 0;
  for (;;) {
    const frame = frameAt(bytes, offset);
    if (frame === undefined) break;
    ms += frame.ms;
    offset += frame.bytes;
  }
  return ms === 0 ? undefined : Math.round(ms);
}

function afterTag(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, 3) !== 'ID3' || bytes.length < 10) return 0;
  return 10 + [6, 7, 8, 9].reduce((size, index) => size * 128 + (bytes[index] ?? 0), 0);
}

function frameAt(bytes: Buffer, offset: number): Frame | undefined {
  const [sync = 0, kind = 0, rates = 0] = bytes.subarray(offset, offset + 3);
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2) return undefined;
  const version = (kind >> 3) & 3;
  const isFirst = version === 3;
  const kilobits = KILOBITS[isFirst ? 0 : 1][rates >> 4] ?? 0;
  const fullRate = SAMPLE_RATES[(rates >> 2) & 3];
  if (kilobits === 0 || fullRate === undefined || version === 1) return undefined;
  const sampleRate = isFirst ? fullRate : fullRate / (version === 2 ? 2 : 4);
  const samples = isFirst ? 1_152 : 576;
  const padding = (rates >> 1) & 1;
  return {
    bytes: Math.floor((samples / 8) * ((kilobits * 1_000) / sampleRate)) + padding,
    ms: (samples * 1_000) / sampleRate,
  };
}

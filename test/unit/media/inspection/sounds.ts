/** WAV and MP3 files built byte by byte: their frames are valid, and their sound is silence. */

export interface WavSettings {
  seconds?: number;
  sampleRate?: number;
  /** The size of the sound in the header, when it is wrong. */
  claimedBytes?: number;
  /** Chunks between the format and the sound, as recorders write them. */
  chunks?: readonly (readonly [type: string, content: Buffer])[];
}

/** Mono, 16 bits. */
export function wavFile({
  seconds = 5,
  sampleRate = 8000,
  claimedBytes,
  chunks = [],
}: WavSettings = {}): Buffer {
  const data = Buffer.alloc(Math.round(seconds * sampleRate) * 2);
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE(sampleRate * 2, 8);
  format.writeUInt16LE(2, 12);
  format.writeUInt16LE(16, 14);
  const content = Buffer.concat([
    Buffer.from('WAVE'),
    chunk('fmt ', format),
    ...chunks.map(([type, each]) => chunk(type, each)),
    chunk('data', data, claimedBytes),
  ]);
  return chunk('RIFF', content);
}

function chunk(type: string, content: Buffer, claimedBytes = content.length): Buffer {
  const header = Buffer.alloc(8, type, 'latin1');
  header.writeUInt32LE(claimedBytes, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

const SAMPLES_PER_FRAME = 1152;
const MP3_SAMPLE_RATE = 44_100;
/** By their index in the header: 32, 128 and 320 kbit/s. */
const KILOBITS = { 1: 32, 9: 128, 14: 320 } as const;
export type BitRateIndex = keyof typeof KILOBITS;

/** One frame of MPEG 1 layer III at 44.1 kHz. */
export function mp3Frame(bitRateIndex: BitRateIndex = 9, infoName = ''): Buffer {
  const byteLength = Math.floor((144 * KILOBITS[bitRateIndex] * 1000) / MP3_SAMPLE_RATE);
  const frame = Buffer.alloc(byteLength);
  frame.set([0xff, 0xfb, bitRateIndex << 4, 0]);
  frame.write(infoName, 36, 'latin1');
  return frame;
}

export function mp3FrameCount(seconds: number): number {
  return Math.round((seconds * MP3_SAMPLE_RATE) / SAMPLES_PER_FRAME);
}

/** Cycles through the bit rates: more than one gives a file of variable bit rate. */
export function mp3File({
  seconds = 5,
  bitRates = [9],
}: {
  seconds?: number;
  bitRates?: readonly BitRateIndex[];
} = {}): Buffer {
  const frames = Array.from({ length: mp3FrameCount(seconds) }, (_, index) =>
    mp3Frame(bitRates[index % bitRates.length]),
  );
  return Buffer.concat(frames);
}

/** A tag in front, for example with a picture. */
export function id3Tag(content: Buffer, claimedBytes = content.length): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (claimedBytes >> shift) & 0x7f);
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, ...size]), content]);
}

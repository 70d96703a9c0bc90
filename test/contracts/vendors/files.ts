import { readFile } from 'node:fs/promises';

import type { InputRole } from '#src/catalogue/request.ts';

import { createPng } from './png.ts';

/** A stored clip of 5 s. */
const CLIP = new URL('../../../sandbox/vendor/clip.mp4', import.meta.url);

export const MIME_TYPES = {
  first_frame: 'image/png',
  last_frame: 'image/png',
  reference_image: 'image/png',
  reference_video: 'video/mp4',
  reference_audio: 'audio/wav',
} as const satisfies Record<InputRole, string>;

/** A real file for each role: a picture of 400 × 301, a video, three seconds of silence. */
export async function fileFor(role: InputRole): Promise<Uint8Array> {
  if (role === 'reference_video') return readFile(CLIP);
  return role === 'reference_audio' ? silence(3) : createPng(400, 301);
}

/** A WAV of 8-bit samples at 8,000 per second. */
function silence(seconds: number): Uint8Array {
  const rate = 8_000;
  const samples = Buffer.alloc(rate * seconds, 0x80);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  // Uncompressed samples, one channel, one byte per sample.
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** Audio and a clip that the demo’s members upload, made without any program. */

const SAMPLE_RATE = 8_000;

/** A tone that swells and fades: mono, 16 bits. */
export function tone(seconds: number): Buffer {
  const samples = Buffer.alloc(Math.round(seconds * SAMPLE_RATE) * 2);
  for (let index = 0; index * 2 < samples.length; index += 1) {
    const at = index / SAMPLE_RATE;
    const loudness = 8_000 * Math.sin((Math.PI * at) / seconds);
    samples.writeInt16LE(Math.round(loudness * Math.sin(2 * Math.PI * 330 * at)), index * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

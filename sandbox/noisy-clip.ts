/** Real videos as a vendor might send them at worst: large, or of a kind that Discord does not play. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ClipSettings {
  readonly encoder?: 'libx264' | 'libx265' | undefined;
  /** The bit rate of the sound. */
  readonly soundEncoder?: 'aac' | 'libopus' | 'ac3' | 'eac3' | undefined;
  readonly pixelFormat?: 'yuv420p' | 'yuv420p10le' | undefined;
  /** As close as noise allows. */
  readonly megabytes: number;
}

const SECONDS = 5;

/** Whether there is an ffmpeg to make clips with. */
export function hasFfmpeg(): boolean {
  return spawnSync('ffmpeg', ['-version']).status === 0;
}

/**
 * 864 × 480 of noise for five seconds, with a tone.
 *
 * @throws Error without an ffmpeg with that encoder
 */
export function noisyClip(settings: ClipSettings): Buffer {
  const { encoder = 'libx264', soundEncoder = 'aac', megabytes } = settings;
  const { pixelFormat = 'yuv420p' } = settings;
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  try {
    const output = join(folder, 'clip.mp4');
    const rate = `${Math.round((megabytes * 8_000) / SECONDS)}k`;
    const pictures = `-f lavfi -i testsrc2=s=864x480:r=24:d=${SECONDS},noise=alls=80:allf=t`;
    const coding = `-c:v ${encoder} -preset ultrafast -pix_fmt ${pixelFormat}`;
    const size = `-b:v ${rate} -minrate ${rate} -maxrate ${rate} -bufsize ${rate}`;
    const tone = `-f lavfi -i sine=d=${SECONDS}`;
    const args = `-v error ${pictures} ${tone} ${coding} ${size} -c:a ${soundEncoder} -shortest -movflags +faststart`;
    const { status, stderr } = spawnSync('ffmpeg', [...args.split(' '), output]);
    if (status !== 0) throw new Error(`ffmpeg made no clip: ${String(stderr)}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

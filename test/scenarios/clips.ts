/** Real videos as some vendor might send them: large, or of a kind that Discord does not play. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

export interface ClipSettings {
  readonly encoder?: 'libx264' | 'libx265' | undefined;
  readonly pixelFormat?: 'yuv420p' | 'yuv420p10le' | undefined;
  /** As near as noise lets it come. */
  readonly megabytes: number;
}

const SECONDS = 5;

/** 864 × 480 of noise for five seconds, with a tone. */
export function realClip(settings: ClipSettings): Buffer {
  const { encoder = 'libx264', pixelFormat = 'yuv420p', megabytes } = settings;
  const folder = mkdtempSync(join(tmpdir(), 'clip-'));
  try {
    const output = join(folder, 'clip.mp4');
    const kilobits = Math.round((megabytes * 8_000) / SECONDS);
    const pictures = `testsrc2=s=864x480:r=24:d=${SECONDS},noise=alls=80:allf=t`;
    const { status, stderr } = spawnSync('ffmpeg', [
      ...'-v error -f lavfi -i'.split(' '),
      pictures,
      ...`-f lavfi -i sine=d=${SECONDS} -c:v ${encoder} -preset ultrafast -pix_fmt ${pixelFormat}`.split(
        ' ',
      ),
      ...`-b:v ${kilobits}k -minrate ${kilobits}k -maxrate ${kilobits}k -bufsize ${kilobits}k`.split(
        ' ',
      ),
      ...'-c:a aac -shortest -movflags +faststart'.split(' '),
      output,
    ]);
    if (status !== 0) throw new Error(`No clip: ${stderr.toString()}`);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What ffprobe says of the pictures: coding, its profile, and how they are stored. */
export function codingOf(bytes: Buffer): string {
  const { stdout } = spawnSync(
    'ffprobe',
    '-v error -select_streams v -show_entries stream=codec_name,pix_fmt -of csv=p=0 -'.split(' '),
    { input: bytes },
  );
  return stdout.toString().trim();
}

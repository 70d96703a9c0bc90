/** Whether real videos can be made here, and what they are. */
import { spawnSync } from 'node:child_process';

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

/** What ffprobe says of the pictures: their coding, and how they are stored. */
export function codingOf(bytes: Buffer): string {
  const { stdout } = spawnSync(
    'ffprobe',
    '-v error -select_streams v -show_entries stream=codec_name,pix_fmt -of csv=p=0 -'.split(' '),
    { input: bytes },
  );
  return stdout.toString().trim();
}

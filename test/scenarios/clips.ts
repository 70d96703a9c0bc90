/** Whether real videos can be made here, and their properties. */
import { spawnSync } from 'node:child_process';

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

/** ffprobe’s description of the pictures: their coding and storage. */
export function codingOf(bytes: Buffer): string {
  return ffprobe(bytes, '-select_streams v -show_entries stream=codec_name,pix_fmt');
}

/** ffprobe’s description of the sound’s coding. */
export function soundOf(bytes: Buffer): string {
  return ffprobe(bytes, '-select_streams a -show_entries stream=codec_name');
}

function ffprobe(bytes: Buffer, question: string): string {
  const args = `-v error ${question} -of csv=p=0 -`.split(' ');
  return spawnSync('ffprobe', args, { input: bytes }).stdout.toString().trim();
}

/** Real files, made by the real ffmpeg when the test runs. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

/** Says aloud that the tests of a file need ffmpeg and will not run. */
export function warnWithoutFfmpeg(file: string): void {
  if (hasFfmpeg) return;
  process.stderr.write(`SKIPPED in ${file}: ffmpeg or ffprobe is not installed\n`);
}

/** @param args all that stands between the general options and the file's name */
export async function makeWithFfmpeg(args: string, path: string): Promise<string> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args.split(' '), path]);
  return path;
}

/** A test picture that moves, with noise so that it is hard to make small. */
export function noisyVideo(size: string, seconds: number): string {
  return `-f lavfi -i testsrc2=s=${size}:r=24:d=${seconds},noise=alls=20:allf=t`;
}

export function tone(seconds: number): string {
  return `-f lavfi -i sine=frequency=300:duration=${seconds}`;
}

/** What ffprobe says of a file's container. */
export async function ffprobeSeconds(path: string): Promise<number> {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0'];
  return Number((await run('ffprobe', [...args, path])).stdout);
}

/** What ffprobe says of the first video stream: one field, such as `pix_fmt`. */
export async function ffprobeVideo(path: string, field: string): Promise<string> {
  const select = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', `stream=${field}`];
  return (await run('ffprobe', [...select, '-of', 'csv=p=0', path])).stdout.trim();
}

/** Of the coded pictures, without the file around them: the same where they were copied. */
export async function pictureHash(path: string): Promise<string> {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-c', 'copy', '-f', 'hash', '-'];
  return (await run('ffmpeg', args)).stdout.trim();
}

/** Real files, made by the real ffmpeg while the test runs. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every(
  (program) => spawnSync(program, ['-version']).status === 0,
);

/** Reports that the tests of a file need ffmpeg and will not run. */
export function warnWithoutFfmpeg(file: string): void {
  if (hasFfmpeg) return;
  process.stderr.write(`SKIPPED in ${file}: ffmpeg or ffprobe is not installed\n`);
}

/** @param args everything between the general options and the file’s name */
export async function makeWithFfmpeg(args: string, path: string): Promise<string> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args.split(' '), path]);
  return path;
}

/** A moving test picture with noise, which makes it hard to compress. */
export function noisyVideo(size: string, seconds: number): string {
  return `-f lavfi -i testsrc2=s=${size}:r=24:d=${seconds},noise=alls=20:allf=t`;
}

export function tone(seconds: number): string {
  return `-f lavfi -i sine=frequency=300:duration=${seconds}`;
}

/** Returns ffprobe’s description of a file’s container. */
export async function ffprobeSeconds(path: string): Promise<number> {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0'];
  return Number((await run('ffprobe', [...args, path])).stdout);
}

/** Returns one field of the first video stream from ffprobe, such as `pix_fmt`. */
export async function ffprobeVideo(path: string, field: string): Promise<string> {
  const select = ['-v', 'error', '-select_streams', 'v:0', '-show_entries', `stream=${field}`];
  return (await run('ffprobe', [...select, '-of', 'csv=p=0', path])).stdout.trim();
}

/** Returns a hash of the coded pictures without the file around them: equal when they were copied. */
export async function pictureHash(path: string): Promise<string> {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-c', 'copy', '-f', 'hash', '-'];
  return (await run('ffmpeg', args)).stdout.trim();
}

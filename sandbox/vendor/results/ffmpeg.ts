/** Makes a real MP4 with exactly the size and frames of a task, one ffmpeg at a time. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { FRAMES_PER_SECOND } from '../create/options.ts';

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly frameCount: number;
  readonly hasAudio: boolean;
  /** The first and last pictures; without the first, a moving background. */
  readonly firstFrame: Uint8Array | undefined;
  readonly lastFrame: Uint8Array | undefined;
  /** The background’s colours, six hexadecimal digits each. */
  readonly colours: readonly [string, string];
}

const RENDER_TIMEOUT_MS = 60_000;

export class Ffmpeg {
  #isPresent: Promise<boolean> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #running: ChildProcess | undefined;
  #isClosed = false;

  /** Whether `ffmpeg` is on the PATH; checked once. */
  async isPresent(): Promise<boolean> {
    this.#isPresent ??= this.#run(['-version']).then(
      () => true,
      () => false,
    );
    return this.#isPresent;
  }

  /** @throws Error when ffmpeg cannot make it, for example from a broken picture. */
  async render(scene: Scene): Promise<Buffer> {
    const turn = this.#last.then(() => this.#renderNow(scene));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** @throws Error when the clip cannot be read */
  async lastFrame(clip: Uint8Array): Promise<Buffer> {
    const turn = this.#last.then(() => this.#cutNow(clip));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Kills running programs and waits until their files are deleted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#running?.kill('SIGKILL');
    await this.#last;
  }

  async #renderNow(scene: Scene): Promise<Buffer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-vendor-'));
    try {
      const pictures = [];
      for (const bytes of [scene.firstFrame, scene.lastFrame]) {
        if (bytes === undefined) continue;
        const file = path.join(folder, `frame-${pictures.length}`);
        await writeFile(file, bytes);
        pictures.push(file);
      }
      const output = path.join(folder, 'clip.mp4');
      await this.#run([...inputs(scene, pictures), ...encoding(scene), output]);
      return await readFile(output);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #cutNow(clip: Uint8Array): Promise<Buffer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-vendor-'));
    try {
      const [input, output] = [path.join(folder, 'clip.mp4'), path.join(folder, 'last.png')];
      await writeFile(input, clip);
      // Each picture of the last second overwrites the previous one.
      await this.#run(['-sseof', '-1', '-i', input, '-update', '1', output]);
      return await readFile(output);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #run(args: readonly string[]): Promise<void> {
    if (this.#isClosed) throw new Error('The sandbox vendor is closed');
    const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', ...args], {
      stdio: 'ignore',
      // Not `timeout`: its timer outlives a child that could not be started, and keeps the process alive.
      signal: AbortSignal.timeout(RENDER_TIMEOUT_MS),
      killSignal: 'SIGKILL',
    });
    this.#running = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`ffmpeg ended with ${code}`));
    });
    await promise;
  }
}

function inputs(scene: Scene, pictures: readonly string[]): string[] {
  const { width, height, frameCount, hasAudio, colours } = scene;
  const seconds = (frameCount / FRAMES_PER_SECOND).toFixed(3);
  // Made small and scaled up: soft colours do not show it, and it costs a tenth.
  const background =
    `gradients=s=${Math.ceil(width / 8)}x${Math.ceil(height / 8)}:r=${FRAMES_PER_SECOND}:n=2` +
    `:speed=0.01:seed=1:c0=0x${colours[0]}:c1=0x${colours[1]}`;
  const sources =
    pictures.length === 0
      ? ['-f', 'lavfi', '-i', background]
      : pictures.flatMap((file) => ['-i', file]);
  const sound = hasAudio ? ['-f', 'lavfi', '-i', `sine=frequency=196:duration=${seconds}`] : [];
  const mapSound = hasAudio ? ['-map', `${Math.max(1, pictures.length)}:a`] : [];
  const filter = picture(scene, pictures.length);
  return ['-y', ...sources, ...sound, '-filter_complex', filter, '-map', '[v]', ...mapSound];
}

/** A slow zoom into the first picture; with a second one, a crossfade to it over the last second. */
function picture({ width, height, frameCount }: Scene, pictures: number): string {
  if (pictures === 0) return `[0:v]scale=${width}:${height}:flags=fast_bilinear,setsar=1[v]`;
  // The vendor crops centrally where picture and video differ in ratio.
  const cover =
    `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=fast_bilinear,` +
    `crop=${width}:${height},setsar=1`;
  const zoom =
    `zoompan=z='1+0.06*on/${frameCount}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2'` +
    `:d=${frameCount}:s=${width}x${height}:fps=${FRAMES_PER_SECOND},format=yuv420p`;
  if (pictures === 1) return `[0:v]${cover},${zoom}[v]`;
  const still = `loop=loop=${frameCount}:size=1,fps=${FRAMES_PER_SECOND},format=yuv420p`;
  const offset = (frameCount / FRAMES_PER_SECOND - 1).toFixed(3);
  return (
    `[0:v]${cover},${zoom}[a];[1:v]${cover},${still}[b];` +
    `[a][b]xfade=transition=fade:duration=1:offset=${offset}[v]`
  );
}

function encoding({ frameCount, hasAudio }: Scene): string[] {
  const length = `-frames:v ${frameCount} -r ${FRAMES_PER_SECOND}`;
  const codec = '-c:v libx264 -preset ultrafast -crf 33 -pix_fmt yuv420p';
  const sound = hasAudio ? ' -c:a aac -ac 1 -b:a 48k' : '';
  const container = '-movflags +faststart -fflags +bitexact -f mp4';
  return `${length} ${codec}${sound} ${container}`.split(' ');
}

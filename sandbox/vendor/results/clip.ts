/** The video of a task: rendered on the first request and cached by content, or the stored clip. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { TaskRecord } from '../tasks/tasks.ts';
import { Ffmpeg, type Scene } from './ffmpeg.ts';
import { plainPng } from './still.ts';

/** `auto`: ffmpeg when it is installed, otherwise the stored clip (864×480, 5 s, silent). */
export type VideoSource = 'ffmpeg' | 'stored' | 'auto';

const STORED_CLIP = new URL('../clip.mp4', import.meta.url);

export class Clips {
  readonly #source: VideoSource;
  readonly #ffmpeg = new Ffmpeg();
  readonly #made = new Map<string, Promise<Buffer>>();
  #stored: Promise<Buffer> | undefined;
  /** The video of every task, whatever was requested. */
  fixed: Buffer | undefined;
  /** How many were rendered; identical tasks share one. */
  renders = 0;

  constructor(source: VideoSource) {
    this.#source = source;
  }

  /** @throws Error when `ffmpeg` was requested and is not installed. */
  async prepare(): Promise<void> {
    if (this.#source === 'ffmpeg' && !(await this.#ffmpeg.isPresent())) {
      throw new Error("The sandbox vendor was told video: 'ffmpeg', but ffmpeg is not on the PATH");
    }
  }

  /** False when ffmpeg is missing, or the stored clip was requested. */
  async areRendered(): Promise<boolean> {
    return this.#source !== 'stored' && (await this.#ffmpeg.isPresent());
  }

  async of(task: TaskRecord): Promise<Buffer> {
    if (this.fixed !== undefined) return this.fixed;
    if (!(await this.areRendered())) return this.#clip();
    const scene = sceneOf(task);
    const key = keyOf(scene);
    const made = this.#made.get(key) ?? this.#make(scene);
    this.#made.set(key, made);
    return made;
  }

  /** The last picture of the task’s own video; without ffmpeg a plain grey of its size. */
  async lastFrameOf(task: TaskRecord): Promise<Buffer> {
    const { width, height } = task.options;
    if (!(await this.areRendered())) return plainPng(width, height);
    const clip = await this.of(task);
    return this.#ffmpeg.lastFrame(clip).catch(() => plainPng(width, height));
  }

  async close(): Promise<void> {
    await this.#ffmpeg.close();
  }

  async #make(scene: Scene): Promise<Buffer> {
    this.renders += 1;
    try {
      return await this.#ffmpeg.render(scene);
    } catch {
      // A picture with a valid header and a broken body: the video still has the right size.
      const bare = { ...scene, firstFrame: undefined, lastFrame: undefined };
      return this.#ffmpeg.render(bare).catch(() => this.#clip());
    }
  }

  async #clip(): Promise<Buffer> {
    this.#stored ??= readFile(STORED_CLIP);
    return this.#stored;
  }
}

function sceneOf({ options, text, firstFrame, lastFrame }: TaskRecord): Scene {
  const hue = createHash('sha256').update(text).digest('hex');
  return {
    width: options.width,
    height: options.height,
    frameCount: options.frameCount,
    hasAudio: options.generateAudio === true,
    firstFrame: firstFrame?.bytes,
    lastFrame: lastFrame?.bytes,
    colours: [hue.slice(0, 6), hue.slice(6, 12)],
  };
}

function keyOf(scene: Scene): string {
  const hash = createHash('sha256');
  const { firstFrame, lastFrame, ...rest } = scene;
  // The colours show only when there is no picture.
  hash.update(JSON.stringify(firstFrame === undefined ? rest : { ...rest, colours: [] }));
  for (const bytes of [firstFrame, lastFrame]) hash.update('|').update(bytes ?? '');
  return hash.digest('hex');
}

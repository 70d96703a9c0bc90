/** A program in place of ffmpeg that takes as long as the test wants. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { temporaryFolder } from '../fakes/temporary-folder.ts';
import type { Mp4Settings } from '../fakes/videos.ts';
import { fakeFfmpeg, putVideo } from '../unit/media/ffmpeg/fake-ffmpeg.ts';

/** Each encoding waits until the test releases it: the first for `go-1`, and so on. */
const ONE_BY_ONE = `
case "$*" in *-encoders*) echo ' libx264 '; echo ' aac '; exit 0;; esac
n=1; while ! mkdir "$folder/call-$n" 2>/dev/null; do n=$((n + 1)); done
while [ ! -e "$folder/go-$n" ]; do sleep 0.02; done
if [ $n = 1 ]; then cp "$folder/made-1.mp4" "$out"; else cp "$folder/made.mp4" "$out"; fi`;

export interface SlowEncoder extends AsyncDisposable {
  readonly path: string;
  /** How many encodings have been started. */
  started(): number;
  /** Releases the first `count` of them. */
  release(count: number): Promise<void>;
}

/** @param made its output for each video; @param first its output for the first one */
export async function slowEncoder(made: Mp4Settings, first = made): Promise<SlowEncoder> {
  const folder = await temporaryFolder();
  const { path } = await fakeFfmpeg(folder.path, ONE_BY_ONE);
  await putVideo(folder.path, 'made.mp4', made);
  await putVideo(folder.path, 'made-1.mp4', first);
  const has = (name: string): boolean => existsSync(join(folder.path, name));
  return {
    path,
    started() {
      let count = 0;
      while (has(`call-${count + 1}`)) count += 1;
      return count;
    },
    async release(count) {
      for (let call = 1; call <= count; call += 1) {
        await writeFile(join(folder.path, `go-${call}`), '');
      }
    },
    [Symbol.asyncDispose]: async () => folder[Symbol.asyncDispose](),
  };
}

import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { probeVideo } from '#src/media/formats/probe-video.ts';
import {
  inspectReferenceAudio,
  inspectReferenceVideo,
} from '#src/media/inspection/inspect-reference.ts';
import { text } from '#src/text/text.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import {
  ffprobeSeconds,
  hasFfmpeg,
  makeWithFfmpeg,
  noisyVideo,
  tone,
  warnWithoutFfmpeg,
} from '../ffmpeg/ffmpeg.ts';

const OPTIONS = { label: text('media:referenceVideo'), limits: { minSeconds: 2, maxSeconds: 15 } };
/** Players and the inspection may differ by the padding that encoders add around sound. */
const SOUND_TOLERANCE_SECONDS = 0.08;

warnWithoutFfmpeg('inspect-real-reference.test.ts');

describe.skipIf(!hasFfmpeg)('files that ffmpeg wrote', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  test.each([
    ['plain.mp4', `${noisyVideo('864x480', 2)} -c:v libx264`, 8, 24],
    ['front.mp4', `${noisyVideo('864x480', 2)} -c:v libx264 -movflags +faststart`, 8, 24],
    ['apple.mov', `${noisyVideo('864x480', 2)} ${tone(2)} -c:v libx264 -c:a aac`, 8, 24],
    ['film.mp4', `${noisyVideo('864x480', 2)} -r 24000/1001 -c:v libx264`, 8, 23.976],
    ['fast.mp4', `${noisyVideo('864x480', 2)} -r 60 -c:v libx264`, 8, 60],
    ['ten.mp4', `${noisyVideo('864x480', 2)} -c:v libx264 -pix_fmt yuv420p10le`, 10, 24],
    ['hevc.mp4', `${noisyVideo('864x480', 2)} -c:v libx265 -x265-params log-level=none`, 8, 24],
    [
      'hevc-ten.mov',
      `${noisyVideo('864x480', 2)} -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1`,
      10,
      24,
    ],
  ])('%s is recognised', async (name, args, bitDepth, framesPerSecond) => {
    // testsrc2 is 4:4:4, which the encoders would keep by default.
    const format = args.includes('-pix_fmt') ? args : `${args} -pix_fmt yuv420p`;
    const path = await makeWithFfmpeg(`${format} -preset ultrafast`, join(folder.path, name));

    const facts = await inspectReferenceVideo({ path }, OPTIONS);

    expect(facts).toMatchObject({ width: 864, height: 480 });
    expect(facts.framesPerSecond).toBeCloseTo(framesPerSecond, 2);
    expect(facts.seconds).toBeCloseTo(await ffprobeSeconds(path), 2);
    expect(facts.billableMs).toBeGreaterThanOrEqual((await ffprobeSeconds(path)) * 1000);
    expect((await probeVideo(path)).bitDepth).toBe(bitDepth);
  });

  test.each([
    ['plain.wav', '-c:a pcm_s16le'],
    ['float.wav', '-c:a pcm_f32le -ac 2 -ar 48000'],
    ['constant.mp3', '-c:a libmp3lame -b:a 128k'],
    ['variable.mp3', '-c:a libmp3lame -q:a 4 -metadata title=Song'],
    ['mono.mp3', '-c:a libmp3lame -b:a 32k -ac 1 -ar 22050'],
    ['silent-header.mp3', '-c:a libmp3lame -q:a 4 -write_xing 0 -id3v2_version 0'],
    ['tag-behind.mp3', '-c:a libmp3lame -b:a 64k -write_id3v1 1 -metadata title=Song'],
  ])('%s is as long as ffprobe says', async (name, args) => {
    const path = await makeWithFfmpeg(`${tone(3)} ${args}`, join(folder.path, name));

    const { seconds } = await inspectReferenceAudio({ path }, OPTIONS);

    expect(Math.abs(seconds - 3)).toBeLessThan(SOUND_TOLERANCE_SECONDS);
  });
});

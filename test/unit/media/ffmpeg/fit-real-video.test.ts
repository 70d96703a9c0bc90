import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { systemClock } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import {
  createVideoFitter,
  needsOtherSound,
  needsReencoding,
} from '#src/media/ffmpeg/fit-video.ts';
import { withByteSource } from '#src/media/formats/byte-source.ts';
import { metadataTags } from '#src/media/formats/metadata-tags.ts';
import { readDescription } from '#src/media/formats/mp4-boxes.ts';
import { probeVideo } from '#src/media/formats/probe-video.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import {
  ffprobeSeconds,
  ffprobeVideo,
  hasFfmpeg,
  makeWithFfmpeg,
  noisyVideo,
  pictureHash,
  tone,
  warnWithoutFfmpeg,
} from './ffmpeg.ts';

warnWithoutFfmpeg('fit-real-video.test.ts');

describe.skipIf(!hasFfmpeg)('a video encoded to fit with the real ffmpeg', () => {
  const fitter = createVideoFitter({ logger: createLogger('silent'), clock: systemClock });
  const SECONDS = 2;
  const RAW = '-c:v libx264 -preset ultrafast -qp 12 -pix_fmt yuv420p -c:a aac';
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let largePath: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const args = `${noisyVideo('1280x720', SECONDS)} ${tone(SECONDS)} ${RAW}`;
    largePath = await makeWithFfmpeg(args, join(folder.path, 'large.mp4'));
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  async function fit(inputPath: string, maxBytes: number) {
    const { width, height, hasAudio, seconds = 0 } = await probeVideo(inputPath);
    const outputPath = join(folder.path, `fitted-${maxBytes}.mp4`);
    const options = { maxBytes, width, height, hasAudio, seconds };
    return { fitted: await fitter.fit(inputPath, outputPath, options), outputPath };
  }

  test('encoding is available here', async () => {
    expect(await fitter.isAvailable()).toBe(true);
  });

  test.each([
    [2_000_000, 1280, 720],
    [400_000, 1280, 720],
    [150_000, 854, 480],
    [120_000, 854, 480],
  ])('a fitted video has at most %i bytes, and uses them', async (maxBytes, width, height) => {
    expect((await stat(largePath)).size).toBeGreaterThan(maxBytes);

    const { fitted, outputPath } = await fit(largePath, maxBytes);

    const { size } = await stat(outputPath);
    expect(fitted).toEqual({ bytes: size, width, height });
    expect(size).toBeLessThanOrEqual(maxBytes);
    expect(size).toBeGreaterThan(maxBytes * 0.6);
    expect(await ffprobeSeconds(outputPath)).toBeCloseTo(SECONDS, 0);
    expect(await probeVideo(outputPath)).toMatchObject({
      codec: 'avc1',
      profile: 100,
      bitDepth: 8,
      hasAudio: true,
    });
    expect(await ffprobeVideo(outputPath, 'avg_frame_rate')).toBe('24/1');
  });

  test('a fitted video plays from its start: its description precedes the pictures', async () => {
    const { outputPath } = await fit(largePath, 500_000);

    const bytes = await readFile(outputPath);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  test('a video that would be ruined is not fitted', async () => {
    expect((await fit(largePath, 40_000)).fitted).toBe('cannot-fit');
  });

  test('a 10-bit H.265 video is fitted as 8-bit H.264', async () => {
    const args = `${noisyVideo('864x480', 1)} -c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1`;
    const inputPath = await makeWithFfmpeg(args, join(folder.path, 'ten.mp4'));
    expect(needsReencoding(await probeVideo(inputPath))).toBe(true);

    const { outputPath } = await fit(inputPath, 10_000_000);

    const made = await probeVideo(outputPath);
    expect(needsReencoding(made)).toBe(false);
    expect(made).toMatchObject({ width: 864, height: 480, hasAudio: false });
    expect(await ffprobeVideo(outputPath, 'pix_fmt')).toBe('yuv420p');
  });

  describe('the AI label of a fitted video', () => {
    async function tagsOf(path: string) {
      return metadataTags(await withByteSource({ path }, readDescription));
    }

    test('a video without a label gets the bot’s label', async () => {
      const { outputPath } = await fit(largePath, 600_000);

      const tags = await tagsOf(outputPath);
      expect(JSON.parse(tags.get('AIGC') ?? '')).toMatchObject({ Label: '1' });
      expect(tags.get('comment')).toContain('AI-generated');
      expect(tags.get('comment')).toContain('trainedAlgorithmicMedia');
    });

    test('a vendor’s label is kept, without other metadata', async () => {
      const label = '{"Label":"1","ContentProducer":"001191440300","ProduceID":"a=b;c"}';
      const args = `${noisyVideo('864x480', 1)} ${RAW} -movflags use_metadata_tags -metadata title=secret -metadata AIGC=${label}`;
      const inputPath = await makeWithFfmpeg(args, join(folder.path, 'labelled.mp4'));

      const { outputPath } = await fit(inputPath, 300_000);

      const tags = await tagsOf(outputPath);
      expect(tags.get('AIGC')).toBe(label);
      expect(JSON.stringify([...tags])).not.toContain('secret');
    });
  });

  test.each(['libopus', 'ac3', 'eac3'])(
    'a fitted video has AAC in place of %s, and the same pictures',
    async (encoder) => {
      const pictures = '-c:v libx264 -preset ultrafast -pix_fmt yuv420p';
      const args = `${noisyVideo('864x480', SECONDS)} ${tone(SECONDS)} ${pictures} -c:a ${encoder}`;
      const inputPath = await makeWithFfmpeg(args, join(folder.path, `${encoder}.mp4`));
      const before = await probeVideo(inputPath);
      expect(needsOtherSound(before)).toBe(true);
      const { width, height, seconds = 0 } = before;
      const outputPath = join(folder.path, `${encoder}-aac.mp4`);

      const target = { maxBytes: 20_000_000, width, height, seconds, hasAudio: true };
      await fitter.fit(inputPath, outputPath, { ...target, keepsPictures: true });

      const after = await probeVideo(outputPath);
      expect(needsOtherSound(after)).toBe(false);
      expect(after.sound).toMatchObject({ codec: 'mp4a', objectType: 0x40 });
      expect(await pictureHash(outputPath)).toBe(await pictureHash(inputPath));
      expect((await readFile(outputPath)).includes('AIGC')).toBe(true);
    },
  );

  test('a sound change fails when its result is too large', async () => {
    const options = { maxBytes: 100_000, width: 1280, height: 720, seconds: SECONDS };
    const outputPath = join(folder.path, 'never.mp4');

    const outcome = await fitter.fit(largePath, outputPath, {
      ...options,
      hasAudio: true,
      keepsPictures: true,
    });

    expect(outcome).toBe('cannot-fit');
    await expect(stat(outputPath)).rejects.toThrow('ENOENT');
  });

  test('an upright picture stays upright', async () => {
    const args = `${noisyVideo('720x1280', 1)} ${RAW}`;
    const inputPath = await makeWithFfmpeg(args, join(folder.path, 'upright.mp4'));

    const { fitted } = await fit(inputPath, 100_000);

    expect(fitted).toMatchObject({ width: 480, height: 854 });
  });

  test.each([
    ['a playlist', (path: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${path}\n`],
    ['a list of files', (path: string) => `ffconcat version 1.0\nfile ${path}\n`],
    ['text', () => 'The link has expired, please try again.'],
  ])('no video is fitted from files that %s names', async (_, write) => {
    const inputPath = join(folder.path, 'list.mp4');
    await writeFile(inputPath, write(largePath));
    const options = { maxBytes: 1_000_000, width: 1280, height: 720, seconds: 2, hasAudio: true };

    const outputPath = join(folder.path, 'stolen.mp4');
    await expect(fitter.fit(inputPath, outputPath, options)).rejects.toMatchObject({
      failure: 'failed',
    });
    await expect(stat(outputPath)).rejects.toThrow('ENOENT');
  });
});

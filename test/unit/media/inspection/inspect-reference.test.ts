import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  inspectReferenceAudio,
  inspectReferenceVideo,
  type InspectReferenceOptions,
} from '#src/media/inspection/inspect-reference.ts';
import { REFERENCE_LIMITS_2_5 } from '#src/media/inspection/reference-limits.ts';
import { text } from '#src/text/text.ts';

import { pngImage, textFile } from '../../../fakes/images.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { mp4Box, mp4File, type Mp4Settings } from '../../../fakes/videos.ts';
import { workMs } from '../../../fakes/work.ts';
import { inspectionTextOf } from './inspection-text.ts';
import { id3Tag, mp3File, mp3Frame, wavFile } from './sounds.ts';

const LIMITS = { minSeconds: 2, maxSeconds: 15 };
const VIDEO = { label: text('media:referenceVideo'), limits: LIMITS };
const AUDIO = { label: text('media:referenceSound'), limits: LIMITS };
const MOST_WORK_MS = 2000;
const DAMAGED = (what: string, type: string): string =>
  `The ${what} is damaged or cut short: its ${type} file can’t be read. Save it again and send the new file.`;

async function videoOutcome(
  settings: Mp4Settings | Uint8Array,
  options: Partial<InspectReferenceOptions> = {},
): Promise<string> {
  const bytes = settings instanceof Uint8Array ? settings : mp4File(settings);
  return inspectionTextOf(inspectReferenceVideo(bytes, { ...VIDEO, ...options }));
}

async function audioOutcome(
  bytes: Uint8Array,
  options: Partial<InspectReferenceOptions> = {},
): Promise<string> {
  return inspectionTextOf(inspectReferenceAudio(bytes, { ...AUDIO, ...options }));
}

describe('a reference video that the models accept', () => {
  test('a reference video has the same dimensions, frames and length from memory and from the disk', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'reference.bin');
    const bytes = mp4File({ width: 1920, height: 1080, hasAudio: true, framesPerSecond: 30 });
    await writeFile(path, bytes);

    const facts = await inspectReferenceVideo(bytes, VIDEO);

    expect(facts).toEqual({
      mimeType: 'video/mp4',
      byteLength: bytes.length,
      width: 1920,
      height: 1080,
      framesPerSecond: 30,
      seconds: 5,
      billableMs: 5000,
      hasAudio: true,
    });
    expect(await inspectReferenceVideo({ path }, VIDEO)).toEqual(facts);
  });

  test('a reference video may be a MOV', async () => {
    expect(await videoOutcome({ brand: 'qt  ' })).toContain('"mimeType":"video/quicktime"');
  });

  test('a reference video may be an MP4 with Apple’s brand', async () => {
    expect(await videoOutcome({ brand: 'M4V ' })).toContain('"mimeType":"video/mp4"');
  });

  test.each([
    ['the narrowest that the models make at 480p', { width: 960, height: 416 }],
    ['in cinema 4k', { width: 4096, height: 2160 }],
    ['upright', { width: 1080, height: 1920 }],
    ['at the 23.976 frames per second of films', { framesPerSecond: 23.976 }],
    ['at 60 frames per second', { framesPerSecond: 60 }],
    ['of 2 s', { seconds: 2 }],
    ['of 15 s as the models make it, one frame longer', { seconds: 361 / 24 }],
  ])('a reference video may be %s', async (_, settings) => {
    expect(await videoOutcome(settings)).toMatch(/^accepted/);
  });

  test('a reference video is priced by its longest stated length, rounded up to a millisecond', async () => {
    const facts = await videoOutcome({ seconds: 5, trackSeconds: 121 / 24 });

    expect(facts).toContain('"seconds":5.041667,');
    expect(facts).toContain('"billableMs":5042,');
  });

  test('a reference video may be longer for a model that accepts more', async () => {
    const limits = REFERENCE_LIMITS_2_5;

    expect(await videoOutcome({ seconds: 28 }, { limits })).toMatch(/^accepted/);
    expect(await videoOutcome({ seconds: 31 }, { limits })).toBe(
      'The reference video lasts 31 s; it must last 2 to 30 s. Cut it.',
    );
  });
});

describe('a refused reference video', () => {
  test.each([
    [
      'too small',
      { width: 640, height: 360 },
      '640 × 360 pixels; each side must be 416 to 4096 pixels (480p to 4k).',
    ],
    [
      'too large',
      { width: 7680, height: 4320 },
      '7680 × 4320 pixels; each side must be 416 to 4096 pixels (480p to 4k).',
    ],
  ])('a reference video that is %s is refused with advice', async (_, settings, rest) => {
    expect(await videoOutcome(settings)).toBe(`The reference video is ${rest}`);
  });

  test.each([
    [15, '15 frames a second; send one with 24 to 60, such as 30.'],
    [120, '120 frames a second; send one with 24 to 60, such as 30.'],
  ])('a reference video of %i frames a second is refused', async (framesPerSecond, rest) => {
    expect(await videoOutcome({ framesPerSecond })).toBe(`The reference video has ${rest}`);
  });

  test.each([
    [1.5, '1.5 s; it must last 2 to 15 s. Send a longer one.'],
    [15.25, '15.3 s; it must last 2 to 15 s. Cut it.'],
    [4000, '4000 s; it must last 2 to 15 s. Cut it.'],
  ])('a reference video of %d s is refused', async (seconds, rest) => {
    expect(await videoOutcome({ seconds })).toBe(`The reference video lasts ${rest}`);
  });

  test('a long film behind a header that says 5 s is refused', async () => {
    const bytes = mp4File({ seconds: 5, trackSeconds: 4000 });

    expect(await videoOutcome(bytes)).toBe(
      'The reference video lasts 4000 s; it must last 2 to 15 s. Cut it.',
    );
  });

  test('a reference video of too many bytes is refused', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'large.mp4');
    await writeFile(path, mp4File());
    await truncate(path, 200_000_001); // A sparse file, which takes no space on the disk.

    await expect(inspectReferenceVideo({ path }, VIDEO)).rejects.toThrow(
      'The reference video is 200.1 MB; the limit is 200 MB.',
    );
    await truncate(path, 200_000_000);
    await expect(inspectReferenceVideo({ path }, VIDEO)).resolves.toMatchObject({ seconds: 5 });
  });

  test.each([
    ['text', textFile(), 'is not a video: `x.mp4` contains text; send an MP4 or MOV video.'],
    [
      'a picture',
      pngImage(),
      'is not a video: `x.mp4` contains a picture; send an MP4 or MOV video.',
    ],
    ['sound', wavFile(), 'is not a video: `x.mp4` contains sound; send an MP4 or MOV video.'],
    [
      'a video of another type',
      Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex'),
      'is a video in WEBM format; send an MP4 or MOV video.',
    ],
    ['nothing', Buffer.alloc(0), 'is empty. Send it again.'],
  ])('%s is refused as a reference video', async (_, bytes, rest) => {
    expect(await videoOutcome(bytes, { fileName: 'x.mp4' })).toBe(`The reference video ${rest}`);
  });

  test.each([
    ['cut in its description', mp4File({ descriptionAt: 'end' }).subarray(0, -10)],
    ['cut before its description', mp4File({ descriptionAt: 'end' }).subarray(0, 90)],
    ['without a video track', Buffer.concat([mp4File().subarray(0, 32), mp4Box('moov')])],
  ])('a reference video %s is refused', async (_, bytes) => {
    expect(await videoOutcome(bytes)).toBe(DAMAGED('reference video', 'video'));
  });
});

describe('hostile bytes', () => {
  type Inspection = (bytes: Uint8Array, options: InspectReferenceOptions) => Promise<unknown>;
  const change = fc.tuple(fc.nat({ max: 3000 }), fc.integer({ min: 0, max: 255 }));
  const changes = fc.array(change, { minLength: 1, maxLength: 8 });
  const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 2000 });
  const seeds: readonly [Inspection, InspectReferenceOptions, Buffer][] = [
    [inspectReferenceVideo, VIDEO, mp4File({ hasAudio: true })],
    [inspectReferenceVideo, VIDEO, mp4File({ brand: 'qt  ', duration: 'long' })],
    [inspectReferenceAudio, AUDIO, wavFile({ chunks: [['LIST', Buffer.alloc(21)]] })],
    [inspectReferenceAudio, AUDIO, Buffer.concat([id3Tag(Buffer.alloc(99)), mp3File()])],
    [inspectReferenceAudio, AUDIO, mp3File({ bitRates: [1, 9] })],
  ];

  test('changed bytes in a valid file end in facts or an explanation', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), changes, async (seed, list) => {
        const [inspect, options, original] = seed;
        const bytes = Buffer.from(original);
        for (const [offset, value] of list) bytes[offset % bytes.length] = value;
        const said = await inspectionTextOf(inspect(bytes, options));
        expect(said).toMatch(
          /^(accepted|The (length of the )?reference (video|sound) (is|has|lasts|plays) .*\.( \(.*\))?$)/,
        );
        expect(said).not.toMatch(/NaN|Infinity|null|e\+/);
      }),
      { numRuns: 2000 },
    );
  });

  test('random bytes behind a valid start end in facts or an explanation', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...seeds), fc.nat(200), anyBytes, async (seed, at, rest) => {
        const [inspect, options, original] = seed;
        const bytes = Buffer.concat([original.subarray(0, at), rest]);
        expect(await inspectionTextOf(inspect(bytes, options))).toMatch(
          /^(accepted|The (length of the )?reference )/,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('hostile bytes cost no more than one inspection', async () => {
    const times = mp4Box('stts', Buffer.alloc(15_000_000, 0xff));
    const start = [mp3Frame(), mp3Frame(), mp3Frame()];
    const work = await workMs(async () => {
      await audioOutcome(Buffer.concat([...start, Buffer.alloc(14_000_000, 0xff)]));
      await audioOutcome(
        Buffer.concat([...start, Buffer.alloc(14_000_000, mp3Frame().subarray(0, 4))]),
      );
      await audioOutcome(mp3File({ seconds: 3000, bitRates: [1] }));
      await audioOutcome(Buffer.alloc(14_000_000, Buffer.from('fffb0000', 'hex')));
      await audioOutcome(Buffer.alloc(14_000_000, id3Tag(Buffer.alloc(0))));
      await audioOutcome(Buffer.concat([wavFile().subarray(0, 36), Buffer.alloc(14_000_000)]));
      await videoOutcome(Buffer.concat([mp4File().subarray(0, 32), mp4Box('moov', times)]));
    });

    expect(work).toBeLessThan(MOST_WORK_MS);
  });
});

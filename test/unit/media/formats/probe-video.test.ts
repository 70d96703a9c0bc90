import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UntrustedContentError } from '#src/errors.ts';
import { probeVideo, type VideoFacts } from '#src/media/formats/probe-video.ts';

import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import {
  avcConfiguration,
  hevcConfiguration,
  mp4Box,
  mp4File,
  type Mp4Settings,
} from '../../../fakes/videos.ts';
import { workMs } from '../../../fakes/work.ts';

const EMPTY_BOXES = Buffer.alloc(15_000_000, mp4Box('trak'));
const MOST_WORK_MS = 2000;
const HIGH_10 = avcConfiguration({ profile: 110, bitDepth: 10 });

async function probe(bytes: Uint8Array): Promise<VideoFacts> {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'video.mp4');
  await writeFile(path, bytes);
  return await probeVideo(path);
}

describe('an MP4', () => {
  const settings: readonly [string, Mp4Settings, Partial<VideoFacts>][] = [
    ['with its description in front', {}, { width: 1280, height: 720, seconds: 5 }],
    ['with its description at the end', { descriptionAt: 'end' }, { width: 1280, seconds: 5 }],
    ['upright', { width: 480, height: 864 }, { width: 480, height: 864 }],
    ['with sound', { hasAudio: true }, { hasAudio: true, codec: 'avc1' }],
    ['without sound', { hasAudio: false }, { hasAudio: false }],
    ['in H.265', { codec: 'hvc1' }, { codec: 'hvc1' }],
    ['of a fraction of a second', { seconds: 2.042 }, { seconds: 2.042 }],
    ['with 64-bit fields', { duration: 'long' }, { width: 1280, height: 720, seconds: 5 }],
    ['in fragments that state their length', { duration: 'in-fragments' }, { seconds: 5 }],
    ['in H.264 high', {}, { codec: 'avc1', profile: 100, bitDepth: 8 }],
    ['in H.264 high 10', { configuration: HIGH_10 }, { profile: 110, bitDepth: 10 }],
    [
      'in H.264 4:2:2 of 9 bits',
      { configuration: avcConfiguration({ profile: 122, bitDepth: 9 }) },
      { profile: 122, bitDepth: 9 },
    ],
    [
      'in H.264 high 10 that leaves its bit depth out',
      { configuration: avcConfiguration({ profile: 110 }) },
      { bitDepth: 10 },
    ],
    [
      'in H.265 of 8 bits',
      { codec: 'hvc1', configuration: hevcConfiguration() },
      { profile: 1, bitDepth: 8 },
    ],
    [
      'in H.265 of 10 bits',
      { codec: 'hev1', configuration: hevcConfiguration({ profile: 2, bitDepth: 10 }) },
      { codec: 'hev1', profile: 2, bitDepth: 10 },
    ],
    [
      'in a coding whose configuration we cannot read',
      { codec: 'av01', configuration: mp4Box('av1C', Buffer.alloc(4)) },
      { codec: 'av01', profile: undefined, bitDepth: undefined },
    ],
    [
      'whose entry ends with filling, as old MOV files have it',
      { configuration: Buffer.from('00000001000000000000', 'hex') },
      { codec: 'avc1', bitDepth: undefined },
    ],
    ['in fragments that do not', { duration: 'none' }, { width: 1280, seconds: undefined }],
  ];

  test.each(settings)('the probe describes %s', async (_, given, expected) => {
    expect(await probe(mp4File(given))).toMatchObject(expected);
  });

  test('a media box of 64-bit size is skipped', async () => {
    const [type, media] = [mp4Box('ftyp', Buffer.from('isom\0\0\0\0')), Buffer.alloc(116)];
    media.writeUInt32BE(1, 0);
    media.write('mdat', 4, 'latin1');
    media.writeBigUInt64BE(116n, 8);
    const description = mp4File().subarray(32, -108);

    expect(await probe(Buffer.concat([type, media, description]))).toMatchObject({ width: 1280 });
  });
});

describe('a file that is not a complete MP4 with a video', () => {
  const whole = mp4File({ descriptionAt: 'end' });

  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['text', Buffer.from('<html>The link has expired, please try again.</html>')],
    ['a file cut in its media', whole.subarray(0, 60)],
    ['a file cut in its description', whole.subarray(0, -10)],
    ['a description without tracks', mp4Box('moov', mp4Box('mvhd', Buffer.alloc(100)))],
    ['endless empty boxes', Buffer.alloc(100_000, mp4Box('free'))],
    ['a description of endless empty boxes', mp4Box('moov', EMPTY_BOXES)],
    ['a box of size 2', Buffer.from('000000026d6f6f7600000000', 'hex')],
    [
      'a box larger than any disk, and none behind it',
      Buffer.from('000000016672656500ffffffffffffff', 'hex'),
    ],
    ['a box larger than any disk', Buffer.from('000000016d6f6f76ffffffffffffffff', 'hex')],
  ])('%s is refused', async (_, bytes) => {
    await expect(probe(bytes)).rejects.toThrow(UntrustedContentError);
  });

  test('a file costs no more than one inspection, however many boxes or times it claims', async () => {
    const times = Buffer.alloc(15_000_000, 0xff);

    const work = await workMs(async () => {
      await expect(probe(mp4Box('moov', EMPTY_BOXES))).rejects.toThrow('too many boxes');
      await expect(probe(mp4Box('moov', mp4Box('trak', times)))).rejects.toThrow('broken');
    });

    expect(work).toBeLessThan(MOST_WORK_MS);
  });

  test('a description of implausible size is refused', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'video.mp4');
    await writeFile(path, Buffer.from('000000006d6f6f76', 'hex'));
    const { truncate } = await import('node:fs/promises');
    await truncate(path, 17 * 1024 * 1024); // A sparse file, which takes no space on the disk.

    await expect(probeVideo(path)).rejects.toThrow('its description is too large');
  });

  test('a probe ends in facts or an UntrustedContentError, whatever bytes are changed', async () => {
    const seeds = [
      mp4File({ hasAudio: true }),
      mp4File({ duration: 'long', descriptionAt: 'end' }),
      mp4File({ configuration: HIGH_10 }),
      mp4File({ codec: 'hvc1', configuration: hevcConfiguration() }),
    ];
    const change = fc.tuple(fc.nat({ max: 2000 }), fc.integer({ min: 0, max: 255 }));
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'video.mp4');

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (seed, changes) => {
          const bytes = Buffer.from(seed);
          for (const [offset, value] of changes) bytes[offset % bytes.length] = value;
          await writeFile(path, bytes);
          const outcome = await probeVideo(path).catch((error: unknown) => error);
          expect(outcome instanceof Error).toBe(outcome instanceof UntrustedContentError);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

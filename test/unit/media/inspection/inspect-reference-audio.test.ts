import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  inspectReferenceAudio,
  type InspectReferenceOptions,
} from '#src/media/inspection/inspect-reference.ts';
import { text } from '#src/text/text.ts';

import { textFile } from '../../../fakes/images.ts';
import { temporaryFolder } from '../../../fakes/temporary-folder.ts';
import { mp4File } from '../../../fakes/videos.ts';
import { inspectionTextOf } from './inspection-text.ts';
import { id3Tag, mp3File, mp3Frame, mp3FrameCount, wavFile } from './sounds.ts';

const LIMITS = { minSeconds: 2, maxSeconds: 15 };
const AUDIO = { label: text('media:referenceSound'), limits: LIMITS };
const DAMAGED = (what: string, type: string): string =>
  `The ${what} is damaged or cut short: its ${type} file can’t be read. Save it again and send the new file.`;

async function audioOutcome(
  bytes: Uint8Array,
  options: Partial<InspectReferenceOptions> = {},
): Promise<string> {
  return inspectionTextOf(inspectReferenceAudio(bytes, { ...AUDIO, ...options }));
}

describe('reference sound that the models accept', () => {
  test('reference sound is measured the same from memory and from the disk', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'sound.bin');
    const bytes = wavFile({ seconds: 4.25 });
    await writeFile(path, bytes);

    const facts = { mimeType: 'audio/wav', byteLength: bytes.length, seconds: 4.25 };
    expect(await inspectReferenceAudio(bytes, AUDIO)).toEqual(facts);
    expect(await inspectReferenceAudio({ path }, AUDIO)).toEqual(facts);
  });

  test.each([
    ['with chunks in between, one of odd size', { chunks: [['bext', Buffer.alloc(603)]] as const }],
    ['written to a pipe', { claimedBytes: 0xffff_ffff }],
    ['written to a pipe by another program', { claimedBytes: 0 }],
  ])('reference sound may be a WAV %s', async (_, settings) => {
    expect(await audioOutcome(wavFile(settings))).toContain('"seconds":5}');
  });

  const picture = Buffer.alloc(40_000, mp3Frame().subarray(0, 100));
  const seconds = (mp3FrameCount(5) * 1152) / 44_100;
  test.each([
    ['of constant bit rate', mp3File()],
    ['of variable bit rate without a header for it', mp3File({ bitRates: [1, 14, 9] })],
    ['with a tag that has a picture', Buffer.concat([id3Tag(picture), mp3File()])],
    ['with two tags', Buffer.concat([id3Tag(picture), id3Tag(picture), mp3File()])],
    ['with a tag behind', Buffer.concat([mp3File(), Buffer.alloc(128, 'TAGsong')])],
    [
      'with stray bytes in between',
      Buffer.concat([mp3File({ seconds: 2 }), Buffer.alloc(999, 0xff), mp3File({ seconds: 3 })]),
    ],
    ['whose last frame is cut', Buffer.concat([mp3File(), mp3Frame().subarray(0, 50)])],
  ])('reference sound may be an MP3 %s', async (_, bytes) => {
    const facts = await inspectReferenceAudio(bytes, AUDIO);

    expect(facts.mimeType).toBe('audio/mpeg');
    expect(facts.seconds).toBeCloseTo(seconds, 1);
  });

  test.each(['Xing', 'Info', 'VBRI'])(
    'an MP3 frame of %s does not lengthen the sound',
    async (name) => {
      const bytes = Buffer.concat([mp3Frame(9, name), mp3File()]);

      expect((await inspectReferenceAudio(bytes, AUDIO)).seconds).toBeCloseTo(seconds, 9);
    },
  );
});

describe('refused reference sound', () => {
  test.each([
    ['too short', wavFile({ seconds: 1 }), 'lasts 1 s; it must last 2 to 15 s. Send a longer one.'],
    ['too long', mp3File({ seconds: 20 }), 'lasts 20.1 s; it must last 2 to 15 s. Cut it.'],
    ['too large', Buffer.alloc(15_000_001), 'is 15.1 MB; the limit is 15 MB.'],
    ['empty', Buffer.alloc(0), 'is empty. Send it again.'],
    ['a video', mp4File(), 'is not sound: the file contains a video; send a WAV or MP3 file.'],
    ['text', textFile(), 'is not sound: the file contains text; send a WAV or MP3 file.'],
    ['FLAC', Buffer.from('fLaC\0\0\0\x22'), 'is sound in FLAC format; send a WAV or MP3 file.'],
    ['M4A', mp4File({ brand: 'M4A ' }), 'is sound in M4A format; send a WAV or MP3 file.'],
  ])('reference sound that is %s is refused with advice', async (_, bytes, rest) => {
    expect(await audioOutcome(bytes)).toBe(`The reference sound ${rest}`);
  });

  test.each([
    ['a WAV cut short', 'WAV', wavFile().subarray(0, -1000)],
    ['a WAV without sound', 'WAV', wavFile({ seconds: 0 })],
    ['a WAV cut in its header', 'WAV', wavFile().subarray(0, 30)],
    ['a WAV of 0 bytes a second', 'WAV', wavFile({ sampleRate: 0, claimedBytes: 1 })],
    ['a tag and nothing', 'MP3', id3Tag(Buffer.alloc(3000, 'title'))],
    ['a tag larger than the file', 'MP3', id3Tag(mp3File(), 200_000_000)],
    ['a single MP3 frame', 'MP3', Buffer.concat([id3Tag(Buffer.alloc(10)), mp3Frame()])],
  ])('%s is refused as damaged', async (_, type, bytes) => {
    expect(await audioOutcome(bytes)).toBe(DAMAGED('reference sound', type));
  });
});

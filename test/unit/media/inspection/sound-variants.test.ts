/** Unusual audio files that common decoders read, next to truncated ones. */
import { describe, expect, test } from 'vitest';

import {
  inspectReferenceAudio,
  inspectReferenceVideo,
} from '#src/media/inspection/inspect-reference.ts';
import { text } from '#src/text/text.ts';

import { inspectionTextOf } from './inspection-text.ts';
import { id3Tag, mp3File, mp3Frame, mp3FrameCount, wavFile } from './sounds.ts';

const OPTIONS = { label: text('media:referenceSound'), limits: { minSeconds: 2, maxSeconds: 15 } };

async function inspectionText(bytes: Uint8Array): Promise<string> {
  return inspectionTextOf(inspectReferenceAudio(bytes, OPTIONS));
}

async function secondsOf(bytes: Uint8Array): Promise<number> {
  return (await inspectReferenceAudio(bytes, OPTIONS)).seconds;
}

const damagedText = (type: string): string =>
  `The reference sound is damaged or cut short: its ${type} file can’t be read. Save it again and send the new file.`;

/** A chunk of a WAV file, padded to an even length. */
function chunk(type: string, content: Buffer, claimedBytes = content.length): Buffer {
  const header = Buffer.alloc(8, type, 'latin1');
  header.writeUInt32LE(claimedBytes, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

describe('a WAV', () => {
  const SAMPLE_RATE = 8000;
  const SOUND = Buffer.alloc(SAMPLE_RATE * 2 * 5);
  const format = (kind = 1, extra: Buffer = Buffer.alloc(0), bytesPerSecond = SAMPLE_RATE * 2) => {
    const fields = Buffer.alloc(16);
    fields.writeUInt16LE(kind, 0);
    fields.writeUInt16LE(1, 2);
    fields.writeUInt32LE(SAMPLE_RATE, 4);
    fields.writeUInt32LE(bytesPerSecond, 8);
    fields.writeUInt16LE(2, 12);
    fields.writeUInt16LE(16, 14);
    return chunk('fmt ', Buffer.concat([fields, extra]));
  };
  const form = (name: string, ...chunks: readonly Buffer[]): Buffer =>
    Buffer.concat([Buffer.from(`${name}\xff\xff\xff\xffWAVE`, 'latin1'), ...chunks]);
  const sizes = (dataBytes: number): Buffer => {
    const content = Buffer.alloc(28);
    content.writeBigUInt64LE(BigInt(dataBytes), 8);
    return chunk('ds64', content);
  };
  const extension = Buffer.concat([
    Buffer.from([22, 0, 16, 0, 4, 0, 0, 0]),
    Buffer.from('0100000000001000800000aa00389b71', 'hex'),
  ]);

  test.each([0, 0xffff_ffff, 0x7fff_ffff, 0x8000_0000, 0x7fff_f000, 2_000_000_000, 16_000_000])(
    'a WAV with the placeholder %i for its size is as long as the file',
    async (claimedBytes) => {
      expect(await secondsOf(wavFile({ claimedBytes }))).toBe(5);
    },
  );

  test.each([
    ['that counts its header in the size', wavFile({ claimedBytes: SOUND.length + 44 })],
    [
      'with other chunks in front',
      form(
        'RIFF',
        chunk('JUNK', Buffer.alloc(28)),
        format(),
        chunk('bext', Buffer.alloc(603)),
        chunk('LIST', Buffer.from('INFOISFT\x03\0\0\0me\0\0', 'latin1')),
        chunk('data', SOUND),
      ),
    ],
    [
      'with a chunk larger than one read',
      form('RIFF', chunk('JUNK', Buffer.alloc(300_001, 'data')), format(), chunk('data', SOUND)),
    ],
    [
      'with a chunk behind its sound',
      form('RIFF', format(), chunk('data', SOUND), chunk('LIST', Buffer.alloc(5000))),
    ],
    ['of the extensible format', form('RIFF', format(0xfffe, extension), chunk('data', SOUND))],
    [
      'that states a wrong byte rate',
      form('RIFF', format(1, Buffer.alloc(0), 1), chunk('data', SOUND)),
    ],
    [
      'of the RF64 form',
      form('RF64', sizes(SOUND.length), format(), chunk('data', SOUND, 0xffff_ffff)),
    ],
    [
      'of the BW64 form',
      form('BW64', sizes(SOUND.length), format(), chunk('data', SOUND, 0xffff_ffff)),
    ],
    [
      'of the RF64 form, never finished',
      form('RF64', sizes(0), format(), chunk('data', SOUND, 0xffff_ffff)),
    ],
    ['of the RF64 form with its own size', form('RF64', sizes(0), format(), chunk('data', SOUND))],
    [
      'of compressed samples, by their number',
      form(
        'RIFF',
        format(2, Buffer.alloc(2), 999),
        chunk('fact', Buffer.from([0x40, 0x9c, 0, 0])),
        chunk('data', Buffer.alloc(20_000)),
      ),
    ],
    [
      'of compressed samples, by their rate',
      form('RIFF', format(2, Buffer.alloc(2), 4000), chunk('data', Buffer.alloc(20_000))),
    ],
  ])('a WAV %s is read', async (_, bytes) => {
    expect(await secondsOf(bytes)).toBe(5);
  });

  test.each([
    ['cut short', wavFile().subarray(0, -1000)],
    [
      'of the RF64 form, cut short',
      form('RF64', sizes(SOUND.length * 2), format(), chunk('data', SOUND, 0xffff_ffff)),
    ],
    [
      'cut in front of its sound',
      form('RIFF', format(), chunk('LIST', Buffer.alloc(100)).subarray(0, 50)),
    ],
    ['without a format', form('RIFF', chunk('data', SOUND))],
    ['with its format behind its sound', form('RIFF', chunk('data', SOUND), format())],
    [
      'of nothing but small chunks',
      form(
        'RIFF',
        format(),
        Buffer.alloc(400_000, chunk('junk', Buffer.alloc(0))),
        chunk('data', SOUND),
      ),
    ],
  ])('a WAV %s is damaged', async (_, bytes) => {
    expect(await inspectionText(bytes)).toBe(damagedText('WAV'));
  });
});

describe('an MP3', () => {
  const whole = (mp3FrameCount(5) * 1152) / 44_100;
  const art = id3Tag(Buffer.alloc(3_000_000, mp3Frame()));
  const ape = (items: Buffer, place: 'front' | 'behind'): Buffer => {
    const ends = ['header', 'footer'].map((kind) => {
      const end = Buffer.alloc(32, 'APETAGEX\xd0\x07\0\0', 'latin1').fill(0, 12);
      end.writeUInt32LE(items.length + 32, 12);
      end.writeUInt32LE(kind === 'header' ? 0xa000_0000 : 0x8000_0000, 20);
      return end;
    });
    const [header = items, footer = items] = ends;
    return place === 'front' || items.length > 0 ? Buffer.concat([header, items, footer]) : footer;
  };
  /** 500 bytes and padding in every third frame; the bit rate is not stated. */
  const freeFormat = (seconds: number): Buffer =>
    Buffer.concat(
      Array.from({ length: mp3FrameCount(seconds) }, (_, index) => {
        const isPadded = index % 3 === 0;
        const frame = Buffer.alloc(isPadded ? 501 : 500);
        frame.set([0xff, 0xfb, isPadded ? 0x02 : 0x00, 0]);
        return frame;
      }),
    );
  const withHeader = (header: string, frameBytes: number, frames: number): Buffer => {
    const frame = Buffer.alloc(frameBytes);
    frame.write(header, 'hex');
    return Buffer.alloc(frameBytes * frames, frame);
  };

  test.each([
    ['with a tag of 3 MB', Buffer.concat([art, mp3File()])],
    [
      'with a tag and padding behind it',
      Buffer.concat([id3Tag(Buffer.alloc(10)), Buffer.alloc(2000), mp3File()]),
    ],
    [
      'with a tag in its middle',
      Buffer.concat([mp3File({ seconds: 2 }), art, mp3File({ seconds: 3 })]),
    ],
    [
      'with an APE tag in front',
      Buffer.concat([ape(Buffer.alloc(5000, 'Title'), 'front'), mp3File()]),
    ],
    [
      'with an APE tag of 2 MB behind',
      Buffer.concat([mp3File(), ape(Buffer.alloc(2_000_000, mp3Frame()), 'behind')]),
    ],
    [
      'with APE, lyrics and ID3 tags behind',
      Buffer.concat([
        mp3File(),
        ape(Buffer.alloc(99, 'a'), 'behind'),
        Buffer.from('LYRICSBEGININD0000200LYRICS200'),
        Buffer.alloc(128, 'TAGsong\0'),
      ]),
    ],
    ['with the end of an APE tag only', Buffer.concat([mp3File(), ape(Buffer.alloc(0), 'behind')])],
    ['with zeros in front', Buffer.concat([Buffer.alloc(3000), mp3File()])],
    ['with text in front', Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), mp3File()])],
    ['with a cut frame in front', Buffer.concat([mp3Frame().subarray(77), mp3File()])],
    ['of the free format', freeFormat(5)],
    ['of the free format behind a tag', Buffer.concat([id3Tag(Buffer.alloc(99)), freeFormat(5)])],
    [
      'with checksums',
      Buffer.alloc(
        417 * mp3FrameCount(5),
        Buffer.concat([Buffer.from('fffa9000', 'hex'), Buffer.alloc(413)]),
      ),
    ],
  ])('an MP3 %s is read', async (_, bytes) => {
    const facts = await inspectReferenceAudio(bytes, OPTIONS);

    expect(facts.mimeType).toBe('audio/mpeg');
    expect(facts.seconds).toBeCloseTo(whole, 1);
  });

  test.each([
    ['MPEG 2', withHeader('fff38000', 208, 192), (192 * 576) / 22_050],
    ['MPEG 2.5', withHeader('ffe38000', 417, 96), (96 * 576) / 11_025],
    ['MPEG 1 of 32 kHz', withHeader('fffb9800', 576, 139), (139 * 1152) / 32_000],
  ])('an MP3 of %s is read', async (_, bytes, seconds) => {
    expect(await secondsOf(bytes)).toBeCloseTo(seconds, 2);
  });

  test.each(['Xing', 'Info', 'VBRI'])(
    'an MP3 whose %s header states another length has its true length',
    async (name) => {
      const info = mp3Frame(9, name);
      info.writeUInt32BE(1, 40);
      info.writeUInt32BE(999_999, 44);

      expect(
        await secondsOf(Buffer.concat([id3Tag(Buffer.alloc(99)), info, mp3File()])),
      ).toBeCloseTo(whole, 9);
    },
  );

  test.each([
    [
      'FLAC behind a tag',
      Buffer.concat([id3Tag(Buffer.alloc(99)), Buffer.from('fLaC\0\0\0\x22')]),
      'is sound in FLAC format; send a WAV or MP3 file.',
    ],
    [
      'text that holds what looks like a frame',
      Buffer.concat([Buffer.alloc(999, 'text '), mp3Frame(), mp3Frame()]),
      'is not sound: the file contains data of an unknown kind; send a WAV or MP3 file.',
    ],
    [
      'a tag of nothing but tags',
      Buffer.alloc(1_000_000, id3Tag(Buffer.alloc(0))),
      'is damaged or cut short: its MP3 file can’t be read. Save it again and send the new file.',
    ],
    [
      'a tag with a picture and no sound',
      art,
      'is damaged or cut short: its MP3 file can’t be read. Save it again and send the new file.',
    ],
  ])('%s is refused as an MP3', async (_, bytes, rest) => {
    expect(await inspectionText(bytes)).toBe(`The reference sound ${rest}`);
  });

  test('sound in place of a video is named as sound, however large its tag is', async () => {
    const inspection = inspectReferenceVideo(Buffer.concat([art, mp3File()]), {
      ...OPTIONS,
      label: text('media:referenceVideo'),
    });

    expect(await inspectionTextOf(inspection)).toContain('is not a video: the file contains sound');
  });
});

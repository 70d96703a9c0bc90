/** Unusual JPEGs that common decoders read, next to truncated ones. */
import { describe, expect, test } from 'vitest';

import { inspectImage } from '#src/media/inspection/inspect-image.ts';
import { text } from '#src/text/text.ts';

import { jpegImage } from '../../../fakes/images.ts';
import { inspectionTextOf } from './inspection-text.ts';

const SIZE = { width: 800, height: 600 };
const FILL = Buffer.alloc(3, 0xff);
const BEHIND = Buffer.from('\r\nsomething else', 'latin1');
const photo = jpegImage(SIZE);

async function inspectionText(bytes: Uint8Array): Promise<string> {
  return inspectionTextOf(inspectImage(bytes, { label: text('media:firstFrame') }));
}

/** A JPEG as its segments: the start marker, those with a length, the scan and the end. */
function segmentsOf(jpeg: Buffer): Buffer[] {
  const segments = [jpeg.subarray(0, 2)];
  let offset = 2;
  while (jpeg[offset + 1] !== 0xda) {
    const end = offset + 2 + jpeg.readUInt16BE(offset + 2);
    segments.push(jpeg.subarray(offset, end));
    offset = end;
  }
  return [...segments, jpeg.subarray(offset, -2), jpeg.subarray(-2)];
}

function segment(marker: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.from([0xff, marker, 0, 0]);
  header.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([header, bytes]);
}

const segments = segmentsOf(photo);
const withSegment = (index: number, extra: Buffer): Buffer =>
  Buffer.concat(segments.toSpliced(index, 0, extra));
const frame = segments.findIndex((one) => one[1] === 0xc0);
const scan = segments.findIndex((one) => one[1] === 0xda);
const asMarker = (marker: number): Buffer => {
  const changed = Buffer.from(photo);
  changed[photo.indexOf(Buffer.from('ffc0', 'hex')) + 1] = marker;
  return changed;
};
/** A thumbnail with its own end marker. */
const thumbnail = jpegImage({ width: 16, height: 16 });

describe('a JPEG', () => {
  const places = segments.map((_, index) => index).slice(1);

  test.each(places)('a JPEG with fill bytes before marker %i is read', async (index) => {
    expect(await inspectionText(withSegment(index, FILL))).toContain('"width":800,"height":600');
  });

  test.each([
    [
      'fill bytes before every marker',
      Buffer.concat(segments.flatMap((one, index) => (index === 0 ? [one] : [FILL, one]))),
    ],
    ['stray bytes before a marker', withSegment(frame, Buffer.from([1, 2, 3, 0]))],
    ['other data behind its end', Buffer.concat([photo, BEHIND])],
    [
      'a video behind its end, as phones append it',
      Buffer.concat([photo, Buffer.alloc(100_000, 0xff)]),
    ],
    [
      'another picture behind its end',
      Buffer.concat([photo, jpegImage({ width: 16, height: 16 })]),
    ],
    ['progressive coding', asMarker(0xc2)],
    ['extended sequential coding', asMarker(0xc1)],
    ['Adobe’s marker for CMYK', withSegment(1, segment(0xee, 'Adobe\0d\0\0\0\0\x02'))],
    [
      'a colour profile larger than one read',
      withSegment(
        1,
        Buffer.concat([
          segment(0xe2, Buffer.alloc(65_000, 'ICC_PROFILE')),
          segment(0xe2, Buffer.alloc(65_000, 'ICC_PROFILE')),
        ]),
      ),
    ],
    [
      'a thumbnail in a segment',
      withSegment(
        1,
        segment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), thumbnail])),
      ),
    ],
    [
      'a comment that holds an end marker',
      withSegment(scan, segment(0xfe, Buffer.from('ffd9ffd9', 'hex'))),
    ],
    [
      'restart markers',
      Buffer.concat([
        ...segments.slice(0, -1),
        Buffer.from('ffd00000ffd10000ffd7', 'hex'),
        Buffer.from('ffd9', 'hex'),
      ]),
    ],
    [
      'coded bytes FF',
      Buffer.concat([
        ...segments.slice(0, -1),
        Buffer.from('ff00ff00', 'hex'),
        Buffer.from('ffd9', 'hex'),
      ]),
    ],
    [
      'several scans and tables between',
      Buffer.concat([
        ...segments.slice(0, -1),
        segment(0xc4, Buffer.from('ffd9', 'hex')),
        segments.at(scan) ?? FILL,
        Buffer.from('ffd9', 'hex'),
      ]),
    ],
  ])('a JPEG with %s is read', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain('"width":800,"height":600');
  });

  test.each([6, 8])(
    'a JPEG with fill bytes is rotated by EXIF orientation %i',
    async (orientation) => {
      const turned = segmentsOf(jpegImage({ ...SIZE, orientation }));

      const bytes = Buffer.concat(
        turned.flatMap((one, index) => (index === 0 ? [one] : [FILL, one])),
      );

      expect(await inspectionText(bytes)).toContain('"width":600,"height":800');
    },
  );

  test.each([
    ['its end marker missing', photo.subarray(0, -2)],
    [
      'its end marker only in a comment behind the scan',
      Buffer.concat([photo.subarray(0, -2), segment(0xfe, Buffer.from('ffd9', 'hex'))]),
    ],
    ['its scan missing', Buffer.concat([...segments.slice(0, scan), Buffer.from('ffd9', 'hex')])],
    ['its size missing', Buffer.concat(segments.toSpliced(frame, 1))],
    ['its end in a segment', Buffer.concat(segments.slice(0, frame + 1)).subarray(0, -3)],
    [
      'another picture where its scan continues',
      Buffer.concat([photo.subarray(0, -10), thumbnail]),
    ],
    ['thousands of stray bytes', withSegment(frame, Buffer.alloc(5000))],
    ['a segment of impossible length', withSegment(1, Buffer.from('ffe10001', 'hex'))],
  ])('a JPEG with %s is refused', async (_, bytes) => {
    expect(await inspectionText(bytes)).toContain(
      'is damaged or cut short: its JPEG file can’t be read',
    );
  });
});

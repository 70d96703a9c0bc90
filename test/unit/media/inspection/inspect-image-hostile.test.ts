import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { BASE_IMAGE_TYPES, HEIF_IMAGE_TYPES } from '#src/media/inspection/image-limits.ts';
import {
  inspectImage,
  MAX_IMAGE_BYTES,
  type InspectImageOptions,
} from '#src/media/inspection/inspect-image.ts';
import { text } from '#src/text/text.ts';

import {
  bmpImage,
  gifImage,
  heicImage,
  jpegImage,
  pngImage,
  tiffImage,
  truncate,
  webpImage,
} from '../../../fakes/images.ts';
import { workMs } from '../../../fakes/work.ts';
import { inspectionTextOf } from './inspection-text.ts';

const MANY_RUNS = { numRuns: 2000 };
// One pass over 30 MB takes up to a second on a busy machine; quadratic time would take minutes.
const MOST_WORK_MS = 5000;
const ANY_OUTCOME = /^(accepted|The first frame (is|has) )/;

async function refusal(
  bytes: Uint8Array,
  options: Partial<InspectImageOptions> = {},
): Promise<string> {
  return inspectionTextOf(inspectImage(bytes, { label: text('media:firstFrame'), ...options }));
}

describe('a broken file', () => {
  const whole = {
    PNG: pngImage(),
    JPEG: jpegImage(),
    'JPEG with a thumbnail': withThumbnail(),
    GIF: gifImage(),
    BMP: bmpImage(),
    WebP: webpImage(),
  };

  test.each(Object.entries(whole))('%s without its second half is refused', async (_, bytes) => {
    expect(await refusal(truncate(bytes))).toContain('is damaged or cut short');
  });

  test.each(Object.entries(whole))('%s without its end is refused', async (_, bytes) => {
    expect(await refusal(truncate(bytes, bytes.length - 2))).toContain('is damaged or cut short');
  });

  test('TIFF without its directory is refused', async () => {
    expect(await refusal(truncate(tiffImage()))).toContain('is damaged or cut short');
  });

  test('the refusal of a broken file says what to do', async () => {
    expect(await refusal(truncate(jpegImage()))).toBe(
      'The first frame is damaged or cut short: its JPEG file can’t be read. Save it again and send the new file.',
    );
  });

  /** A photo’s EXIF block contains a complete small JPEG with its own end marker. */
  function withThumbnail(): Buffer {
    const photo = jpegImage();
    const thumbnail = jpegImage({ width: 16, height: 16 });
    const header = Buffer.from([0xff, 0xe1, 0, 0]);
    header.writeUInt16BE(thumbnail.length + 2, 2);
    return Buffer.concat([photo.subarray(0, 20), header, thumbnail, photo.subarray(20)]);
  }
});

describe('hostile bytes', () => {
  const seeds = [
    pngImage({ width: 400, height: 400 }),
    jpegImage({ width: 400, height: 400, orientation: 6 }),
    gifImage(),
    bmpImage({ width: 310, height: 310 }),
    webpImage(),
    tiffImage({ width: 310, height: 310 }),
    heicImage(),
  ];
  const allowedTypes = [...BASE_IMAGE_TYPES, ...HEIF_IMAGE_TYPES];

  test('random bytes end in facts or in a UserError, never in another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 300 }), async (bytes) => {
        expect(await refusal(bytes, { allowedTypes })).toMatch(ANY_OUTCOME);
      }),
      MANY_RUNS,
    );
  });

  test('changed bytes in a valid picture end in facts or in a UserError', async () => {
    const change = fc.tuple(fc.nat({ max: 200 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seed, changes, share) => {
          const bytes = Buffer.from(seed);
          for (const [offset, value] of changes) bytes[offset % bytes.length] = value;
          const cut = truncate(bytes, Math.floor(bytes.length * share));
          expect(await refusal(bytes, { allowedTypes })).toMatch(ANY_OUTCOME);
          expect(await refusal(cut, { allowedTypes })).toMatch(ANY_OUTCOME);
        },
      ),
      MANY_RUNS,
    );
  });

  const limit = MAX_IMAGE_BYTES - 1;
  test.each([
    ['a JPEG of nothing but zeros', filled('ffd8ffe0', 0)],
    ['a JPEG of nothing but ones', filled('ffd8ffe0', 255)],
    ['a JPEG of an unknown kind with an endless scan', endlessScan()],
    [
      'a JPEG of nothing but segments',
      Buffer.alloc(limit, Buffer.from('ffe00002', 'hex')).fill('ffd8', 0, 2, 'hex'),
    ],
    [
      'a JPEG of nothing but restarts',
      Buffer.concat([
        jpegImage().subarray(0, -2),
        Buffer.alloc(29_000_000, Buffer.from('ffd0', 'hex')),
      ]),
    ],
    [
      'a GIF of nothing but blocks',
      Buffer.concat([gifImage().subarray(0, -1), Buffer.alloc(29_000_000)]),
    ],
    [
      'a GIF of nothing but parts of a block',
      Buffer.concat([gifImage().subarray(0, 30), Buffer.alloc(29_000_000, 1)]),
    ],
    [
      'a WebP of nothing but chunks',
      Buffer.alloc(limit, Buffer.concat([Buffer.from('EXIF'), Buffer.alloc(4)])).fill(
        webpImage().subarray(0, 20),
        0,
        20,
      ),
    ],
    ['a TIFF of nothing but entries', filled('49492a0008000000', 1)],
    ['a PNG of nothing but empty chunks', filled(pngImage().toString('hex', 0, 33), 0)],
    ['a HEIC of nothing but empty boxes', filled(heicImage().toString('hex'), 0)],
    ['a HEIC of nothing but sizes', heicOfSizes()],
  ])('hostile bytes are inspected quickly, including %s', async (_, bytes) => {
    const work = await workMs(async () => {
      expect(await refusal(bytes, { allowedTypes })).toMatch(ANY_OUTCOME);
    });

    expect(work).toBeLessThan(MOST_WORK_MS);
  });

  function filled(head: string, filling: number): Buffer {
    const bytes = Buffer.alloc(limit, filling);
    bytes.write(head, 'hex');
    return bytes;
  }

  /** Lossless, which the size reader does not know: it would look for its header in the scan. */
  function endlessScan(): Buffer {
    const photo = jpegImage().toString('hex').replace('ffc0', 'ffc3');
    const bytes = filled(photo.slice(0, photo.indexOf('ffda') + 20), 0);
    bytes.write('ffd9', limit - 2, 'hex');
    return bytes;
  }

  /** Much smaller than the limit, because reading it takes quadratic time. */
  function heicOfSizes(): Buffer {
    const size = heicImage().subarray(-20);
    const sizes = Buffer.alloc(800_000, size);
    const heads = ['ftyp', 'meta', 'iprp', 'ipco'].map((type) => heicImage().indexOf(type) - 4);
    const bytes = Buffer.concat([heicImage().subarray(0, -20), sizes]);
    for (const offset of heads.slice(1)) bytes.writeUInt32BE(bytes.length - offset, offset);
    return bytes;
  }
});

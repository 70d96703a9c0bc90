import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { UserError } from '#src/errors.ts';
import { BASE_IMAGE_TYPES, HEIF_IMAGE_TYPES } from '#src/media/image-limits.ts';
import {
  checkTogether,
  inspectImage,
  MAX_IMAGE_BYTES,
  type InspectImageOptions,
} from '#src/media/inspect-image.ts';

import {
  bmpImage,
  gifImage,
  heicImage,
  hugeHeaderPng,
  jpegImage,
  pngImage,
  textFile,
  tiffImage,
  truncated,
  webpImage,
} from '../../builders/images.ts';

const MANY_RUNS = { numRuns: 2000 };
const SLOWEST_LOOK_MS = 1000;
const ANY_OUTCOME = /^(accepted|The first frame (is|has) )/;

async function refusal(
  bytes: Uint8Array,
  options: Partial<InspectImageOptions> = {},
): Promise<string> {
  try {
    const facts = await inspectImage(bytes, { label: 'first frame', ...options });
    return `accepted: ${JSON.stringify(facts)}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** The bytes behind padding that viewers skip, so that a small picture weighs as much as wanted. */
function pngOf(byteLength: number): Buffer {
  const png = pngImage();
  return Buffer.concat([png, Buffer.alloc(byteLength - png.length)]);
}

describe('a picture that the models take', () => {
  test.each([
    ['image/png', pngImage],
    ['image/jpeg', jpegImage],
    ['image/gif', gifImage],
    ['image/bmp', bmpImage],
    ['image/webp', webpImage],
    ['image/tiff', tiffImage],
  ])('is known as %s, with its sides, whatever it is called', async (mimeType, make) => {
    const bytes = make({ width: 801, height: 602 });

    const facts = await inspectImage(bytes, { label: 'last frame', fileName: 'notes.txt' });

    expect(facts).toEqual({ mimeType, width: 801, height: 602, byteLength: bytes.length });
  });

  test.each([5, 6, 7, 8])('with EXIF orientation %i has its sides swapped', async (orientation) => {
    const bytes = jpegImage({ width: 900, height: 500, orientation });

    await expect(inspectImage(bytes, { label: 'first frame' })).resolves.toMatchObject({
      width: 500,
      height: 900,
    });
  });

  test.each([1, 2, 3, 4, 9])('with EXIF orientation %i keeps its sides', async (orientation) => {
    const bytes = jpegImage({ width: 900, height: 500, orientation });

    await expect(inspectImage(bytes, { label: 'first frame' })).resolves.toMatchObject({
      width: 900,
      height: 500,
    });
  });

  test('may have other data behind its end, as phones append it', async () => {
    const trailer = Buffer.from('a short film');

    expect(await refusal(Buffer.concat([jpegImage(), trailer]))).toMatch(/^accepted/);
    expect(await refusal(Buffer.concat([pngImage(), trailer]))).toMatch(/^accepted/);
  });

  test('may be HEIC where the model takes HEIC', async () => {
    const allowedTypes = [...BASE_IMAGE_TYPES, ...HEIF_IMAGE_TYPES];

    expect(await refusal(heicImage(), { allowedTypes })).toMatch(/^accepted.*image\/heic/);
    expect(await refusal(heicImage())).toBe(
      'The first frame is a picture of the type HEIC; send a JPEG, PNG, WebP, BMP, TIFF or GIF picture.',
    );
  });
});

describe('sides', () => {
  test.each([
    [301, 301],
    [5999, 5999],
    [301, 752],
    [752, 301],
    [401, 1000],
    [1000, 401],
  ])('of %i × %i pixels are taken', async (width, height) => {
    expect(await refusal(gifImage({ width, height }))).toMatch(/^accepted/);
  });

  test.each([
    [200, 200],
    [300, 400],
    [400, 300],
    [6000, 4000],
    [4000, 6000],
  ])('of %i × %i pixels are refused with the sides that are possible', async (width, height) => {
    expect(await refusal(gifImage({ width, height }))).toBe(
      `The first frame is ${width} × ${height} pixels; each side must be 301 to 5999 pixels.`,
    );
  });

  test.each([
    ['tall', 400, 1000],
    ['wide', 1000, 400],
    ['wide', 5000, 2000],
    ['tall', 301, 5999],
  ])('are refused as too %s: %i × %i pixels', async (word, width, height) => {
    expect(await refusal(gifImage({ width, height }))).toBe(
      `The first frame is ${width} × ${height} pixels, too ${word}: width divided by height must be more than 0.4 and less than 2.5. Crop it.`,
    );
  });

  test('claimed to be a thousand million pixels are refused without decoding', async () => {
    expect(await refusal(hugeHeaderPng())).toBe(
      'The first frame is 32768 × 32768 pixels; each side must be 301 to 5999 pixels.',
    );
  });

  test('of zero are a damaged file', async () => {
    expect(await refusal(gifImage({ width: 0, height: 400 }))).toContain('is damaged or cut short');
  });
});

describe('a file that is no picture', () => {
  test.each([
    ['text', textFile()],
    ['text', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PDF document', Buffer.from('%PDF-1.7\n')],
    ['data of an unknown kind', Buffer.from([0, 255, 0, 255, 1, 2, 3])],
    ['another kind of file', Buffer.from('504b0304140000000000', 'hex')],
    ['a video', Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex')],
  ])('is named for what it holds: %s', async (kind, bytes) => {
    expect(await refusal(bytes, { fileName: 'notes.png' })).toBe(
      `The first frame is not a picture: \`notes.png\` holds ${kind}; send a JPEG, PNG, WebP, BMP, TIFF or GIF picture.`,
    );
  });

  test('cannot break out of the sentence by its name', async () => {
    const message = await refusal(textFile(), { fileName: 'a`\n@everyone\u202Egnp.`exe' });

    expect(message).toContain('`a@everyonegnp.exe` holds text');
  });

  test('is shown with the start of an endless name', async () => {
    expect((await refusal(textFile(), { fileName: 'n'.repeat(5000) })).length).toBeLessThan(250);
  });

  test('is refused when it is empty', async () => {
    expect(await refusal(Buffer.alloc(0))).toBe('The first frame is empty: the file has no bytes.');
  });
});

describe('a broken file', () => {
  const whole = {
    PNG: pngImage(),
    JPEG: jpegImage(),
    'JPEG with a thumbnail': withThumbnail(),
    GIF: gifImage(),
    BMP: bmpImage(),
    WebP: webpImage(),
  };

  test.each(Object.entries(whole))('%s is refused when its half is missing', async (_, bytes) => {
    expect(await refusal(truncated(bytes))).toContain('is damaged or cut short');
  });

  test.each(Object.entries(whole))('%s is refused when its end is missing', async (_, bytes) => {
    expect(await refusal(truncated(bytes, bytes.length - 2))).toContain('is damaged or cut short');
  });

  test('TIFF is refused when its directory is missing', async () => {
    expect(await refusal(truncated(tiffImage()))).toContain('is damaged or cut short');
  });

  test('says what to do about it', async () => {
    expect(await refusal(truncated(jpegImage()))).toBe(
      'The first frame is damaged or cut short: its JPEG file cannot be read. Save it again and send the new file.',
    );
  });

  /** A photo's EXIF block holds a whole small JPEG, with an end mark of its own. */
  function withThumbnail(): Buffer {
    const photo = jpegImage();
    const thumbnail = jpegImage({ width: 16, height: 16 });
    const header = Buffer.from([0xff, 0xe1, 0, 0]);
    header.writeUInt16BE(thumbnail.length + 2, 2);
    return Buffer.concat([photo.subarray(0, 20), header, thumbnail, photo.subarray(20)]);
  }
});

describe('weight', () => {
  test('of 30 MB is refused and of one byte less is taken', async () => {
    expect(await refusal(pngOf(MAX_IMAGE_BYTES))).toBe(
      'The first frame has 30 MB; it must be under 30 MB.',
    );
    expect(await refusal(pngOf(MAX_IMAGE_BYTES - 1))).toMatch(/^accepted/);
  });

  test('of several pictures is refused over 45 MB together', () => {
    const half = { byteLength: 22_500_000 };

    expect(() => checkTogether([half, half])).not.toThrow();
    expect(() => checkTogether([half, half, { byteLength: 1 }])).toThrow(
      new UserError(
        'The pictures have 45.1 MB together; at most 45 MB are possible. Send smaller ones.',
      ),
    );
  });
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

  test('at random end in facts or in a UserError, never in another error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 300 }), async (bytes) => {
        expect(await refusal(bytes, { allowedTypes })).toMatch(ANY_OUTCOME);
      }),
      MANY_RUNS,
    );
  });

  test('in a picture of ours likewise', async () => {
    const change = fc.tuple(fc.nat({ max: 200 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seed, changes, share) => {
          const bytes = Buffer.from(seed);
          for (const [offset, value] of changes) bytes[offset % bytes.length] = value;
          const cut = truncated(bytes, Math.floor(bytes.length * share));
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
    ['a TIFF of nothing but entries', filled('49492a0008000000', 1)],
    ['a PNG of nothing but empty chunks', filled(pngImage().toString('hex', 0, 33), 0)],
    ['a HEIC of nothing but empty boxes', filled(heicImage().toString('hex'), 0)],
    ['a HEIC of nothing but sizes', heicOfSizes()],
  ])('are looked at in no time, also as %s', async (_, bytes) => {
    const startedAt = performance.now();

    expect(await refusal(bytes, { allowedTypes })).toMatch(ANY_OUTCOME);

    expect(performance.now() - startedAt).toBeLessThan(SLOWEST_LOOK_MS);
  });

  function filled(head: string, filling: number): Buffer {
    const bytes = Buffer.alloc(limit, filling);
    bytes.write(head, 'hex');
    return bytes;
  }

  /** Lossless, which the reader of sizes does not know: it would look for its header in the scan. */
  function endlessScan(): Buffer {
    const photo = jpegImage().toString('hex').replace('ffc0', 'ffc3');
    const bytes = filled(photo.slice(0, photo.indexOf('ffda') + 20), 0);
    bytes.write('ffd9', limit - 2, 'hex');
    return bytes;
  }

  /** Much smaller than the limit: reading it takes the square of its size. */
  function heicOfSizes(): Buffer {
    const size = heicImage().subarray(-20);
    const sizes = Buffer.alloc(800_000, size);
    const heads = ['ftyp', 'meta', 'iprp', 'ipco'].map((type) => heicImage().indexOf(type) - 4);
    const bytes = Buffer.concat([heicImage().subarray(0, -20), sizes]);
    for (const offset of heads.slice(1)) bytes.writeUInt32BE(bytes.length - offset, offset);
    return bytes;
  }
});

import { describe, expect, test } from 'vitest';

import { BASE_IMAGE_TYPES, HEIF_IMAGE_TYPES } from '#src/media/inspection/image-limits.ts';
import {
  checkTogether,
  inspectImage,
  MAX_IMAGE_BYTES,
  type InspectImageOptions,
} from '#src/media/inspection/inspect-image.ts';
import { text } from '#src/text/text.ts';

import {
  bmpImage,
  gifImage,
  heicImage,
  hugeHeaderPng,
  jpegImage,
  pngImage,
  textFile,
  tiffImage,
  webpImage,
} from '../../../fakes/images.ts';
import { inspectionTextOf } from './inspection-text.ts';

async function refusal(
  bytes: Uint8Array,
  options: Partial<InspectImageOptions> = {},
): Promise<string> {
  return inspectionTextOf(inspectImage(bytes, { label: text('media:firstFrame'), ...options }));
}

/** Adds padding that viewers skip, so that a small picture has any size in bytes. */
function pngOf(byteLength: number): Buffer {
  const png = pngImage();
  return Buffer.concat([png, Buffer.alloc(byteLength - png.length)]);
}

describe('a picture that the models accept', () => {
  test.each([
    ['image/png', pngImage],
    ['image/jpeg', jpegImage],
    ['image/gif', gifImage],
    ['image/bmp', bmpImage],
    ['image/webp', webpImage],
    ['image/tiff', tiffImage],
  ])(
    'a picture is recognised as %s, with its dimensions, whatever its name',
    async (mimeType, make) => {
      const bytes = make({ width: 801, height: 602 });

      const facts = await inspectImage(bytes, {
        label: text('media:lastFrame'),
        fileName: 'notes.txt',
      });

      expect(facts).toEqual({ mimeType, width: 801, height: 602, byteLength: bytes.length });
    },
  );

  test.each([5, 6, 7, 8])(
    'a picture with EXIF orientation %i has its dimensions swapped',
    async (orientation) => {
      const bytes = jpegImage({ width: 900, height: 500, orientation });

      await expect(inspectImage(bytes, { label: text('media:firstFrame') })).resolves.toMatchObject(
        {
          width: 500,
          height: 900,
        },
      );
    },
  );

  test.each([1, 2, 3, 4, 9])(
    'a picture with EXIF orientation %i keeps its dimensions',
    async (orientation) => {
      const bytes = jpegImage({ width: 900, height: 500, orientation });

      await expect(inspectImage(bytes, { label: text('media:firstFrame') })).resolves.toMatchObject(
        {
          width: 900,
          height: 500,
        },
      );
    },
  );

  test('a picture may have other data behind its end, as phones append it', async () => {
    const trailer = Buffer.from('a short film');

    expect(await refusal(Buffer.concat([jpegImage(), trailer]))).toMatch(/^accepted/);
    expect(await refusal(Buffer.concat([pngImage(), trailer]))).toMatch(/^accepted/);
  });

  test('a picture may be HEIC when the model accepts HEIC', async () => {
    const allowedTypes = [...BASE_IMAGE_TYPES, ...HEIF_IMAGE_TYPES];

    expect(await refusal(heicImage(), { allowedTypes })).toMatch(/^accepted.*image\/heic/);
    expect(await refusal(heicImage())).toBe(
      'The first frame is a picture in HEIC format; send a JPEG, PNG, WebP, BMP, TIFF, or GIF picture.',
    );
  });
});

describe('picture dimensions', () => {
  test.each([
    [301, 301],
    [5999, 5999],
    [301, 752],
    [752, 301],
    [401, 1000],
    [1000, 401],
  ])('a picture of %i × %i pixels is accepted', async (width, height) => {
    expect(await refusal(gifImage({ width, height }))).toMatch(/^accepted/);
  });

  test.each([
    [200, 200],
    [300, 400],
    [400, 300],
    [6000, 4000],
    [4000, 6000],
  ])(
    'a picture of %i × %i pixels is refused with the possible dimensions',
    async (width, height) => {
      expect(await refusal(gifImage({ width, height }))).toBe(
        `The first frame is ${width} × ${height} pixels; each side must be 301 to 5999 pixels.`,
      );
    },
  );

  test.each([
    ['tall', 400, 1000],
    ['wide', 1000, 400],
    ['wide', 5000, 2000],
    ['tall', 301, 5999],
  ])('a picture is refused as too %s: %i × %i pixels', async (word, width, height) => {
    expect(await refusal(gifImage({ width, height }))).toBe(
      `The first frame is ${width} × ${height} pixels, too ${word}: width divided by height must be more than 0.4 and less than 2.5. Crop it.`,
    );
  });

  test('a claim of a thousand million pixels is refused without decoding', async () => {
    expect(await refusal(hugeHeaderPng())).toBe(
      'The first frame is 32768 × 32768 pixels; each side must be 301 to 5999 pixels.',
    );
  });

  test('dimensions of zero mean a damaged file', async () => {
    expect(await refusal(gifImage({ width: 0, height: 400 }))).toContain('is damaged or cut short');
  });
});

describe('a file that is not a picture', () => {
  test.each([
    ['text', textFile()],
    ['text', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PDF document', Buffer.from('%PDF-1.7\n')],
    ['data of an unknown kind', Buffer.from([0, 255, 0, 255, 1, 2, 3])],
    ['another kind of file', Buffer.from('504b0304140000000000', 'hex')],
    ['a video', Buffer.from('000000186674797069736f6d0000020069736f6d69736f32', 'hex')],
  ])('the refusal names what the file holds: %s', async (kind, bytes) => {
    expect(await refusal(bytes, { fileName: 'notes.png' })).toBe(
      `The first frame is not a picture: \`notes.png\` contains ${kind}; send a JPEG, PNG, WebP, BMP, TIFF, or GIF picture.`,
    );
  });

  test('a file name cannot break out of the sentence', async () => {
    const message = await refusal(textFile(), { fileName: 'a`\n@everyone\u202Egnp.`exe' });

    expect(message).toContain('`a@everyonegnp.exe` contains text');
  });

  test('the refusal shows the start of a very long file name', async () => {
    expect((await refusal(textFile(), { fileName: 'n'.repeat(5000) })).length).toBeLessThan(250);
  });

  test('an empty file is refused', async () => {
    expect(await refusal(Buffer.alloc(0))).toBe('The first frame is empty. Send it again.');
  });
});

describe('picture size in bytes', () => {
  test('a picture of 30 MB is refused, and one a byte smaller is accepted', async () => {
    expect(await refusal(pngOf(MAX_IMAGE_BYTES))).toBe(
      'The first frame is 30 MB; it must be under 30 MB.',
    );
    expect(await refusal(pngOf(MAX_IMAGE_BYTES - 1))).toMatch(/^accepted/);
  });

  test('several pictures over 45 MB together are refused', () => {
    const half = { byteLength: 22_500_000 };

    expect(() => checkTogether([half, half])).not.toThrow();
    expect(() => checkTogether([half, half, { byteLength: 1 }])).toThrow(
      expect.objectContaining({
        kind: 'user',
        message: 'The pictures are 45.1 MB together; the limit is 45 MB. Send smaller ones.',
      }),
    );
  });
});

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
import { verdictOf } from './verdict.ts';

async function refusal(
  bytes: Uint8Array,
  options: Partial<InspectImageOptions> = {},
): Promise<string> {
  return verdictOf(inspectImage(bytes, { label: text('media:firstFrame'), ...options }));
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

    const facts = await inspectImage(bytes, {
      label: text('media:lastFrame'),
      fileName: 'notes.txt',
    });

    expect(facts).toEqual({ mimeType, width: 801, height: 602, byteLength: bytes.length });
  });

  test.each([5, 6, 7, 8])('with EXIF orientation %i has its sides swapped', async (orientation) => {
    const bytes = jpegImage({ width: 900, height: 500, orientation });

    await expect(inspectImage(bytes, { label: text('media:firstFrame') })).resolves.toMatchObject({
      width: 500,
      height: 900,
    });
  });

  test.each([1, 2, 3, 4, 9])('with EXIF orientation %i keeps its sides', async (orientation) => {
    const bytes = jpegImage({ width: 900, height: 500, orientation });

    await expect(inspectImage(bytes, { label: text('media:firstFrame') })).resolves.toMatchObject({
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
      'The first frame is a picture of the type HEIC; send a JPEG, PNG, WebP, BMP, TIFF, or GIF picture.',
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
      `The first frame is not a picture: \`notes.png\` holds ${kind}; send a JPEG, PNG, WebP, BMP, TIFF, or GIF picture.`,
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
    expect(await refusal(Buffer.alloc(0))).toBe(
      'The first frame is empty: the file has no bytes. Send it again.',
    );
  });
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
      expect.objectContaining({
        kind: 'user',
        message: 'The pictures have 45.1 MB together; the most is 45 MB. Send smaller ones.',
      }),
    );
  });
});

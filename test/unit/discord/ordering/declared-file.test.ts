import { describe, expect, test } from 'vitest';

import {
  declaredFile,
  isDeclaredPicture,
  type DeclaredMedium,
} from '#src/discord/ordering/declared-file.ts';

const URL = 'https://cdn.example/attachments/1/2/cat.png?ex=1';
const sides = { width: 640, height: 360 };

describe('the kind of an attachment', () => {
  test.for<[string, Partial<DeclaredMedium>, boolean]>([
    ['is an image by its type', { contentType: 'image/png' }, true],
    ['is an image by its type in other letter case', { contentType: ' Image/PNG' }, true],
    ['is not an image against its type', { contentType: 'text/plain', fileName: 'cat.png' }, false],
    ['is not an image when it is a video', { contentType: 'video/mp4', ...sides }, false],
    ['is an image by its extension, without a type', { fileName: 'CAT.JPEG' }, true],
    [
      'is an image by its extension, with an unknown type',
      { contentType: 'application/octet-stream' },
      true,
    ],
    ['is an image by its extension, with an empty type', { contentType: '' }, true],
    ['is an image by its extension, with null as its type', { contentType: null }, true],
    ['is an image by the name in its address', { fileName: undefined }, true],
    [
      'is an image by its dimensions, without type and extension',
      { fileName: 'cat', ...sides },
      true,
    ],
    [
      'is not an image by dimensions when it is named as a video',
      { fileName: 'cat.mp4', ...sides },
      false,
    ],
    ['is not an image by one dimension', { fileName: 'cat', width: 640, height: null }, false],
    ['is not an image by dimensions of zero', { fileName: 'cat', width: 0, height: 0 }, false],
    ['is not an image with another extension', { fileName: 'notes.txt' }, false],
    ['is not an image without any information', { url: undefined }, false],
  ])('an attachment %s', ([, medium, isPicture]) => {
    expect(isDeclaredPicture({ url: URL, ...medium })).toBe(isPicture);
  });
});

describe('the declared facts of a file', () => {
  test.for<[string, object, object]>([
    ['a name and a size', { name: 'a.png', size: 7 }, { fileName: 'a.png', declaredBytes: 7 }],
    ['no size', { name: 'a.png' }, { fileName: 'a.png', declaredBytes: 0 }],
    ['null for the size', { name: 'a.png', size: null }, { declaredBytes: 0 }],
    ['a size that is not a number', { name: 'a.png', size: 'large' }, { declaredBytes: 0 }],
    ['a negative size', { name: 'a.png', size: -1 }, { declaredBytes: 0 }],
    ['no name', { size: 7 }, { fileName: 'cat.png', declaredBytes: 7 }],
    ['an empty name', { name: '', size: 7 }, { fileName: 'cat.png' }],
    ['nothing', {}, { fileName: 'cat.png', declaredBytes: 0 }],
  ])('a file declared with %s is still described', ([, said, file]) => {
    const declared: unknown = Reflect.apply(declaredFile, undefined, [{ url: URL, ...said }]);

    expect(declared).toMatchObject({ url: URL, ...file });
  });
});

import { describe, expect, test } from 'vitest';

import {
  declaredFile,
  isDeclaredPicture,
  type DeclaredMedium,
} from '#src/discord/ordering/declared-file.ts';

const URL = 'https://cdn.example/attachments/1/2/cat.png?ex=1';
const sides = { width: 640, height: 360 };

describe('a medium is taken for a picture', () => {
  test.for<[string, Partial<DeclaredMedium>, boolean]>([
    ['by its type', { contentType: 'image/png' }, true],
    ['by its type in other letters', { contentType: ' Image/PNG' }, true],
    ['not against its type', { contentType: 'text/plain', fileName: 'cat.png' }, false],
    ['not when it is a video', { contentType: 'video/mp4', ...sides }, false],
    ['by its extension, without a type', { fileName: 'CAT.JPEG' }, true],
    ['by its extension, of an unknown type', { contentType: 'application/octet-stream' }, true],
    ['by its extension, where the type is empty', { contentType: '' }, true],
    ['by its extension, where the type is null', { contentType: null }, true],
    ['by the name in its address', { fileName: undefined }, true],
    ['by its sides, without type and extension', { fileName: 'cat', ...sides }, true],
    ['not by sides when it is named as a video', { fileName: 'cat.mp4', ...sides }, false],
    ['not by one side', { fileName: 'cat', width: 640, height: null }, false],
    ['not by sides of nothing', { fileName: 'cat', width: 0, height: 0 }, false],
    ['not by another extension', { fileName: 'notes.txt' }, false],
    ['not by nothing', { url: undefined }, false],
  ])('%s', ([, medium, isPicture]) => {
    expect(isDeclaredPicture({ url: URL, ...medium })).toBe(isPicture);
  });
});

describe('what is declared of a file', () => {
  test.for<[string, object, object]>([
    ['is believed', { name: 'a.png', size: 7 }, { fileName: 'a.png', declaredBytes: 7 }],
    ['but no size', { name: 'a.png' }, { fileName: 'a.png', declaredBytes: 0 }],
    ['but null for the size', { name: 'a.png', size: null }, { declaredBytes: 0 }],
    ['but no number', { name: 'a.png', size: 'large' }, { declaredBytes: 0 }],
    ['but less than nothing', { name: 'a.png', size: -1 }, { declaredBytes: 0 }],
    ['but no name', { size: 7 }, { fileName: 'cat.png', declaredBytes: 7 }],
    ['but an empty name', { name: '', size: 7 }, { fileName: 'cat.png' }],
    ['nothing', {}, { fileName: 'cat.png', declaredBytes: 0 }],
  ])('%s', ([, said, file]) => {
    const declared: unknown = Reflect.apply(declaredFile, undefined, [{ url: URL, ...said }]);

    expect(declared).toMatchObject({ url: URL, ...file });
  });
});

import { expect, test } from 'vitest';

import { parseJson } from '#src/vendors/http/json.ts';

test('a byte order mark is skipped', () => {
  expect(parseJson('\uFEFF{"id":"a"}')).toEqual({ id: 'a' });
});

test('an id of 19 digits keeps them all', () => {
  expect(parseJson('{"id":1234567890123456789,"n":12}')).toEqual({
    id: '1234567890123456789',
    n: 12,
  });
  expect(parseJson('[9007199254740993]')).toEqual(['9007199254740993']);
});

test.each(['9007199254740991', '1.5', '-7', '1e21', '0.12345678901234567'])(
  'the number %s stays a number',
  (number) => {
    expect(parseJson(`{"n":${number}}`)).toEqual({ n: Number(number) });
  },
);

test.each(['', '<html>', '{"id":', 'undefined', '\uFEFF'])('%j is not JSON', (text) => {
  expect(parseJson(text)).toBeUndefined();
});

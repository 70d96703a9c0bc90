import { expect, test } from 'vitest';

import { csvOf } from '#src/quota/reports/export.ts';

test('cells are separated by commas and rows by CR LF', () => {
  expect(
    csvOf([
      ['a', 'b'],
      ['c', 1],
    ]),
  ).toBe('a,b\r\nc,1\r\n');
});

test('a number stays a number, even when negative', () => {
  expect(csvOf([[-30, 0, 7]])).toBe('-30,0,7\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['  =1+1', "'  =1+1"],
  ['\t=1', '"\'\t=1"'],
  ['\uFF1D1+1', "'\uFF1D1+1"],
  ['\uFF201', "'\uFF201"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
])('the formula %j is neutralised', (text, cell) => {
  expect(csvOf([[text]])).toBe(`${cell}\r\n`);
});

test.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  [' spaced ', '" spaced "'],
  ['1=1', '1=1'],
  ['', ''],
  ['Grüße 😀', 'Grüße 😀'],
])('%j is written as %j', (text, cell) => {
  expect(csvOf([[text]])).toBe(`${cell}\r\n`);
});

const SIGNS = ['=', '+', '-', '@', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'];
const SPACED = SIGNS.flatMap((sign) => [` ${sign}`, `\u00A0${sign}`]);

test.each([...SIGNS, ...SPACED, '\t', '\r', '\n'])(
  'a cell that begins with %j is text to every spreadsheet',
  (start) => {
    expect(csvOf([[`${start}1`]])).toMatch(/^"?'/);
  },
);

test('a quoted cell is read back unchanged', () => {
  const cell = 'a "b", c;\r\n\td ';

  expect(csvOf([[cell, 'x']])).toBe(`"${cell.replaceAll('"', '""')}",x\r\n`);
});

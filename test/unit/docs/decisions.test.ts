import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

const FOLDER = new URL('../../../docs/decisions/', import.meta.url);
const INDEX = readFileSync(new URL('README.md', FOLDER), 'utf8');
const RECORDS = readdirSync(FOLDER)
  .filter((name) => name !== 'README.md')
  .toSorted();

function linesOf(record: string): string[] {
  return readFileSync(new URL(record, FOLDER), 'utf8').split('\n');
}

test('decision records are numbered from 1 without a gap', () => {
  expect(RECORDS.map((name) => Number(name.slice(0, 4)))).toEqual(
    RECORDS.map((_name, index) => index + 1),
  );
});

test.each(RECORDS)('%s has its number, status and date, and the index lists it', (record) => {
  const [heading = '', , status = '', date = ''] = linesOf(record);
  const title = heading.slice('# '.length);

  expect(heading).toMatch(new RegExp(String.raw`^# ${record.slice(0, 4)} [A-Z]`));
  expect(status).toMatch(/^- Status: (?:Accepted|Superseded by \d{4})/);
  expect(date).toMatch(/^- Date: \d{4}-\d{2}-\d{2}$/);
  expect(INDEX).toContain(
    `| [${title}](${record}) | ${date.slice('- Date: '.length)} | ${status.slice('- Status: '.length)} |`,
  );
});

test('decision records are in the order of their dates', () => {
  const dates = RECORDS.map((record) => linesOf(record)[3] ?? '');

  expect(dates).toEqual(dates.toSorted());
});

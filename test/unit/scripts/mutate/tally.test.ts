/** The report of each mutation, and the score of all. */
import { expect, test } from 'vitest';

import { mutationsOf } from '../../../../scripts/mutate/mutations.ts';
import { Tally } from '../../../../scripts/mutate/tally.ts';

const [mutation] = mutationsOf('src/x.ts', 'export const few = (a: number) => a < 4;\n');

/** A tally with each outcome as often as given. */
function tallyOf(counts: Readonly<Record<'killed' | 'hung' | 'survived' | 'equivalent', number>>) {
  const tally = new Tally();
  if (mutation === undefined) throw new Error('there is no mutation');
  const { killed, hung, survived, equivalent } = counts;
  for (let at = 0; at < killed; at += 1) tally.add(mutation, { kind: 'killed', by: 'a test' });
  for (let at = 0; at < hung; at += 1) tally.add(mutation, { kind: 'hung', by: 'a test' });
  for (let at = 0; at < survived; at += 1) tally.add(mutation, { kind: 'survived', passed: [] });
  for (let at = 0; at < equivalent; at += 1) tally.add(mutation, { kind: 'equivalent' });
  return tally;
}

test('a hanging mutant counts as detected, and an equivalent one does not count', () => {
  const tally = tallyOf({ killed: 95, hung: 2, survived: 3, equivalent: 7 });

  expect(tally.percentNoticed).toBe(97);
  expect(tally.summary).toBe(
    '95 killed, 2 hung, 3 survived, 0 undecided, 0 rejected late by the compiler, 7 equivalent; noticed: 97.0 %',
  );
});

test('the score is complete when there is nothing to detect', () => {
  expect(tallyOf({ killed: 0, hung: 0, survived: 0, equivalent: 1 }).percentNoticed).toBe(100);
});

test('a survivor is listed with its line, its change and the tests that it passed', () => {
  const passed = ['test/unit/a.test.ts', 'test/unit/b.test.ts'];

  expect(mutation && new Tally().add(mutation, { kind: 'survived', passed })).toBe(
    'survived   src/x.ts:1  operator: a < 4 → a <= 4\n           test/unit/a.test.ts test/unit/b.test.ts',
  );
});

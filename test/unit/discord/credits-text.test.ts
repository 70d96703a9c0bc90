import { expect, test } from 'vitest';

import { entriesText } from '#src/discord/credits-text.ts';
import type { LedgerEntry } from '#src/quota/ledger-reader.ts';

const told = (entries: readonly LedgerEntry[]): string => entriesText(entries, 'Your last entries');

test('what was held and what came back of it are one line a video', () => {
  const text = told([
    { atMs: 2_000, kind: 'settle', credits: 1, jobId: 'one' },
    { atMs: 1_000, kind: 'hold', credits: -22, jobId: 'one' },
  ]);

  expect(text).toContain('−21, for a video');
});

test('what came back of a hold that is older than the list is called that, not a gain by a video', () => {
  const text = told([{ atMs: 2_000, kind: 'settle', credits: 57, jobId: 'one' }]);

  expect(text).toContain('+57, came back of what was held for a video');
});

test('a video that cost all of an older hold is left out, having nothing to tell', () => {
  const text = told([{ atMs: 2_000, kind: 'settle', credits: 0, jobId: 'one' }]);

  expect(text).not.toContain('for a video');
});

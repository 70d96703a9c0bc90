import { expect, test } from 'vitest';

import { creditsText, entriesText } from '#src/discord/credits-text.ts';
import type { LedgerEntry } from '#src/quota/ledgers/ledger-reader.ts';
import type { QuotaView } from '#src/quota/view.ts';
import { text } from '#src/text/text.ts';

const textFor = (entries: readonly LedgerEntry[]): string =>
  entriesText(entries, text('credits:yourEntries'), 'en-US');

test('a hold and its refund are shown as one line per video', () => {
  const text = textFor([
    { atMs: 2_000, kind: 'settle', credits: 1, jobId: 'one' },
    { atMs: 1_000, kind: 'hold', credits: -22, jobId: 'one' },
  ]);

  expect(text).toContain('−21, for a video');
});

test('a refund of a hold older than the list is shown as a refund, not as a gain', () => {
  const text = textFor([{ atMs: 2_000, kind: 'settle', credits: 57, jobId: 'one' }]);

  expect(text).toContain('+57, refunded: the video cost less than was held');
});

test('a video that used all of an older hold is left out', () => {
  const text = textFor([{ atMs: 2_000, kind: 'settle', credits: 0, jobId: 'one' }]);

  expect(text).not.toContain('for a video');
});

test('a shared budget shows the sum and the member’s own part', () => {
  const resetsAtMs = Date.parse('2026-12-01T00:00:00Z');
  const budget = {
    have: 1000,
    left: 600,
    rule: 'server-default',
    per: 'month',
    resetsAtMs,
  } as const;
  const view: QuotaView = {
    server: { ...budget, used: 350, held: 50, entries: [] },
    member: { ...budget, used: 27, held: 11, entries: [], isShared: true },
    spendable: 600,
    lastCost: undefined,
    most: { member: {}, server: {} },
    stopped: undefined,
    timeZone: 'UTC',
  };

  expect(creditsText(view, { locale: 'en-US' })[1]).toBe(
    [
      '**This server, shared by all members**: 600 credits left of 1,000 this month',
      '-# 350 used, 50 held for videos under way · by this server’s default · resets <t:1796083200:R>',
      '-# Your share: 27 used, 11 held',
    ].join('\n'),
  );
  expect(creditsText(view, { locale: 'en-US', about: '7' })[1]).toContain('Share of <@7>: 27 used');
});

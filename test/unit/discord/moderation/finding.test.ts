import { expect, test } from 'vitest';

import { findingsText, type Finding } from '#src/discord/moderation/settings/finding.ts';

test('findings that stop videos come first', () => {
  const text = findingsText(
    [
      { level: 'fine', text: 'a' },
      { level: 'stops', text: 'b' },
      { level: 'mind', text: 'c' },
    ],
    'en-US',
  );

  expect(text).toBe('⛔ b\n⚠️ c\n✅ a');
});

test('findings beyond the length of a message are cut between lines, and counted', () => {
  const findings = Array.from({ length: 60 }, (_, index): Finding => ({
    level: index === 59 ? 'stops' : 'mind',
    text: 'x'.repeat(99),
  }));
  const text = findingsText(findings, 'en-US');

  expect(text.length).toBeLessThan(3900);
  expect(text.startsWith('⛔ x')).toBe(true);
  const shown = text.split('\n').length - 1;
  expect(text.endsWith(`-# and ${60 - shown} more`)).toBe(true);
});

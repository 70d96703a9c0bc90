import { expect, test } from 'vitest';

import { safetyIdentifier } from '#src/vendors/safety-identifier.ts';

test('A member has the same name each time, at most 64 characters, which tells nothing of the id', () => {
  const name = safetyIdentifier('salt', '123456789012345678');

  expect(name).toBe(safetyIdentifier('salt', '123456789012345678'));
  expect(name).toMatch(/^[0-9a-f]{64}$/);
  expect(name).not.toContain('123456789');
});

test('Another member, or another salt, gives another name', () => {
  const name = safetyIdentifier('salt', '1');

  expect(name).not.toBe(safetyIdentifier('salt', '2'));
  expect(name).not.toBe(safetyIdentifier('pepper', '1'));
});

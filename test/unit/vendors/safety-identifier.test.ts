import { expect, test } from 'vitest';

import { safetyIdentifier } from '#src/vendors/safety-identifier.ts';

test('a member always has the same identifier of at most 64 characters, which does not reveal the id', () => {
  const name = safetyIdentifier('salt', '123456789012345678');

  expect(name).toBe(safetyIdentifier('salt', '123456789012345678'));
  expect(name).toMatch(/^[0-9a-f]{64}$/);
  expect(name).not.toContain('123456789');
});

test('another member or another salt gives another identifier', () => {
  const name = safetyIdentifier('salt', '1');

  expect(name).not.toBe(safetyIdentifier('salt', '2'));
  expect(name).not.toBe(safetyIdentifier('pepper', '1'));
});

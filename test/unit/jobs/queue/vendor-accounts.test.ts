import { expect, test } from 'vitest';

import { VENDOR_ACCOUNTS } from '#src/jobs/queue/running-slots.ts';

test.each([
  ['byteplus', 120],
  ['volcengine', 120],
  ['azerion', undefined],
  ['toString', undefined],
])('the account of %s takes %s open tasks', (vendor, most) => {
  expect(VENDOR_ACCOUNTS.accountOf({ model: '1.0-pro', vendor })).toBe(vendor);
  expect(VENDOR_ACCOUNTS.most(vendor)).toBe(most);
});

test('a job without a vendor has no account', () => {
  expect(VENDOR_ACCOUNTS.accountOf({ model: '1.0-pro', vendor: undefined })).toBeUndefined();
});

/** How many open tasks a vendor's account takes. */
import type { VendorName } from '../../catalogue/vendors.ts';
import type { VendorAccounts } from './slots.ts';

/**
 * A create beyond these is refused with `QuotaExceeded` (BytePlus ModelArk and Volcengine Ark, video
 * generation, limits of the queue). The other vendors publish none.
 */
const MOST_TASKS: Partial<Record<VendorName, number>> = { byteplus: 120, volcengine: 120 };

/** An account goes by its vendor's name: we have one key for each. */
export const VENDOR_ACCOUNTS: VendorAccounts = {
  accountOf: ({ vendor }) => vendor,
  most: (account) => new Map(Object.entries(MOST_TASKS)).get(account),
};

/** The limits that a create call counts against: per vendor, per server, and per server with files. */
import type { Job } from '../record/job.ts';
import type { Share } from '../worker-slots.ts';

/** Per vendor, so that a hanging vendor does not delay the jobs of others. */
export const SUBMISSIONS_OF_VENDOR = 16;
/** Half of the vendor's limit, so that one server with many orders leaves slots for the others. */
const SUBMISSIONS_OF_SERVER = SUBMISSIONS_OF_VENDOR / 2;
/**
 * Bodies with files are sent to each vendor one at a time, first come, first served. Two let one be
 * prepared while the other is sent; more would only delay the files of other servers.
 */
const SUBMISSIONS_WITH_FILES_OF_SERVER = 2;

/** Returns the limits of the job's create call; none for a job that no vendor can make. */
export function submissionShares(
  { guildId, inputs }: Pick<Job, 'guildId' | 'inputs'>,
  vendor: string | undefined,
): Share[] {
  if (vendor === undefined) return [];
  const server = { key: `server ${guildId} at ${vendor}`, most: SUBMISSIONS_OF_SERVER };
  const files = { key: `files of ${guildId} at ${vendor}`, most: SUBMISSIONS_WITH_FILES_OF_SERVER };
  return [
    ...vendorShares(vendor, SUBMISSIONS_OF_VENDOR),
    server,
    ...(inputs.length > 0 ? [files] : []),
  ];
}

/** Returns the vendor's own limit; none without a vendor. */
export function vendorShares(vendor: string | undefined, most: number): Share[] {
  return vendor === undefined ? [] : [{ key: `vendor ${vendor}`, most }];
}

/** What a create call takes its slot from: the vendor, the server, and the server's calls with files. */
import type { Job } from '../record/job.ts';
import type { Share } from '../worker-slots.ts';

/** One that hangs keeps no other's jobs waiting. */
export const SUBMISSIONS_OF_VENDOR = 16;
/** Half of the vendor's: one server with very many orders leaves slots to the others. */
const SUBMISSIONS_OF_SERVER = SUBMISSIONS_OF_VENDOR / 2;
/**
 * Bodies with files go one at a time to each vendor, in the order of asking. One may be sent while the
 * next is prepared; more of one server would only keep the files of other servers waiting behind them.
 */
const SUBMISSIONS_WITH_FILES_OF_SERVER = 2;

/** Returns what the job's create call takes a slot of; a job that no vendor can make takes none. */
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

/** Returns the vendor's own slots; none where there is no vendor. */
export function vendorShares(vendor: string | undefined, most: number): Share[] {
  return vendor === undefined ? [] : [{ key: `vendor ${vendor}`, most }];
}

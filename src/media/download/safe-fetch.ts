/**
 * The one way to fetch a URL that somebody else gave us: a member's attachment, a vendor's result.
 * Where it leads is checked at each hop and in the socket's own look-up; size and time are bounded;
 * no key, cookie or referrer of ours is ever sent along.
 */
import { createDownloads, type Downloads, type RetryPolicy } from './downloads.ts';
import {
  createOutsideRequests,
  type OutsideRequestDependencies,
  type RequestOutside,
} from './request.ts';

export interface FetchOutside extends Downloads {
  /** One request; the body is the caller's to read or to cancel. */
  readonly fetchOutside: RequestOutside;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface FetchOutsideDependencies extends OutsideRequestDependencies {
  /** For downloads to disk. */
  readonly retry?: RetryPolicy | undefined;
}

export function createFetchOutside(dependencies: FetchOutsideDependencies): FetchOutside {
  const { requestOutside, close } = createOutsideRequests(dependencies);
  const { clock, logger, retry } = dependencies;
  const downloads = createDownloads({ requestOutside, clock, logger, retry });
  return { ...downloads, fetchOutside: requestOutside, close };
}

/**
 * The one way to fetch a URL that somebody else gave us: a member's attachment, a vendor's result.
 * Where it leads is checked at each hop and in the socket's own look-up; size and time are bounded;
 * no key, cookie or referrer of ours is ever sent along.
 */
import { createDownloads, type Downloads, type RetryPolicy } from './downloads.ts';
import {
  createSafeRequests,
  type DownloadRequestDependencies,
  type SendSafeRequest,
} from './request.ts';

export interface SafeFetch extends Downloads {
  /** One request; the body is the caller's to read or to cancel. */
  readonly safeFetch: SendSafeRequest;
  /** Cuts what is under way and frees the sockets. */
  close(): Promise<void>;
}

export interface SafeFetchDependencies extends DownloadRequestDependencies {
  /** For downloads to disk. */
  readonly retry?: RetryPolicy | undefined;
}

export function createSafeFetch(dependencies: SafeFetchDependencies): SafeFetch {
  const { sendSafeRequest, close } = createSafeRequests(dependencies);
  const { clock, logger, retry } = dependencies;
  const downloads = createDownloads({ sendSafeRequest, clock, logger, retry });
  return { ...downloads, safeFetch: sendSafeRequest, close };
}

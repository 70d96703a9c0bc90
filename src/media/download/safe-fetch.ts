/**
 * The only way to fetch an untrusted URL: a member's attachment or a vendor's result. Addresses are
 * checked at each hop and in the socket's DNS lookup; size and time are limited; no key, cookie or
 * referrer is sent.
 */
import { createDownloads, type Downloads, type RetryPolicy } from './downloads.ts';
import {
  createSafeRequests,
  type DownloadRequestDependencies,
  type SendSafeRequest,
} from './request.ts';

export interface SafeFetch extends Downloads {
  /** Sends one request. The caller must read or cancel the body. */
  readonly safeFetch: SendSafeRequest;
  /** Aborts pending requests and closes the sockets. */
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

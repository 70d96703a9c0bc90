/** Why a download failed although no rule was broken. */
export type DownloadFailure = 'timeout' | 'connection' | 'incomplete' | 'status';

/** The server was slow, unreachable or answered with an error. Says nothing about the content of the URL. */
export class DownloadError extends Error {
  readonly kind = 'download';
  override readonly name = 'DownloadError';
  readonly failure: DownloadFailure;
  /** The HTTP status of an error answer. */
  readonly status: number | undefined;
  /** Whether the same download may succeed later without any change. */
  readonly mayPass: boolean;
  /** Whether an answer had begun, which a store may count as a download. */
  readonly wasAnswered: boolean;

  constructor(options: {
    /** The URL for display, without its query. */
    subject: string;
    failure: DownloadFailure;
    status?: number | undefined;
    wasAnswered?: boolean;
    cause?: unknown;
  }) {
    const detail = options.status === undefined ? '' : ` (HTTP ${options.status})`;
    super(
      `Download of ${options.subject}: ${options.failure}${detail}`,
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.failure = options.failure;
    this.status = options.status;
    this.wasAnswered = options.wasAnswered ?? options.status !== undefined;
    this.mayPass = options.status === undefined || isPassing(options.status);
  }
}

function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

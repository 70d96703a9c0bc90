/** Why a download gave nothing although no rule was broken. */
export type DownloadFailure = 'timeout' | 'connection' | 'incomplete' | 'status';

/** The other side was slow, gone, or said no. Says nothing about what is behind the URL. */
export class DownloadError extends Error {
  readonly kind = 'download';
  override readonly name = 'DownloadError';
  readonly failure: DownloadFailure;
  /** The HTTP status, where one was answered that is not a success. */
  readonly status: number | undefined;
  /** Whether the same download may succeed later, without anybody changing anything. */
  readonly mayPass: boolean;
  /** Whether an answer had begun: a store may count that as a download. */
  readonly wasAnswered: boolean;

  constructor(options: {
    /** The URL as it may be shown: without its query. */
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

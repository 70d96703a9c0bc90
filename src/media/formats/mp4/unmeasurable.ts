import { UntrustedContentError } from '../../../errors.ts';

/**
 * A video for which decoders could find different lengths, so that its price is unclear. The reason is for
 * the log.
 */
export class UnmeasurableVideoError extends UntrustedContentError {
  readonly reason: string;

  constructor(reason: string) {
    super(`The length of the video is unclear: ${reason}`);
    this.reason = reason;
  }
}

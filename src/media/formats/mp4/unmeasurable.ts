import { UntrustedContentError } from '../../../errors.ts';

/**
 * A video of which two decoders could find different lengths, so that none can be billed for. The
 * reason is for the log.
 */
export class UnmeasurableVideoError extends UntrustedContentError {
  readonly reason: string;

  constructor(reason: string) {
    super(`The length of the video is unclear: ${reason}`);
    this.reason = reason;
  }
}

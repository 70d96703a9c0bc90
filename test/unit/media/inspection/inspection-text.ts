/**
 * What a member reads about a file: the refusal, with the reason for
 * the log when a length is unclear, or the facts of an accepted file.
 */
import { UserError } from '#src/errors.ts';
import { UnmeasurableVideoError } from '#src/media/formats/mp4/unmeasurable.ts';

export async function inspectionTextOf(inspection: Promise<unknown>): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await inspection)}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { cause, message } = error;
    return cause instanceof UnmeasurableVideoError ? `${message} (${cause.reason})` : message;
  }
}

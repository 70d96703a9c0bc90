/**
 * What a member is told of a file: a refusal's own words, with the reason for
 * the log where a length is unclear, or what was found out about one that is taken.
 */
import { UserError } from '#src/errors.ts';
import { UnmeasurableVideoError } from '#src/media/formats/mp4/unmeasurable.ts';

export async function verdictOf(inspection: Promise<unknown>): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await inspection)}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { cause, message } = error;
    return cause instanceof UnmeasurableVideoError ? `${message} (${cause.reason})` : message;
  }
}

/** What a member is told of a file: a refusal's own words, or what was found out about one that is taken. */
import { UserError } from '#src/errors.ts';

export async function verdictOf(inspection: Promise<unknown>): Promise<string> {
  try {
    return `accepted: ${JSON.stringify(await inspection)}`;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

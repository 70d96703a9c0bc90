/**
 * Makes members wait a day when vendors keep refusing their prompts, because they could cost the operator
 * the vendor account. Counted across all servers, which share that account.
 */
import { DAY, SECOND } from '../../clock.ts';
import { UserError } from '../../errors.ts';
import type { Database } from '../../storage/database.ts';
import { text } from '../../text/text.ts';

/** Reasons for releasing a hold after a vendor's content check refused the prompt or the result. */
const REFUSED_BY_VENDOR = ['moderated-input', 'moderated-output'];
const MOST_REFUSALS = 5;
const COUNTED_FOR_MS = DAY;
const WAIT_MS = DAY;

/** Returns until when a member has to wait, in Unix milliseconds; undefined: no wait. */
export async function moderationWait(
  database: Database,
  memberId: string,
  nowMs: number,
): Promise<number | undefined> {
  const rows = await database
    .selectFrom('ledger')
    .select('at')
    .where('member_id', '=', memberId)
    .where('at', '>', nowMs - COUNTED_FOR_MS - WAIT_MS)
    .where('kind', '=', 'release')
    .where('reason', 'in', REFUSED_BY_VENDOR)
    // A release has one or two rows; this one always exists.
    .where('pot', '=', 'allowance')
    .orderBy('at')
    .execute();
  const untilMs = waitUntil(rows.map(({ at }) => at));
  return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined;
}

/**
 * Returns the time a day after the last refusal that was at least the fifth within 24 hours.
 *
 * @param refusedAtMs oldest first
 */
export function waitUntil(refusedAtMs: readonly number[]): number | undefined {
  const last = refusedAtMs.findLast((atMs, index) => {
    const first = refusedAtMs[index - MOST_REFUSALS + 1];
    return first !== undefined && atMs - first < COUNTED_FOR_MS;
  });
  return last === undefined ? undefined : last + WAIT_MS;
}

export function waitError(untilMs: number): UserError {
  const until = `<t:${Math.ceil(untilMs / SECOND)}:R>`;
  return new UserError(text('quota:moderationWait', { refusals: MOST_REFUSALS, until }));
}

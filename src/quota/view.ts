/** What `/credits` shows: have − held − used = left, the rule behind it, and the last entries. */
import type { Database } from '../storage/database.ts';
import { leftOf } from './arithmetic.ts';
import { lastEntriesOf, openCreditsOf, type LedgerEntry } from './ledger-reader.ts';
import type { LimitRule } from './limits.ts';
import type { PeriodUnit } from './period.ts';
import { smallestOf } from './room.ts';
import {
  memberStanding,
  roomsFor,
  serverStanding,
  type QuotaSettings,
  type ServerStanding,
  type Standing,
  type WhoAndWhen,
} from './standing.ts';

/** An account in its current period, in whole credits. */
export interface AccountView {
  /** The limit, and grants: what there was to spend in this period. */
  readonly have: number;
  /** For jobs that have no outcome yet. */
  readonly held: number;
  /** By jobs that have one. */
  readonly used: number;
  /** have − held − used; negative when the limit was set below that. */
  readonly left: number;
  readonly rule: LimitRule;
  readonly per: PeriodUnit;
  /** Unix milliseconds. */
  readonly resetsAtMs: number;
  /** The last ten, newest first. */
  readonly entries: readonly LedgerEntry[];
}

export interface QuotaView {
  readonly server: AccountView;
  /**
   * The member's own account. Where members have no limit of their own, `have`, `left`, `rule` and
   * the reset are the server's, and `held`, `used` and the entries what the member did of that.
   */
  readonly member: AccountView & { readonly isShared: boolean };
  /** What one more video may cost at most: the least that the member's, server's and operator's rules leave. */
  readonly spendable: number;
}

const ENTRIES_SHOWN = 10;
/** No job has this id: every waiting job counts. */
const NO_JOB = '';

export async function viewOf(
  database: Database,
  settings: QuotaSettings,
  who: WhoAndWhen,
): Promise<QuotaView> {
  const server = await serverStanding(database, settings, who);
  const member = await memberStanding(database, settings, who);
  const rooms = await roomsFor(database, settings, {
    server,
    member,
    jobId: NO_JOB,
    nowMs: who.nowMs,
  });
  const serverView = await accountView(database, server, server);
  const memberView = await accountView(database, member, server);
  const shared = { have: serverView.have, left: serverView.left };
  const isShared = member.limit === undefined;
  return {
    server: serverView,
    member: { ...memberView, ...(isShared ? shared : {}), isShared },
    spendable: smallestOf(rooms),
  };
}

async function accountView(
  database: Database,
  standing: Standing,
  server: ServerStanding,
): Promise<AccountView> {
  const { account, period, sums, state } = standing;
  const held = await openCreditsOf(database, account, period.startsAtMs);
  const left = leftOf(state);
  const { rule, per } = standing.limit ?? server.limit;
  return {
    have: left + sums.drawn,
    held,
    used: sums.drawn - held,
    left,
    rule,
    per,
    resetsAtMs: period.endsAtMs,
    entries: await lastEntriesOf(database, account, ENTRIES_SHOWN),
  };
}

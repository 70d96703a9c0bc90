/** The balance of an account at a given time: its limit, its period and the sums of its ledger. */
import type { Database } from '../storage/database.ts';
import { sumsOf, type AccountSums } from './ledgers/ledger-reader.ts';
import { serverAccount, type AccountKey } from './ledgers/ledger.ts';
import { committedInMonth } from './ledgers/vendor-ledger.ts';
import type { RemainingAllowance } from './limits/allowance.ts';
import { leftOf, NO_LIMIT, type AccountState } from './limits/arithmetic.ts';
import {
  guildCeiling,
  guildLimit,
  memberLimit,
  operatorCeiling,
  type Limit,
  type LimitSettings,
} from './limits/limits.ts';
import { periodOf, type Period } from './limits/period.ts';
import type { Rules } from './limits/stored-limits.ts';

export interface QuotaSettings {
  readonly limits: LimitSettings;
  /**
   * Default time zone of a server, an IANA name. The operator's ceilings always count by UTC month.
   */
  readonly timeZone: string;
}

export interface Balance {
  readonly account: AccountKey;
  /** Undefined when a member shares the server's limit. */
  readonly limit: Limit | undefined;
  readonly period: Period;
  readonly sums: AccountSums;
  readonly state: AccountState;
}

export type ServerBalance = Balance & { readonly limit: Limit };

export interface MemberAt {
  readonly guildId: string;
  readonly memberId: string;
  /** The member's current roles; undefined: the roles of their last order. */
  readonly roleIds?: readonly string[] | undefined;
  readonly nowMs: number;
}

/** Which account, when, and by which rules. */
interface AccountQuery {
  readonly guildId: string;
  readonly rules: Rules;
  readonly nowMs: number;
}

export async function serverBalance(
  database: Database,
  settings: QuotaSettings,
  { guildId, rules, nowMs }: AccountQuery,
): Promise<ServerBalance> {
  const limit = guildLimit(settings.limits, guildId, rules.server);
  const period = periodOf(nowMs, limit.per, zoneOf(settings, rules));
  return balanceOf(database, { account: serverAccount(guildId), limit, period });
}

export async function memberBalance(
  database: Database,
  settings: QuotaSettings,
  { guildId, memberId, rules, nowMs }: AccountQuery & { readonly memberId: string },
): Promise<Balance> {
  const limit = memberLimit(settings.limits, rules);
  const { per } = limit ?? guildLimit(settings.limits, guildId, rules.server);
  const period = periodOf(nowMs, per, zoneOf(settings, rules));
  return balanceOf(database, { account: { guildId, memberId }, limit, period });
}

/** Returns the server's time zone, or the default. */
export function zoneOf(settings: QuotaSettings, { timeZone }: Pick<Rules, 'timeZone'>): string {
  return timeZone ?? settings.timeZone;
}

async function balanceOf<Known extends Pick<Balance, 'account' | 'limit' | 'period'>>(
  database: Database,
  known: Known,
): Promise<Known & Balance> {
  const sums = await sumsOf(database, known.account, known.period.startsAtMs);
  const limit = known.limit?.credits ?? NO_LIMIT;
  return { ...known, sums, state: { limit, used: sums.used, extra: sums.extra } };
}

/** Returns what each rule leaves for one more job: the member's, the server's, then the operator's two. */
export async function allowancesFor(
  database: Database,
  settings: QuotaSettings,
  job: { server: Balance; member: Balance; jobId: string; nowMs: number },
): Promise<RemainingAllowance[]> {
  const { server, member, jobId, nowMs } = job;
  const { guildId } = server.account;
  const committed = await committedInMonth(database, { guildId, exceptJobId: jobId, nowMs });
  const { endsAtMs: resetsAtMs } = periodOf(nowMs, 'month', 'UTC');
  const ceiling = guildCeiling(settings.limits, guildId);
  const operator = operatorCeiling(settings.limits);
  return [
    ...ownAllowance('member', member),
    ...ownAllowance('server', server),
    { of: 'server-ceiling', limit: ceiling, left: ceiling.credits - committed.guild, resetsAtMs },
    { of: 'operator', limit: operator, left: operator.credits - committed.operator, resetsAtMs },
  ];
}

function ownAllowance(
  of: 'member' | 'server',
  { limit, period, state }: Balance,
): RemainingAllowance[] {
  if (limit === undefined) return [];
  return [{ of, limit, left: leftOf(state), resetsAtMs: period.endsAtMs }];
}

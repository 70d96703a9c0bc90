/** The data of `/credits`: have − held − used = left, the rule behind it, and the last entries. */
import { UserError } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import {
  memberBalance,
  allowancesFor,
  serverBalance,
  zoneOf,
  type QuotaSettings,
  type ServerBalance,
  type Balance,
  type MemberAt,
} from './balance.ts';
import { checkMember } from './holds.ts';
import {
  lastCostOf,
  lastEntriesOf,
  openCreditsOf,
  type LedgerEntry,
} from './ledgers/ledger-reader.ts';
import { smallestAllowance } from './limits/allowance.ts';
import { leftOf, NO_LIMIT } from './limits/arithmetic.ts';
import {
  memberMost,
  serverMost,
  type LimitRule,
  type Most,
  type MostKind,
} from './limits/limits.ts';
import type { PeriodUnit } from './limits/period.ts';
import { readRules, type Rules } from './limits/stored-limits.ts';

/** An account in its current period, in whole credits. */
export interface AccountView {
  /** The limit plus grants: the total available in this period. */
  readonly have: number;
  /** Held for jobs without an outcome. */
  readonly held: number;
  /** Used by jobs with an outcome. */
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
   * The member's own account. If members have no limit of their own, `have`, `left`, `rule` and
   * `resetsAtMs` are the server's; `held`, `used` and `entries` remain the member's.
   */
  readonly member: AccountView & { readonly isShared: boolean };
  /** The maximum cost of one more video: the least that the member's, server's and operator's rules leave. */
  readonly spendable: number;
  /** Whole credits of the member's last video: its cost, or its hold while the cost is unknown. */
  readonly lastCost: number | undefined;
  /** Limits on videos; a limit that is not set is absent. */
  readonly most: {
    readonly member: Readonly<Partial<Record<MostKind, Most>>>;
    readonly server: Readonly<Partial<Record<'atOnce' | 'waiting', Most>>>;
  };
  /** Why the member may make no videos at all: a block, or a wait after refused prompts. */
  readonly stopped: UserError | undefined;
  /** The server's, an IANA name. */
  readonly timeZone: string;
}

const ENTRIES_SHOWN = 10;
/** No job has this id: every waiting job counts. */
const NO_JOB = '';

export async function viewOf(
  database: Database,
  settings: QuotaSettings,
  who: MemberAt,
): Promise<QuotaView> {
  const rules = await readRules(database, who);
  const server = await serverBalance(database, settings, { ...who, rules });
  const member = await memberBalance(database, settings, { ...who, rules });
  const allowances = await allowancesFor(database, settings, {
    server,
    member,
    jobId: NO_JOB,
    nowMs: who.nowMs,
  });
  const serverView = await accountView(database, server, server);
  const memberView = await accountView(database, member, server);
  const shared = { have: serverView.have, left: serverView.left };
  const isShared = member.limit === undefined;
  const most = mostOf(rules);
  return {
    server: serverView,
    member: { ...memberView, ...(isShared ? shared : {}), isShared },
    spendable: Math.min(smallestAllowance(allowances), most.member.maxCost?.most ?? NO_LIMIT),
    lastCost: await lastCostOf(database, member.account),
    most,
    stopped: await whyStopped(database, who),
    timeZone: zoneOf(settings, rules),
  };
}

function mostOf(rules: Rules): QuotaView['most'] {
  const only = (kind: MostKind, most: Most | undefined) =>
    most === undefined ? {} : { [kind]: most };
  return {
    member: {
      ...only('atOnce', memberMost('atOnce', rules)),
      ...only('waiting', memberMost('waiting', rules)),
      ...only('maxCost', memberMost('maxCost', rules)),
    },
    server: {
      ...only('atOnce', serverMost('atOnce', rules)),
      ...only('waiting', serverMost('waiting', rules)),
    },
  };
}

async function whyStopped(database: Database, who: MemberAt): Promise<UserError | undefined> {
  try {
    await checkMember(database, who);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function accountView(
  database: Database,
  balance: Balance,
  server: ServerBalance,
): Promise<AccountView> {
  const { account, period, sums, state } = balance;
  const held = await openCreditsOf(database, account, period.startsAtMs);
  const left = leftOf(state);
  const { rule, per } = balance.limit ?? server.limit;
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

/** A model of the moderators' settings, and of how the operator’s ceiling limits an account. */
import {
  mostGenerous,
  type AccountName,
  type LimitName,
  type ModelLimit,
} from './quota-course-actions.ts';

const DEFAULT_SERVER = { credits: 100, per: 'month' } as const;
const DAYS_IN_LONGEST_MONTH = 31;

export class ModelLimits {
  readonly #ceiling: number;
  #limits: ReadonlyMap<LimitName, ModelLimit> = new Map();
  /** Whether alice has the role now. */
  hasRole = false;
  /** Whether she had it at her last request, which decides changes of her limit. */
  hadRole = false;

  constructor(ceiling: number) {
    this.#ceiling = ceiling;
  }

  of(account: AccountName, hasRole = this.hasRole): ModelLimit | undefined {
    return limitIn(this.#limits, account, hasRole);
  }

  ofServer(): ModelLimit {
    return this.of('server') ?? DEFAULT_SERVER;
  }

  /** @param grants unspent ones, and those used by open holds */
  exceeds(account: AccountName, grants: number): boolean {
    return reachOf(account, this.of(account), grants) > this.#ceiling;
  }

  /** Whether so much more may not be granted. A deduction is made up first. */
  forbidsGrant(account: AccountName, grants: number, credits: number): boolean {
    return reachOf(account, this.of(account), 0) + grants + credits > this.#ceiling;
  }

  /**
   * @param limit undefined clears it
   * @returns false when that would exceed the ceiling; nothing has changed then
   */
  change(whose: LimitName, limit: ModelLimit | undefined, grants: number): boolean {
    const next = new Map(this.#limits);
    if (limit === undefined) next.delete(whose);
    else next.set(whose, limit);
    if (whose === 'server' || whose === 'alice') {
      const reach = (limits: ReadonlyMap<LimitName, ModelLimit>): number =>
        reachOf(whose, limitIn(limits, whose, this.hadRole), grants);
      if (reach(next) > this.#ceiling && reach(next) > reach(this.#limits)) return false;
    }
    this.#limits = next;
    return true;
  }
}

function limitIn(
  limits: ReadonlyMap<LimitName, ModelLimit>,
  account: AccountName,
  hasRole: boolean,
): ModelLimit | undefined {
  if (account === 'server') return limits.get('server') ?? DEFAULT_SERVER;
  const everyone = limits.get('everyone');
  if (account === 'bob') return everyone;
  return limits.get('alice') ?? mostGenerous(everyone, hasRole ? limits.get('role') : undefined);
}

/** A server’s in the longest month, a member’s in one period. */
function reachOf(account: AccountName, limit: ModelLimit | undefined, grants: number): number {
  const days = account === 'server' && limit?.per === 'day' ? DAYS_IN_LONGEST_MONTH : 1;
  return (limit?.credits ?? 0) * days + Math.max(0, grants);
}

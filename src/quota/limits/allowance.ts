/** Checks what each rule still allows for one more job. Pure. */
import { SECOND } from '../../clock.ts';
import { QuotaExceeded } from '../../errors.ts';
import { credits } from '../../text/credits.ts';
import type { TextKey } from '../../text/resources.ts';
import { text, type Text } from '../../text/text.ts';
import { ruleName, type Limit, type Most } from './limits.ts';

/** One rule a job must pass. */
export interface RemainingAllowance {
  /** Whose limit it is: `server` is the server's own budget, `server-ceiling` the operator's limit for it. */
  readonly of: 'member' | 'server' | 'server-ceiling' | 'operator';
  readonly limit: Limit;
  /** Whole credits; negative when the limit was set below what is used. */
  readonly left: number;
  /** Unix milliseconds. */
  readonly resetsAtMs: number;
}

/** @throws QuotaExceeded that names the first rule without enough left */
export function checkAllowances(allowances: readonly RemainingAllowance[], cost: number): void {
  const full = allowances.find(({ left }) => cost > left);
  if (full !== undefined) throw new QuotaExceeded(describeExceeded(full, cost));
}

/** Returns the maximum cost of a job right now. */
export function smallestAllowance(allowances: readonly RemainingAllowance[]): number {
  return Math.max(0, Math.min(...allowances.map(({ left }) => left)));
}

const EXCEEDED: Readonly<Record<RemainingAllowance['of'], TextKey>> = {
  member: 'quota:exceededMember',
  server: 'quota:exceededServer',
  'server-ceiling': 'quota:exceededServerCeiling',
  operator: 'quota:exceededOperator',
};

/** Describes the cost, what is left, the rule that is exceeded, and when it resets. */
export function describeExceeded(
  { of, limit, left, resetsAtMs }: RemainingAllowance,
  cost: number,
): Text {
  const allowed = { credits: credits(limit.credits), rule: ruleName(limit.rule) };
  return text(EXCEEDED[of], {
    cost: credits(cost),
    left: Math.max(0, left),
    limit: text(limit.per === 'day' ? 'quota:perDay' : 'quota:perMonth', allowed),
    resets: `<t:${Math.ceil(resetsAtMs / SECOND)}:R>`,
  });
}

/** @throws QuotaExceeded when the cost is above the limit for a single video */
export function checkMaxCost(maxCost: Most | undefined, cost: number): void {
  if (maxCost === undefined || cost <= maxCost.most) return;
  const { most, rule } = maxCost;
  throw new QuotaExceeded(
    text('quota:exceededMaxCost', { cost: credits(cost), most, rule: ruleName(rule) }),
  );
}

/** How much room each rule leaves for one more job, and the sentence when it is not enough. Pure. */
import { SECOND } from '../../clock.ts';
import { QuotaExceeded } from '../../errors.ts';
import { ruleName, type Limit, type Most } from './limits.ts';

/** One rule a job must pass. */
export interface RemainingAllowance {
  /** Whose limit it is. `server` is its own budget, `server-ceiling` what the operator lets it spend. */
  readonly of: 'member' | 'server' | 'server-ceiling' | 'operator';
  readonly limit: Limit;
  /** Whole credits; negative when the limit was set below what is used. */
  readonly left: number;
  /** Unix milliseconds. */
  readonly resetsAtMs: number;
}

/** @throws QuotaExceeded naming the first rule that does not allow it */
export function checkAllowances(allowances: readonly RemainingAllowance[], cost: number): void {
  const full = allowances.find(({ left }) => cost > left);
  if (full !== undefined) throw new QuotaExceeded(describeExceeded(full, cost));
}

/** What a job may cost at most right now. */
export function smallestAllowance(allowances: readonly RemainingAllowance[]): number {
  return Math.max(0, Math.min(...allowances.map(({ left }) => left)));
}

/** What it costs, what is left, which rule says so, and when that resets, as a Discord timestamp. */
export function describeExceeded(
  { of, limit, left, resetsAtMs }: RemainingAllowance,
  cost: number,
): string {
  const price = `This video costs ${inWords(cost)}`;
  const rest = Math.max(0, left);
  const rule = `${inWords(limit.credits)} a ${limit.per} (${ruleName(limit.rule)})`;
  const resets = `It resets <t:${Math.ceil(resetsAtMs / SECOND)}:R>.`;
  switch (of) {
    case 'member':
      return `${price}, and you have ${rest} left: your limit is ${rule}. ${resets}`;
    case 'server':
      return `${price}, and this server has ${rest} left: its limit is ${rule}. ${resets}`;
    case 'server-ceiling':
      return `${price}, and this server may spend ${rest} more: the bot's operator allows it ${rule}. ${resets}`;
    case 'operator':
      return `${price}, and the bot may spend ${rest} more for all servers together: its operator allows ${rule}. ${resets}`;
    default:
      return of satisfies never;
  }
}

/** @throws QuotaExceeded when a single video may not be that dear */
export function checkMaxCost(maxCost: Most | undefined, cost: number): void {
  if (maxCost === undefined || cost <= maxCost.most) return;
  throw new QuotaExceeded(
    `This video costs ${inWords(cost)}, and a single video of yours may cost ${maxCost.most} (${ruleName(maxCost.rule)}). A shorter or smaller one costs less.`,
  );
}

function inWords(credits: number): string {
  return credits === 1 ? '1 credit' : `${credits} credits`;
}

/**
 * A model of one account, by pure arithmetic alone. It records every step and applies each once, as the
 * ledger must, and can check that it balances.
 */
import assert from 'node:assert/strict';

import {
  grantChange,
  holdChange,
  leftOf,
  resetChange,
  settleChange,
  splitHold,
  deductChange,
  totalOf,
  type AccountState,
  type ByPot,
} from '#src/quota/limits/arithmetic.ts';

interface Job {
  hold: ByPot;
  atMs: number;
  changes: ByPot[];
  hasEnded: boolean;
}

/** Returns the key of the period that contains an instant; keys sort like their periods. */
export type PeriodKey = (atMs: number) => string;

export class ModelAccount {
  limit: number;
  periodKey: PeriodKey;
  nowMs = 0;
  readonly #jobs = new Map<string, Job>();
  /** Signed changes by their effective time; oldest first, except changes by late outcomes. */
  readonly #entries: { step: string; atMs: number; change: ByPot }[] = [];

  constructor(limit: number, periodKey: PeriodKey) {
    this.limit = limit;
    this.periodKey = periodKey;
  }

  /** Computed from the start, period by period, as if today’s limit and time zone had always applied. */
  state(): AccountState {
    let account: AccountState = { limit: this.limit, used: 0, extra: 0 };
    let period = '';
    const toPeriod = (atMs: number): void => {
      if (this.periodKey(atMs) !== period) account = { ...account, used: 0 };
      period = this.periodKey(atMs);
    };
    for (const entry of this.#entries.toSorted((one, other) => one.atMs - other.atMs)) {
      toPeriod(entry.atMs);
      account = changed(account, entry.change);
    }
    toPeriod(this.nowMs);
    return account;
  }

  left(): number {
    return leftOf(this.state());
  }

  /** Unspent grants, and those used by open holds. */
  grants(): number {
    const open = [...this.#jobs.values()].filter(({ hasEnded }) => !hasEnded);
    return this.state().extra + sumOf(open.map(({ hold }) => hold.extra));
  }

  hasTaken(step: string): boolean {
    return this.#entries.some((entry) => entry.step === step);
  }

  canHold(job: string, credits: number): boolean {
    return this.#jobs.has(job) || credits <= this.left();
  }

  hold(job: string, credits: number): void {
    if (this.#jobs.has(job)) return;
    const hold = splitHold(this.state(), credits);
    const change = holdChange(hold);
    this.#append(`hold:${job}`, this.nowMs, change);
    this.#jobs.set(job, { hold, atMs: this.nowMs, changes: [change], hasEnded: false });
    assert.ok(this.left() >= 0, 'a hold went below zero');
  }

  /** A release is an end that costs nothing. */
  end(job: string, cost: number): void {
    const held = this.#jobs.get(job);
    if (held === undefined) return;
    const change = settleChange(held.hold, cost);
    if (!this.#append(`outcome:${job}`, held.atMs, change)) return;
    held.hasEnded = true;
    held.changes.push(change);
  }

  grant(step: string, credits: number): void {
    this.#append(step, this.nowMs, grantChange(credits));
  }

  deduct(step: string, credits: number): void {
    this.#append(step, this.nowMs, deductChange(credits));
  }

  reset(step: string): void {
    if (!this.#append(step, this.nowMs, { allowance: 0, extra: 0 })) return;
    const jobs = [...this.#jobs.values()].filter(({ atMs }) => this.#isCurrent(atMs));
    for (const job of jobs.filter(({ hasEnded }) => hasEnded)) {
      const change = resetChange(job.changes.map(({ allowance }) => allowance));
      this.#entries.push({ step, atMs: job.atMs, change });
      job.changes.push(change);
    }
    const open = jobs.filter(({ hasEnded }) => !hasEnded);
    assert.equal(
      this.state().used,
      sumOf(open.map(({ hold }) => hold.allowance)),
      'used is not the open holds after a reset',
    );
  }

  /** Throws unless the current period balances, and no credit was created or lost. */
  checkBooks(): void {
    const brought = this.#entries.filter(({ atMs }) => !this.#isCurrent(atMs));
    const own = this.#entries.filter(({ atMs }) => this.#isCurrent(atMs));
    const broughtIn = sumOf(brought.map(({ change }) => change.extra));
    const entries = sumOf(own.map(({ change }) => totalOf(change)));
    assert.equal(this.left(), this.limit + broughtIn + entries, 'the period does not balance');
    for (const job of this.#jobs.values()) checkJob(job);
  }

  #isCurrent(atMs: number): boolean {
    return this.periodKey(atMs) === this.periodKey(this.nowMs);
  }

  #append(step: string, atMs: number, change: ByPot): boolean {
    if (this.#entries.some((entry) => entry.step === step)) return false;
    this.#entries.push({ step, atMs, change });
    return true;
  }
}

/** A job refunds at most what it used, by source, and nothing before it has ended. */
function checkJob({ hold, changes, hasEnded }: Job): void {
  for (const pot of ['allowance', 'extra'] as const) {
    const drawn = 0 - sumOf(changes.map((change) => change[pot]));
    assert.ok(drawn >= 0 && drawn <= hold[pot], `${drawn} of ${hold[pot]} drawn from ${pot}`);
    if (!hasEnded) assert.equal(drawn, hold[pot], 'an open hold shrank');
  }
}

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** The account after a change in its current period. */
function changed(account: AccountState, change: ByPot): AccountState {
  return {
    limit: account.limit,
    used: account.used - change.allowance,
    extra: account.extra + change.extra,
  };
}

/**
 * Circuit breaker for a vendor. After repeated failures the vendor rests: its `start` is not called, so
 * jobs go to other vendors at once. After the rest one job is the trial, and the vendor's answer
 * decides; if the trial gets no answer, the next job is the trial. The state is kept in memory per
 * process, so after a restart the vendor is up.
 */
import { pauseLeftMs } from '../../backoff.ts';
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { Vendor } from '../vendor.ts';
import { hasVendorAPart, isVendorFailing, type FailingError, type FailingKind } from './failing.ts';

/** Consecutive failed creates of any jobs. With fewer, a short disruption would stop the only vendor. */
export const FAILURES_UNTIL_REST = 5;
/** Twice as long after each failed trial. Without jitter: there is one trial at a time. */
const FIRST_REST_MS = 20 * SECOND;
const LONGEST_REST_MS = 5 * MINUTE;
/** How soon to ask again while another job is the trial. */
const TRIAL_AGAIN_MS = 2 * SECOND;

/**
 * `on-trial`: the rest is over and the next job is the trial; while it is under way (`isBusy`) no other
 * job is submitted. Times in Unix milliseconds; `sinceMs` is when the first rest began.
 */
export type VendorHealth =
  | { readonly state: 'up' }
  | ({ readonly state: 'resting' } & Rest)
  | ({ readonly state: 'on-trial'; readonly isBusy: boolean } & Trouble);

interface Trouble {
  readonly sinceMs: number;
  /** The kind of failure that started the latest rest. */
  readonly why: FailingKind;
}

interface Rest extends Trouble {
  readonly untilMs: number;
}

export interface BreakerOptions {
  clock: Clock;
  /** Called when the vendor begins to rest, and again after a failed trial. */
  onRest: (error: FailingError, rest: Rest) => void;
  onTrial: () => void;
  /** @param downMs since the first rest began */
  onBack: (downMs: number) => void;
}

export interface Breaker {
  /** The same vendor, whose `start` is refused with a definite `unavailable` while it rests. */
  readonly vendor: Vendor;
  health(): VendorHealth;
}

export function createBreaker(vendor: Vendor, options: BreakerOptions): Breaker {
  const breaker = new CircuitBreaker(options);
  return {
    health: () => breaker.health(),
    vendor: {
      ...vendor,
      async start(submission, signal) {
        const waitMs = waitOf(breaker.health(), options.clock.now());
        if (waitMs > 0) throw refusedWhileResting(vendor.name, waitMs);
        return breaker.run(async () => vendor.start(submission, signal));
      },
    },
  };
}

interface RestWithLength extends Rest {
  /** By the failed trials alone. */
  readonly lengthMs: number;
  /** `lengthMs`, or longer where the vendor asked for that. */
  readonly waitMs: number;
}

class CircuitBreaker {
  readonly #options: BreakerOptions;
  /** In a row, while the vendor is up. */
  #failures = 0;
  /** Stays after its end until a trial succeeds. */
  #rest: RestWithLength | undefined;
  #isTrialRunning = false;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  health(): VendorHealth {
    if (this.#rest === undefined) return { state: 'up' };
    const { sinceMs, why, untilMs } = this.#rest;
    const isBusy = this.#isTrialRunning;
    const isOver = pauseLeftMs(this.#rest, this.#options.clock.now()) <= 0;
    if (!isBusy && !isOver) return { state: 'resting', untilMs, sinceMs, why };
    return { state: 'on-trial', isBusy, sinceMs, why };
  }

  /** Makes a call while `health` allows one. @throws what `call` throws */
  async run<Value>(call: () => Promise<Value>): Promise<Value> {
    return this.#rest === undefined ? this.#runWhileUp(call) : this.#runTrial(call);
  }

  async #runWhileUp<Value>(call: () => Promise<Value>): Promise<Value> {
    try {
      const value = await call();
      this.#failures = 0;
      return value;
    } catch (error) {
      if (isVendorFailing(error)) this.#countFailure(error);
      throw error;
    }
  }

  #countFailure(error: FailingError): void {
    this.#failures += 1;
    // A call from before the rest does not prolong it: the trial decides.
    if (this.#rest === undefined && this.#failures >= FAILURES_UNTIL_REST) this.#beginRest(error);
  }

  async #runTrial<Value>(call: () => Promise<Value>): Promise<Value> {
    this.#isTrialRunning = true;
    this.#options.onTrial();
    try {
      const value = await call();
      this.#endRest();
      return value;
    } catch (error) {
      if (isVendorFailing(error)) this.#beginRest(error);
      else if (hasVendorAPart(error)) this.#endRest();
      throw error;
    } finally {
      this.#isTrialRunning = false;
    }
  }

  #beginRest(error: FailingError): void {
    const { clock, onRest } = this.#options;
    const nowMs = clock.now();
    const before = this.#rest;
    const lengthMs =
      before === undefined ? FIRST_REST_MS : Math.min(2 * before.lengthMs, LONGEST_REST_MS);
    const waitMs = Math.max(lengthMs, error.retryAfterMs ?? 0);
    const sinceMs = before?.sinceMs ?? nowMs;
    this.#rest = { untilMs: nowMs + waitMs, lengthMs, waitMs, why: error.kind, sinceMs };
    onRest(error, this.#rest);
  }

  #endRest(): void {
    const { clock, onBack } = this.#options;
    const downMs = clock.now() - (this.#rest?.sinceMs ?? clock.now());
    this.#rest = undefined;
    this.#failures = 0;
    onBack(downMs);
  }
}

/** Returns the milliseconds until a job may be submitted to the vendor; 0 for now. */
export function waitOf(health: VendorHealth, nowMs: number): number {
  switch (health.state) {
    case 'up':
      return 0;
    case 'resting':
      return Math.max(0, health.untilMs - nowMs);
    case 'on-trial':
      return health.isBusy ? TRIAL_AGAIN_MS : 0;
    default:
      return health satisfies never;
  }
}

function refusedWhileResting(vendor: string, retryAfterMs: number): VendorError {
  return new VendorError({
    vendor,
    operation: 'prepare',
    kind: 'unavailable',
    code: 'VENDOR_RESTING',
    retryAfterMs,
    isDefinite: true,
  });
}

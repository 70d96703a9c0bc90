/**
 * Circuit breaker for a vendor. After repeated failures the vendor rests: its `start` is not called, so
 * jobs go to other vendors at once. After the rest one job is the trial, and the vendor's answer
 * decides; if the trial gets no answer, the next job is the trial. The state is kept in memory per
 * process, so after a restart the vendor is up.
 */
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  noJitterGenerator,
  type IBackoff,
  type IBackoffFactory,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';

import { pauseLeftMs } from '../../backoff.ts';
import { MINUTE, SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { Vendor } from '../vendor.ts';
import { hasVendorAPart, isVendorFailing, type FailingError, type FailingKind } from './failing.ts';

/** Consecutive failed creates of any jobs. With fewer, a short disruption would stop the only vendor. */
export const FAILURES_UNTIL_REST = 5;
/** The first rest, and its maximum while every trial fails. No jitter, because there is only one trial. */
const RESTS = new ExponentialBackoff({
  initialDelay: 20 * SECOND,
  maxDelay: 5 * MINUTE,
  generator: noJitterGenerator,
});
/** How long a job waits while another job is the trial. */
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
  const { clock, onRest, onTrial, onBack } = options;
  let rest: (Rest & { readonly waitMs: number }) | undefined;
  const isOver = (): boolean => rest === undefined || pauseLeftMs(rest, clock.now()) <= 0;
  const policy = circuitBreaker(
    handleWhen((error) => isVendorFailing(error) || error instanceof TrialWithoutAnswer),
    {
      breaker: new ConsecutiveBreaker(FAILURES_UNTIL_REST),
      halfOpenAfter: backoffUntilOver(RESTS, isOver, (error, lengthMs) => {
        const nowMs = clock.now();
        const waitMs = Math.max(lengthMs, error.retryAfterMs ?? 0);
        const sinceMs = rest?.sinceMs ?? nowMs;
        rest = { untilMs: nowMs + waitMs, waitMs, why: error.kind, sinceMs };
        onRest(error, rest);
      }),
    },
  );
  policy.onHalfOpen(onTrial);
  policy.onReset(() => {
    const downMs = clock.now() - (rest?.sinceMs ?? clock.now());
    rest = undefined;
    onBack(downMs);
  });

  function health(): VendorHealth {
    if (rest === undefined) return { state: 'up' };
    const { sinceMs, why, untilMs } = rest;
    const isBusy = policy.state === CircuitState.HalfOpen;
    if (!isBusy && !isOver()) return { state: 'resting', untilMs, sinceMs, why };
    return { state: 'on-trial', isBusy, sinceMs, why };
  }

  return {
    health,
    vendor: {
      ...vendor,
      async start(submission, signal) {
        const waitMs = waitOf(health(), clock.now());
        if (waitMs > 0) throw restingError(vendor.name, waitMs);
        const isTrial = rest !== undefined;
        return unwrapTrial(
          policy.execute(async () => {
            try {
              return await vendor.start(submission, signal);
            } catch (error) {
              throw isTrial && !hasVendorAPart(error) ? new TrialWithoutAnswer(error) : error;
            }
          }),
        );
      },
    },
  };
}

/** The trial ended before it reached the vendor, so the next job is the trial. */
class TrialWithoutAnswer extends Error {
  readonly kind = 'trial-without-answer';
  override readonly name = 'TrialWithoutAnswer';

  constructor(cause: unknown) {
    super('The trial did not reach the vendor', { cause });
  }
}

/** Rethrows the cause of `TrialWithoutAnswer`, which only the breaker needs. */
async function unwrapTrial<Value>(trial: Promise<Value>): Promise<Value> {
  try {
    return await trial;
  } catch (error) {
    throw error instanceof TrialWithoutAnswer ? error.cause : error;
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

type Context = IHalfOpenAfterBackoffContext;

/**
 * Returns a backoff that runs on our clock. The breaker always uses `Date.now`, but asks its backoff for
 * the length of the rest on each call: infinite until the rest is over, then negative. A trial without
 * an answer begins no new rest.
 */
function backoffUntilOver(
  lengths: IBackoffFactory<Context>,
  isOver: () => boolean,
  onRest: (error: FailingError, lengthMs: number) => void,
): IBackoffFactory<Context> {
  return {
    next(context): IBackoff<Context> {
      const error = 'error' in context.result ? context.result.error : undefined;
      let longer = lengths;
      if (isVendorFailing(error)) {
        const length = lengths.next(context);
        longer = length;
        onRest(error, length.duration);
      } else if (!(error instanceof TrialWithoutAnswer)) {
        throw new TypeError('Only failures of the vendor begin a rest');
      }
      return {
        ...backoffUntilOver(longer, isOver, onRest),
        get duration() {
          return isOver() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        },
      };
    },
  };
}

function restingError(vendor: string, retryAfterMs: number): VendorError {
  return new VendorError({
    vendor,
    operation: 'prepare',
    kind: 'unavailable',
    code: 'VENDOR_RESTING',
    retryAfterMs,
    isDefinite: true,
  });
}

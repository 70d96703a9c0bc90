/**
 * A vendor that fails again and again is left alone for a while: its `start` is not called, so jobs
 * go elsewhere at once instead of finding out one by one. When the rest is over one job is its trial,
 * and the vendor's answer to it decides; where it does not come to that, the next job is. Kept in memory, by each process for itself: after a restart the
 * vendor gets the benefit of the doubt.
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

/** So many creates in a row, of whichever jobs. Fewer, and a hiccup of a second would stop the only vendor. */
export const FAILURES_UNTIL_REST = 5;
/** The first rest, and how long it grows to while every trial fails. One trial is no crowd: no jitter. */
const RESTS = new ExponentialBackoff({
  initialDelay: 20 * SECOND,
  maxDelay: 5 * MINUTE,
  generator: noJitterGenerator,
});
/** How soon to ask again while another job is the trial. */
const TRIAL_AGAIN_MS = 2 * SECOND;

/**
 * `on-trial`: the rest is over, and the next job is the trial; while it is under way (`isBusy`) no
 * other is handed over. Times in Unix milliseconds; `sinceMs` is when the first rest began.
 */
export type VendorHealth =
  | { readonly state: 'up' }
  | ({ readonly state: 'resting' } & Rest)
  | ({ readonly state: 'on-trial'; readonly isBusy: boolean } & Trouble);

interface Trouble {
  readonly sinceMs: number;
  /** Of the failure that began the latest rest. */
  readonly why: FailingKind;
}

interface Rest extends Trouble {
  readonly untilMs: number;
}

export interface BreakerOptions {
  clock: Clock;
  /** It rests, from the first failure or again after a failed trial. */
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
      halfOpenAfter: untilOver(RESTS, isOver, (error, lengthMs) => {
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
        if (waitMs > 0) throw leftAlone(vendor.name, waitMs);
        const isTrial = rest !== undefined;
        return unwrapped(
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

/** The trial ended before it came to the vendor: whether that is back is for the next to find out. */
class TrialWithoutAnswer extends Error {
  readonly kind = 'trial-without-answer';
  override readonly name = 'TrialWithoutAnswer';

  constructor(cause: unknown) {
    super('The trial did not come to the vendor', { cause });
  }
}

/** Only the breaker needs to tell it apart. */
async function unwrapped<Value>(trial: Promise<Value>): Promise<Value> {
  try {
    return await trial;
  } catch (error) {
    throw error instanceof TrialWithoutAnswer ? error.cause : error;
  }
}

/** Milliseconds until a vendor may be handed a job; 0 for now. */
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
 * The breaker takes the time from `Date.now` and cannot be given another; but it asks its back-off
 * for the length of a rest at each call. So that answers by our clock: endless until the rest is
 * over, then less than nothing. A trial without an answer begins no rest: the last one stays over.
 */
function untilOver(
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
        ...untilOver(longer, isOver, onRest),
        get duration() {
          return isOver() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        },
      };
    },
  };
}

function leftAlone(vendor: string, retryAfterMs: number): VendorError {
  return new VendorError({
    vendor,
    operation: 'prepare',
    kind: 'unavailable',
    code: 'LEFT_ALONE',
    retryAfterMs,
    isDefinite: true,
  });
}

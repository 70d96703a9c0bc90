/**
 * Shares one walk through a vendor's task list between concurrent searches. A walk takes one request
 * per hundred tasks, an account allows one list request per second, and many answers are lost at the
 * same time: concurrent walks would all be refused for exceeding that rate.
 */
import type { ListedTask, TaskWindow, Vendor } from '../../vendors/vendor.ts';
import type { RateLimiter } from '../polling/rate-limiter.ts';

/**
 * Returns the account's tasks created in the window, possibly with others. The list is read after the
 * call.
 *
 * @throws VendorError when the vendor could not be reached
 */
export type SearchTasks = (
  vendor: Vendor,
  window: TaskWindow,
  signal: AbortSignal,
) => Promise<readonly ListedTask[]>;

/** A walk that has not begun; further searches join it. */
interface NextWalk {
  fromMs: number;
  toMs: number;
  readonly tasks: Promise<readonly ListedTask[]>;
}

export function createTaskSearch(rateLimiterOf: (vendor: Vendor) => RateLimiter): SearchTasks {
  const next = new Map<string, NextWalk>();
  const underWay = new Map<string, Promise<unknown>>();

  return async (vendor, window, signal) => {
    const key = `${vendor.name} ${window.tier ?? 'default'}`;
    const joined = next.get(key);
    if (joined !== undefined) {
      joined.fromMs = Math.min(joined.fromMs, window.fromMs);
      joined.toMs = Math.max(joined.toMs, window.toMs);
      return joined.tasks;
    }
    const walk = async (): Promise<readonly ListedTask[]> => {
      await underWay.get(key);
      await rateLimiterOf(vendor).acquire(signal);
      // Too late to join from here on: a later search might need a page that was already read.
      const { fromMs, toMs } = begun;
      next.delete(key);
      return (await vendor.findCreatedBetween?.({ ...window, fromMs, toMs }, signal)) ?? [];
    };
    const begun: NextWalk = { fromMs: window.fromMs, toMs: window.toMs, tasks: walk() };
    next.set(key, begun);
    // The searches handle a failure; the next walk only waits for the end of this one.
    underWay.set(
      key,
      begun.tasks.catch(() => {}),
    );
    return begun.tasks;
  };
}

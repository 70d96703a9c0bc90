/**
 * One walk through a vendor's list for all who search it at the time. A walk is a request for every
 * hundred tasks, an account has one list request a second, and many answers are lost together: walks
 * side by side would be refused for each other's requests, all of them, for as long as they last.
 */
import type { ListedTask, TaskWindow, Vendor } from '../../vendors/vendor.ts';
import type { RateLimiter } from '../polling/rate-limiter.ts';

/**
 * The account's tasks of this window, and maybe of more, as they are after now.
 *
 * @throws VendorError when the vendor could not be asked
 */
export type SearchTasks = (
  vendor: Vendor,
  window: TaskWindow,
  signal: AbortSignal,
) => Promise<readonly ListedTask[]>;

/** The walk that has not begun; whoever comes meanwhile joins it. */
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
      // From here on it is too late to join: what is asked for may be on a page that was read.
      const { fromMs, toMs } = begun;
      next.delete(key);
      return (await vendor.findCreatedBetween?.({ ...window, fromMs, toMs }, signal)) ?? [];
    };
    const begun: NextWalk = { fromMs: window.fromMs, toMs: window.toMs, tasks: walk() };
    next.set(key, begun);
    // Its failure is for those who wait for its tasks; the walk after it only waits for its end.
    underWay.set(
      key,
      begun.tasks.catch(() => {}),
    );
    return begun.tasks;
  };
}

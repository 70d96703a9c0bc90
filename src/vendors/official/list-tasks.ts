import { SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { ListedTask } from '../vendor.ts';

/** Maximum pages that a search reads. */
const MAX_PAGES = 20;
const MAX_WAITS = 3;

export interface TaskPage {
  /** The readable tasks. */
  readonly tasks: readonly ListedTask[];
  /** The number of tasks on the page, readable or not. */
  readonly size: number;
  /** The number of tasks on all pages, if the vendor reports it. */
  readonly total: number | undefined;
}

export interface Search {
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** Page numbers start at 1. */
  readonly fetchPage: (pageNumber: number) => Promise<TaskPage>;
  readonly pageSize: number;
  readonly clock: Clock;
  /** Minimum time between two list calls of the account. */
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the account's tasks created in the window, by reading its list, newest first. */
export async function listTasksCreatedBetween(search: Search): Promise<readonly ListedTask[]> {
  const { window, clock, everyMs, signal } = search;
  // Keyed by id, because tasks created meanwhile push others onto the next page.
  const found = new Map<string, ListedTask>();
  let seen = 0;
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber += 1) {
    if (pageNumber > 1) await clock.sleep(everyMs, signal);
    const page = await fetchWithRetry(search, pageNumber);
    for (const task of page.tasks) {
      if (isWithin(task, window)) found.set(task.handle.taskId, task);
    }
    seen += page.size;
    if (isLast(page, seen, search.pageSize) || isPast(page.tasks, window.fromMs)) break;
  }
  return [...found.values()];
}

/** Retries a rate-limited call, because other users of the account may use up its one call per second. */
async function fetchWithRetry(search: Search, pageNumber: number): Promise<TaskPage> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await search.fetchPage(pageNumber);
    } catch (error) {
      const isOurTurnTaken = error instanceof VendorError && error.kind === 'rate-limited';
      if (!isOurTurnTaken || waits === MAX_WAITS || search.signal?.aborted === true) throw error;
      const askedMs = Math.max(error.retryAfterMs ?? 0, search.everyMs);
      const waitMs = Math.min(askedMs, 10 * SECOND);
      await search.clock.sleep(waitMs, search.signal);
    }
  }
}

/** Without a total, a page that is not full is the last. With one, pages may be smaller than requested. */
function isLast({ size, total }: TaskPage, seen: number, pageSize: number): boolean {
  return size === 0 || (total === undefined ? size < pageSize : seen >= total);
}

function isWithin(task: ListedTask, window: Search['window']): boolean {
  return task.createdAtMs >= window.fromMs && task.createdAtMs <= window.toMs;
}

/** Returns whether all later pages are older than the window. The order is observed, not documented. */
function isPast(tasks: readonly ListedTask[], fromMs: number): boolean {
  const times = tasks.map((task) => task.createdAtMs);
  const isNewestFirst = times.every((time, index) => time <= (times[index - 1] ?? Infinity));
  return times.length > 0 && isNewestFirst && times.every((time) => time < fromMs);
}

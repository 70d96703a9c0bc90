import { SECOND, type Clock } from '../../clock.ts';
import { VendorError } from '../../errors.ts';
import type { ListedTask } from '../vendor.ts';

/** The longest list of tasks that a search walks through, as pages. */
const MAX_PAGES = 20;
const MAX_WAITS = 3;

export interface TaskPage {
  /** Those that could be read. */
  readonly tasks: readonly ListedTask[];
  /** How many tasks were on the page, readable or not. */
  readonly size: number;
  /** How many tasks there are on all pages, where the vendor says so. */
  readonly total: number | undefined;
}

export interface Search {
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** Page numbers start at 1. */
  readonly fetchPage: (pageNumber: number) => Promise<TaskPage>;
  readonly pageSize: number;
  readonly clock: Clock;
  /** Least time between two list calls of the account. */
  readonly everyMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The account's tasks created in the window, found by walking its list, newest first. */
export async function listTasksCreatedBetween(search: Search): Promise<readonly ListedTask[]> {
  const { window, clock, everyMs, signal } = search;
  // By id: what is created meanwhile pushes tasks from one page onto the next.
  const found = new Map<string, ListedTask>();
  let seen = 0;
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber += 1) {
    if (pageNumber > 1) await clock.sleep(everyMs, signal);
    const page = await patiently(search, pageNumber);
    for (const task of page.tasks) {
      if (isWithin(task, window)) found.set(task.handle.taskId, task);
    }
    seen += page.size;
    if (isLast(page, seen, search.pageSize) || isPast(page.tasks, window.fromMs)) break;
  }
  return [...found.values()];
}

/** Others of the account list as well, so the one call a second may be taken: then it waits its turn. */
async function patiently(search: Search, pageNumber: number): Promise<TaskPage> {
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

/** Without a total, a page that is not full is the last; with one, a vendor may make pages smaller than asked. */
function isLast({ size, total }: TaskPage, seen: number, pageSize: number): boolean {
  return size === 0 || (total === undefined ? size < pageSize : seen >= total);
}

function isWithin(task: ListedTask, window: Search['window']): boolean {
  return task.createdAtMs >= window.fromMs && task.createdAtMs <= window.toMs;
}

/** Whether everything behind this page is older than the window; the order is measured, not promised. */
function isPast(tasks: readonly ListedTask[], fromMs: number): boolean {
  const times = tasks.map((task) => task.createdAtMs);
  const isNewestFirst = times.every((time, index) => time <= (times[index - 1] ?? Infinity));
  return times.length > 0 && isNewestFirst && times.every((time) => time < fromMs);
}

/** The list’s query: its parameters, their ranges, and the selected tasks. */
import { invalidParameter, notValid } from '../errors.ts';
import type { TaskRecord } from './tasks.ts';

export interface ListQuery {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly status: string | undefined;
  /** Empty: all. */
  readonly ids: ReadonlySet<string>;
  readonly model: string | undefined;
  /** Flex tasks are listed only on request. */
  readonly serviceTier: string;
}

/** As documented: `expired` is not among them. */
const STATUSES = ['queued', 'running', 'cancelled', 'succeeded', 'failed'];
const MAX_PAGE = 500;
/** The documentation states no default; small, so that a client that relies on one is noticed. */
const DEFAULT_PAGE_SIZE = 10;

/** @throws ArkRefusal */
export function readListQuery(query: URLSearchParams): ListQuery {
  const status = query.get('filter.status') ?? undefined;
  if (status !== undefined && !STATUSES.includes(status)) throw notValid('filter.status');
  const serviceTier = query.get('filter.service_tier') ?? 'default';
  if (serviceTier !== 'default' && serviceTier !== 'flex') throw notValid('filter.service_tier');
  return {
    pageNumber: page(query, 'page_num', 1),
    pageSize: page(query, 'page_size', DEFAULT_PAGE_SIZE),
    status,
    ids: new Set(query.getAll('filter.task_ids')),
    model: query.get('filter.model') ?? undefined,
    serviceTier,
  };
}

function page(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d+$/u.test(text)) throw notValid(name);
  const value = Number(text);
  if (value >= 1 && value <= MAX_PAGE) return value;
  const bound = value < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_PAGE}`;
  throw invalidParameter(name, `the parameter ${name} specified in the request must be ${bound}`);
}

/** Newest first, cut to the page; `total` counts the filtered tasks before the cut. */
export function chooseTasks(tasks: readonly TaskRecord[], query: ListQuery) {
  const chosen = tasks.filter((task) => isChosen(task, query)).reverse();
  const start = (query.pageNumber - 1) * query.pageSize;
  return { tasks: chosen.slice(start, start + query.pageSize), total: chosen.length };
}

function isChosen(task: TaskRecord, query: ListQuery): boolean {
  return (
    (query.status === undefined || task.status === query.status) &&
    (query.ids.size === 0 || query.ids.has(task.id)) &&
    (query.model === undefined || task.model === query.model) &&
    task.options.serviceTier === query.serviceTier
  );
}

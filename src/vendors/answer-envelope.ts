/**
 * The shapes that answers come in, made one shape before a dialect reads them: wrapped in `data`,
 * with `task_id` for `id`, with `state` for `status`, as a list under one of several names. Sources:
 * the vendors' documents, and answers seen in public clients (2026-11). Pure.
 */
import { isErrorAnswer } from './error-answer.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

const MAX_DEPTH = 3;
/** What an envelope says of itself, not of the task in it. */
const ENVELOPE_STATUS = /^(?:ok|success)$/i;
/** Where a result may be, so that the status beside it is that of a task. */
const RESULT_KEYS = ['video_url', 'video', 'content', 'output', 'url'] as const;
/** Under which a list of tasks is seen; the first that is a list counts. */
export const LIST_KEYS = ['items', 'data', 'tasks', 'list', 'records', 'results'] as const;

/** What a task is wrapped in; the first that is an object counts. */
export const WRAPPERS = ['data', 'result', 'task'] as const;
/** In the order of their telling; ids of requests are none. */
export const ID_KEYS = ['id', 'task_id', 'taskId', 'generation_id'] as const;

/**
 * Lifts what is wrapped in `data` to the top, where the innermost value of a field wins, and names
 * the id `id` and the status `status`.
 */
export function unwrapTask(answer: unknown, depth = 0): unknown {
  if (!isJsonObject(answer)) return answer;
  const wrapped = WRAPPERS.map((key) => onlyOf(answer[key])).find(isJsonObject);
  const own = { ...answer, id: idIn(answer), status: statusIn(answer) };
  if (wrapped === undefined || depth === MAX_DEPTH) return own;
  const inner = unwrapTask(wrapped, depth + 1);
  if (!isJsonObject(inner)) return own;
  const outerStatus = isOfEnvelope(own.status, inner) ? undefined : own.status;
  return { ...own, status: outerStatus, ...withoutNullish(inner) };
}

/** A task of a list: known by the outermost id, under which it was asked for. */
export function unwrapListedTask(item: unknown): unknown {
  const task = unwrapTask(item);
  const id = isJsonObject(item) ? idIn(item) : undefined;
  return isJsonObject(task) && id !== undefined ? { ...task, id } : task;
}

export interface ListedItems {
  readonly items: readonly unknown[];
  /** On all pages, as the vendor writes it. */
  readonly total: unknown;
}

/**
 * Finds the list in the answer to a list call.
 *
 * @returns undefined when there is none: an error, or an object without a list, says nothing about
 *   which tasks there are
 */
export function listIn(answer: unknown, depth = 0): ListedItems | undefined {
  if (Array.isArray(answer)) return { items: answer, total: undefined };
  if (!isJsonObject(answer) || isErrorAnswer(answer)) return undefined;
  const { total } = answer;
  const list = LIST_KEYS.map((key) => answer[key]).find((value) => Array.isArray(value));
  if (list !== undefined) return { items: list, total };
  // How some languages write a list with nothing in it.
  if (answer['items'] === null && total === 0) return { items: [], total };
  return isJsonObject(answer['data']) && depth < MAX_DEPTH
    ? listIn(answer['data'], depth + 1)
    : undefined;
}

/** The item of a list of one. */
function onlyOf(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function idIn(answer: JsonObject): unknown {
  return ID_KEYS.map((key) => answer[key]).find(isWritten);
}

function statusIn({ status, state, task_status: taskStatus }: JsonObject): unknown {
  return status ?? state ?? taskStatus;
}

function isWritten(id: unknown): boolean {
  return id !== null && id !== undefined && id !== '';
}

function isOfEnvelope(status: unknown, inner: JsonObject): boolean {
  const isWord = typeof status !== 'string' || ENVELOPE_STATUS.test(status);
  return isWord && !RESULT_KEYS.some((key) => isWritten(inner[key]));
}

function withoutNullish(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== undefined),
  );
}

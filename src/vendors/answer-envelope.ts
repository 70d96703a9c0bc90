/**
 * Normalizes the shapes of answers before a dialect reads them: wrapped in `data`, `task_id` instead of
 * `id`, `state` instead of `status`, lists under one of several names. Sources: the vendors' documents,
 * and answers seen in public clients (2026-11). Pure.
 */
import { isErrorAnswer } from './error-answer.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

const MAX_DEPTH = 3;
/** A status of the envelope itself, not of the task in it. */
const ENVELOPE_STATUS = /^(?:ok|success)$/i;
/** Keys of a result. A status beside one of them is that of a task. */
const RESULT_KEYS = ['video_url', 'video', 'content', 'output', 'url'] as const;
/** Keys of a task list; the first that is a list counts. */
export const LIST_KEYS = ['items', 'data', 'tasks', 'list', 'records', 'results'] as const;

/** Keys that a task is wrapped in; the first that is an object counts. */
export const WRAPPERS = ['data', 'result', 'task'] as const;
/** Keys of a task id, most reliable first. Request ids are not task ids. */
export const ID_KEYS = ['id', 'task_id', 'taskId', 'generation_id'] as const;

/**
 * Unwraps a task, where the innermost value of a field wins, and renames its id to `id` and its status
 * to `status`.
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

/** Unwraps a task of a list. Keeps the outermost id, which is the one used for retrieval. */
export function unwrapListedTask(item: unknown): unknown {
  const task = unwrapTask(item);
  const id = isJsonObject(item) ? idIn(item) : undefined;
  return isJsonObject(task) && id !== undefined ? { ...task, id } : task;
}

export interface ListedItems {
  readonly items: readonly unknown[];
  /** The number of tasks on all pages, unparsed. */
  readonly total: unknown;
}

/**
 * Finds the list in the answer to a list call.
 *
 * @returns undefined for an error or an object without a list, which says nothing about the tasks
 */
export function listIn(answer: unknown, depth = 0): ListedItems | undefined {
  if (Array.isArray(answer)) return { items: answer, total: undefined };
  if (!isJsonObject(answer) || isErrorAnswer(answer)) return undefined;
  const { total } = answer;
  const list = LIST_KEYS.map((key) => answer[key]).find((value) => Array.isArray(value));
  if (list !== undefined) return { items: list, total };
  // Some languages serialize an empty list as null.
  if (answer['items'] === null && total === 0) return { items: [], total };
  return isJsonObject(answer['data']) && depth < MAX_DEPTH
    ? listIn(answer['data'], depth + 1)
    : undefined;
}

/** Returns the item of a one-item list, or the value itself. */
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

/** The official dialect’s routes. They refuse by throwing `ArkRefusal`. */
import { makeTask } from './create/make-task.ts';
import { authorize, type Account, type Route } from './dialect.ts';
import { type Answer, type Exchange, jsonAnswer } from './exchange.ts';
import { lastFrameUrlOf, RESULT_ROUTES, videoUrlOf } from './results/result-routes.ts';
import { applyFaults } from './tasks/apply-faults.ts';
import { chooseTasks, readListQuery } from './tasks/list.ts';
import { taskBody } from './tasks/task-body.ts';
import type { TaskRecord } from './tasks/tasks.ts';

export const TASKS = '/contents/generations/tasks';

export const ROUTES: readonly Route[] = [
  { route: 'create', method: 'POST', path: TASKS, handle: create },
  { route: 'list', method: 'GET', path: TASKS, handle: list },
  { route: 'retrieve', method: 'GET', path: `${TASKS}/{id}`, handle: retrieve },
  { route: 'cancel', method: 'DELETE', path: `${TASKS}/{id}`, handle: cancel },
  ...RESULT_ROUTES,
];

async function create(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const task = await makeTask(exchange, account, { body: exchange.body });
  return jsonAnswer({ id: task.id });
}

export function retrieve(exchange: Exchange, account: Account): Answer {
  return jsonAnswer(show(findTask(exchange, account, exchange.id), exchange, account));
}

/**
 * Returns the requested task, after applying faults to it.
 *
 * @throws ArkRefusal
 */
export function findTask(exchange: Exchange, account: Account, id: string): TaskRecord {
  authorize(exchange, account);
  account.limits.takeQuery('retrieve', exchange.nowMs);
  account.tasks.turn();
  applyFaults.atOnce(account.tasks.get(id), exchange.fault, account.tasks);
  const task = account.tasks.get(id);
  const { fault } = exchange;
  return fault?.kind === 'unknown-status' ? { ...task, statusWord: fault.word } : task;
}

export function list(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  account.limits.takeQuery('list', exchange.nowMs);
  const query = readListQuery(exchange.url.searchParams);
  account.tasks.turn();
  const keptTasks = () => account.tasks.all.filter((task) => account.tasks.isKept(task));
  if (exchange.fault !== undefined) {
    for (const task of chooseTasks(keptTasks(), query).tasks) {
      applyFaults.atOnce(task, exchange.fault, account.tasks);
    }
  }
  const { tasks, total } = chooseTasks(keptTasks(), query);
  return jsonAnswer({ items: tasks.map((task) => show(task, exchange, account)), total });
}

export function cancel(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  account.limits.takeQuery('cancel', exchange.nowMs);
  account.tasks.turn();
  applyFaults.atOnce(account.tasks.get(exchange.id), exchange.fault, account.tasks);
  account.tasks.remove(exchange.id);
  return jsonAnswer({});
}

export function show(task: TaskRecord, { fault }: Exchange, account: Account) {
  const word = fault?.kind === 'unknown-status' ? { statusWord: fault.word } : {};
  return taskBody(
    { ...task, ...word },
    { videoUrl: videoUrlOf(task, account), lastFrameUrl: lastFrameUrlOf(task, account) },
  );
}

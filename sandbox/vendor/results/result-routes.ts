/** Serves finished files, for every vendor. */
import type { Account, Coverage, Route } from '../dialect.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { applyFaults } from '../tasks/apply-faults.ts';
import type { TaskRecord } from '../tasks/tasks.ts';
import { denyLink, fileAnswer } from './links.ts';

export const RESULT_PATH = '/results/';

export const RESULT_ROUTES: readonly Route[] = [
  { route: 'video', method: 'GET', path: `${RESULT_PATH}{id}.mp4`, handle: video },
  { route: 'last-frame', method: 'GET', path: `${RESULT_PATH}{id}.png`, handle: lastFrame },
];

export const RESULT_COVERAGE: readonly Coverage[] = [
  { route: 'video', method: 'GET', path: '/results/{id}.mp4', state: 'supported', missing: [] },
  {
    route: 'last-frame',
    method: 'GET',
    path: '/results/{id}.png',
    state: 'partial',
    missing: ['without ffmpeg the picture itself: an even grey of the right size'],
  },
];

/** @returns null for a task whose file the responses omit */
export function videoUrlOf(task: TaskRecord, { links }: Account): string | null {
  if (task.hasNoFile) return null;
  return links.sign(`${RESULT_PATH}${task.id}.mp4`, task.updatedAt);
}

export function lastFrameUrlOf(task: TaskRecord, { links }: Account): string {
  return links.sign(`${RESULT_PATH}${task.id}.png`, task.updatedAt);
}

async function video(exchange: Exchange, account: Account): Promise<Answer> {
  const named = resultOf(exchange, account);
  if (named !== undefined) applyFaults.atOnce(named, exchange.fault, account.tasks);
  const task = resultOf(exchange, account);
  if (task === undefined) return noSuchFile();
  account.tasks.countDownload(task);
  const refusal = account.links.refusal(exchange, {
    fromMs: task.updatedAt,
    downloads: task.downloads,
  });
  if (refusal !== undefined) return refusal;
  return fileAnswer(await account.clips.of(task), 'video/mp4', exchange.headers.range);
}

async function lastFrame(exchange: Exchange, account: Account): Promise<Answer> {
  const task = resultOf(exchange, account);
  if (task?.options.returnsLastFrame !== true) return noSuchFile();
  const refusal = account.links.refusal(exchange, { fromMs: task.updatedAt, downloads: 0 });
  if (refusal !== undefined) return refusal;
  return fileAnswer(await account.clips.lastFrameOf(task), 'image/png', exchange.headers.range);
}

/** The finished task of a result path; deleting the record loses the file. */
function resultOf({ id }: Exchange, { tasks }: Account): TaskRecord | undefined {
  return tasks.all.find(
    (task) => task.id === id && task.status === 'succeeded' && tasks.isKept(task),
  );
}

function noSuchFile(): Answer {
  return denyLink(404, 'NoSuchKey', 'The specified key does not exist.');
}

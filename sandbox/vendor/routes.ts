/** The vendor's routes: which path is which, and what each does. Throwing `ArkRefusal` is saying no. */
import { randomInt } from 'node:crypto';

import { checkReachable, readPicture } from './create/images.ts';
import type { Picture } from './create/images.ts';
import { findModel, wireId } from './create/models.ts';
import { resolveOptions } from './create/options.ts';
import { validateBody } from './create/validate-body.ts';
import type { AcceptedBody } from './create/validate-body.ts';
import { accountOverdue, notValid, unauthorized } from './errors.ts';
import type { Answer, Exchange } from './exchange.ts';
import { jsonAnswer } from './exchange.ts';
import type { RouteName, VendorFault } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Clips } from './results/clip.ts';
import { denied, fileAnswer } from './results/links.ts';
import type { Links } from './results/links.ts';
import { plainPng } from './results/still.ts';
import { chooseTasks, readListQuery } from './tasks/list.ts';
import { taskBody } from './tasks/task-body.ts';
import { newTaskId } from './tasks/task-id.ts';
import type { TaskBook, TaskRecord } from './tasks/tasks.ts';

/** Everything the routes share. */
export interface Account {
  readonly key: string;
  readonly idPrefix: string;
  readonly flagPrecedence: 'flags' | 'body';
  readonly tasks: TaskBook;
  readonly limits: RateLimits;
  readonly clips: Clips;
  readonly links: Links;
  readonly keepsPictures: boolean;
  hasFunds: boolean;
}

export interface Route {
  readonly route: RouteName | 'last-frame';
  readonly method: string;
  /** As in the API reference; `{id}` stands for a task's id. */
  readonly path: string;
  readonly handle: (exchange: Exchange, account: Account) => Promise<Answer> | Answer;
}

const TASKS = '/contents/generations/tasks';
export const API_BASE = '/api/v3';

export const ROUTES: readonly Route[] = [
  { route: 'create', method: 'POST', path: TASKS, handle: create },
  { route: 'list', method: 'GET', path: TASKS, handle: list },
  { route: 'retrieve', method: 'GET', path: `${TASKS}/{id}`, handle: retrieve },
  { route: 'cancel', method: 'DELETE', path: `${TASKS}/{id}`, handle: cancel },
  { route: 'video', method: 'GET', path: '/results/{id}.mp4', handle: video },
  { route: 'last-frame', method: 'GET', path: '/results/{id}.png', handle: lastFrame },
];

export function hasValidKey(exchange: Pick<Exchange, 'headers'>, account: Account): boolean {
  return exchange.headers.authorization === `Bearer ${account.key}`;
}

/** The whole JSON body of a create; BytePlus ModelArk tutorial. The status of the refusal is inferred. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

async function create(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  if (exchange.bodyBytes > MAX_BODY_BYTES) throw notValid('body', 'it exceeds 64 MB');
  const accepted = validateBody(exchange.body ?? {}, {
    idPrefix: account.idPrefix,
    precedence: account.flagPrecedence,
  });
  const model = wireId(accepted.model, account.idPrefix);
  if (!account.hasFunds) throw accountOverdue();
  account.limits.takeCreate(model, exchange.nowMs);
  const pictures = await readPictures(accepted);
  const options = resolveOptions(accepted, {
    firstImageSize: pictures.first?.size,
    randomSeed: randomInt(0, 100_000),
  });
  const task = account.tasks.add({
    id: newTaskId(exchange.nowMs, options.serviceTier),
    model,
    request: exchange.body,
    options,
    text: accepted.content.text,
    firstFrame: account.keepsPictures ? pictures.firstFrame : undefined,
    lastFrame: account.keepsPictures ? pictures.lastFrame : undefined,
  });
  if (exchange.fault !== undefined) mark(task, exchange.fault, account);
  return jsonAnswer({ id: task.id });
}

interface Pictures {
  readonly first: Picture | undefined;
  readonly firstFrame: Picture | undefined;
  readonly lastFrame: Picture | undefined;
}

async function readPictures({ content, model }: AcceptedBody): Promise<Pictures> {
  const read = new Map<number, Picture>();
  for (const image of content.images) {
    read.set(image.index, await readPicture(image, model.takesHeif));
  }
  for (const item of content.videos) await checkReachable(item, 'video_url');
  for (const item of content.audios) await checkReachable(item, 'audio_url');
  const { firstFrame, lastFrame } = content;
  return {
    first: [...read.values()][0],
    firstFrame: firstFrame && read.get(firstFrame.index),
    lastFrame: lastFrame && read.get(lastFrame.index),
  };
}

/** What a fault ordered on the create does to the task it makes. */
function mark(task: TaskRecord, fault: VendorFault, { tasks }: Account): void {
  if (fault.kind === 'fail-task') task.ending = failureOf(fault);
  if (fault.kind === 'expire-task') task.ending = 'expire';
  if (fault.kind === 'unknown-status') task.statusWord = fault.word;
  if (fault.kind === 'forget-task') tasks.forget(task);
}

/** What a fault ordered on another route does to the tasks it is about, before it looks. */
function befall(task: TaskRecord, fault: VendorFault | undefined, { tasks }: Account): void {
  if (fault?.kind === 'fail-task') tasks.end(task, failureOf(fault));
  if (fault?.kind === 'expire-task') tasks.end(task, 'expire');
  if (fault?.kind === 'forget-task') tasks.forget(task);
}

function failureOf({ code, message }: { code: string; message?: string }) {
  return { code, message: message ?? 'The request failed.' };
}

function retrieve(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  account.limits.takeQuery('retrieve', exchange.nowMs);
  account.tasks.turn();
  befall(account.tasks.get(exchange.id), exchange.fault, account);
  return jsonAnswer(show(account.tasks.get(exchange.id), exchange, account));
}

function list(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  account.limits.takeQuery('list', exchange.nowMs);
  const query = readListQuery(exchange.url.searchParams);
  account.tasks.turn();
  const kept = () => account.tasks.all.filter((task) => account.tasks.isKept(task));
  if (exchange.fault !== undefined) {
    for (const task of chooseTasks(kept(), query).tasks) befall(task, exchange.fault, account);
  }
  const { tasks, total } = chooseTasks(kept(), query);
  return jsonAnswer({ items: tasks.map((task) => show(task, exchange, account)), total });
}

function cancel(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  account.limits.takeQuery('cancel', exchange.nowMs);
  account.tasks.turn();
  befall(account.tasks.get(exchange.id), exchange.fault, account);
  account.tasks.remove(exchange.id);
  return jsonAnswer({});
}

function show(task: TaskRecord, { fault }: Exchange, { idPrefix, links }: Account) {
  const word = fault?.kind === 'unknown-status' ? { statusWord: fault.word } : {};
  return taskBody({ ...task, ...word }, findModel(task.model, idPrefix), {
    videoUrl: links.sign(`/results/${task.id}.mp4`, task.updatedAt),
    lastFrameUrl: links.sign(`/results/${task.id}.png`, task.updatedAt),
  });
}

async function video(exchange: Exchange, account: Account): Promise<Answer> {
  const named = resultOf(exchange, account);
  if (named !== undefined) befall(named, exchange.fault, account);
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

function lastFrame(exchange: Exchange, account: Account): Answer {
  const task = resultOf(exchange, account);
  if (task?.options.returnsLastFrame !== true) return noSuchFile();
  const { width, height } = task.options;
  return (
    account.links.refusal(exchange, { fromMs: task.updatedAt, downloads: 0 }) ??
    fileAnswer(plainPng(width, height), 'image/png', exchange.headers.range)
  );
}

/** The finished task a result path names; deleting the record loses the file. */
function resultOf({ id }: Exchange, { tasks }: Account): TaskRecord | undefined {
  return tasks.all.find(
    (task) => task.id === id && task.status === 'succeeded' && tasks.isKept(task),
  );
}

function noSuchFile(): Answer {
  return denied(404, 'NoSuchKey', 'The specified key does not exist.');
}

function authorize(exchange: Exchange, account: Account): void {
  if (!hasValidKey(exchange, account)) throw unauthorized();
}

/**
 * The same responses in other formats. The dialects respond as documented; each of these variants
 * was seen in responses that public clients of these vendors have recorded, or been changed for, up to
 * November 2026. A client has to read them all.
 */
import type { Account } from './dialect.ts';
import type { Answer } from './exchange.ts';
import type { RouteName } from './faults.ts';

export const ANSWER_VARIANTS = [
  'upper-case-status',
  'mixed-case-status',
  'pending-and-success',
  'waiting-and-complete',
  'numeric-id',
  'task-id',
  'wrapped-in-data',
  'wrapped-with-code',
  'byte-order-mark',
  'relative-link',
  'video-as-object',
  'video-as-list',
  'video-as-string',
  'late-link',
  'missing-keys',
  'null-keys',
  'refusal-as-success',
  'refusal-as-code',
] as const;
export type AnswerVariant = (typeof ANSWER_VARIANTS)[number];

type Json = Record<string, unknown>;

export interface VariantContext {
  readonly route: RouteName;
  readonly account: Pick<Account, 'origin'>;
  /** Whether a link was shown before: for `late-link`, which omits it the first time. */
  readonly isFirstLink: (link: string) => boolean;
}

/** A response of a dialect as a variant; files are unchanged. */
export function vary(answer: Answer, variant: AnswerVariant, context: VariantContext): Answer {
  if (context.route === 'video' || typeof answer.body !== 'string') return answer;
  const body: unknown = JSON.parse(answer.body);
  if (!isObject(body)) return answer;
  if (answer.status >= 400) return variedRefusal(answer, variant, body);
  if (context.route === 'cancel') return answer;
  return { ...answer, body: WITH[variant](body, context) };
}

function variedRefusal(answer: Answer, variant: AnswerVariant, body: Json): Answer {
  if (variant === 'refusal-as-success') return { ...answer, status: 200 };
  if (variant !== 'refusal-as-code') return answer;
  const { error } = body;
  const nested = isObject(error) ? error : {};
  const message = nested['message'] ?? body['message'] ?? error;
  const varied = { code: answer.status, message, data: null };
  return { ...answer, status: 200, body: JSON.stringify(varied) };
}

type Varied = (body: Json, context: VariantContext) => string;

const text = (body: unknown): string => JSON.stringify(body);

const WITH: Readonly<Record<AnswerVariant, Varied>> = {
  'upper-case-status': (body) => text(mapStatus(body, (word) => word.toUpperCase())),
  'mixed-case-status': (body) =>
    text(mapStatus(body, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())),
  'pending-and-success': (body) =>
    text(mapStatus(body, (word) => PENDING[word.toLowerCase()] ?? word)),
  'waiting-and-complete': (body) =>
    text(mapStatus(body, (word) => WAITING[word.toLowerCase()] ?? word)),
  'numeric-id': (body) => text(body).replaceAll(/"(id|request_id)":"(\d+)"/gu, '"$1":$2'),
  'task-id': (body) =>
    text(mapTasks(body, ({ id, ...rest }) => (id === undefined ? rest : { task_id: id, ...rest }))),
  'wrapped-in-data': (body) => text({ data: body }),
  'wrapped-with-code': (body) => text({ code: 200, message: 'success', data: body }),
  'byte-order-mark': (body) => `\uFEFF${text(body)}`,
  'relative-link': (body, { route, account }) =>
    route === 'create' ? text(body) : text(body).replaceAll(account.origin, ''),
  'video-as-object': (body) => text(mapVideo(body, (url) => ({ url }))),
  'video-as-list': (body) => text(mapVideo(body, (url) => [{ url }])),
  'video-as-string': (body) => text(mapVideo(body, (url) => url)),
  'late-link': (body, { isFirstLink }) =>
    text(mapVideo(body, (url) => (isFirstLink(url) ? null : url))),
  'missing-keys': (body, { route }) => text(mapTasks(body, (task) => withoutEchoes(task, route))),
  'null-keys': (body) => text(mapTasks(body, (task) => ({ ...NULLS, ...task }))),
  'refusal-as-success': text,
  'refusal-as-code': text,
};

const PENDING: Readonly<Record<string, string>> = {
  queued: 'pending',
  running: 'in_progress',
  processing: 'in_progress',
  generating: 'in_progress',
  succeeded: 'success',
  completed: 'success',
  cancelled: 'canceled',
  error: 'failed',
};

const WAITING: Readonly<Record<string, string>> = {
  queued: 'waiting',
  running: 'active',
  processing: 'active',
  generating: 'active',
  succeeded: 'complete',
  completed: 'complete',
  cancelled: 'canceled',
  failed: 'error',
};

/** Absent where a dialect omits them. */
const NULLS: Json = {
  error: null,
  content: null,
  video_url: null,
  video: null,
  output: null,
  usage: null,
  meta: null,
  seed: null,
  frames: null,
  framespersecond: null,
};

/** What a response about a task contains: its status, the reason of a failure, the video’s address. */
const NEEDED = new Set([
  'status',
  'error',
  'content',
  'video_url',
  'video',
  'output',
  'polling_url',
]);
/** A task in a list is known by its id; a lost one is searched for by model and time. */
const NEEDED_IN_A_LIST = new Set([
  ...NEEDED,
  'id',
  'model',
  'created_at',
  'execution_expires_after',
]);

function withoutEchoes(task: Json, route: RouteName): Json {
  const needed = route === 'list' ? NEEDED_IN_A_LIST : NEEDED;
  const isNeeded = (key: string): boolean =>
    needed.has(key) || (route === 'create' && (key === 'id' || key === 'request_id'));
  return Object.fromEntries(
    Object.entries(task).filter(([key, value]) => value !== null && isNeeded(key)),
  );
}

function mapStatus(body: Json, change: (word: string) => string): Json {
  return mapTasks(body, (task) =>
    typeof task['status'] === 'string' ? { ...task, status: change(task['status']) } : task,
  );
}

/** The task of the response, or each one of its list. */
function mapTasks(body: Json, change: (task: Json) => Json): Json {
  const { items } = body;
  if (!Array.isArray(items)) return change(body);
  return { ...body, items: items.map((item: unknown) => (isObject(item) ? change(item) : item)) };
}

/** Changes what represents the video of a finished task, at its place in the dialect. */
function mapVideo(body: Json, change: (link: string) => unknown): Json {
  return mapTasks(body, (task) => {
    const { content, output } = task;
    if (isObject(content)) return { ...task, content: changeLink(content, 'video_url', change) };
    if (isObject(output)) return { ...task, output: changeLink(output, 'media_url', change) };
    return changeLink(changeLink(task, 'video_url', change), 'video', change);
  });
}

function changeLink(part: Json, key: string, change: (link: string) => unknown): Json {
  const [video]: unknown[] = [part[key]].flat();
  const link = isObject(video) ? video['url'] : video;
  return typeof link === 'string' ? { ...part, [key]: change(link) } : part;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

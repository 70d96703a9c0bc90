/**
 * AI/ML API, by its Seedance page and its published schemas: a flat body, on either of its two paths.
 * Strict: a field that a model's schema does not name is refused.
 */
import { nanoid } from 'nanoid';
import { z } from 'zod';

import { makeTask } from '../create/make-task.ts';
import { LITE_MODELS, MODELS, type VendorModel } from '../create/models.ts';
import { authorize, type Account, type Dialect, type Route } from '../dialect.ts';
import { ArkRefusal, missingParameter, modelNotFound } from '../errors.ts';
import { type Answer, type Exchange, jsonAnswer } from '../exchange.ts';
import { RESULT_COVERAGE, RESULT_ROUTES, videoUrlOf } from '../results/result-routes.ts';
import { findTask } from '../routes.ts';
import type { TaskRecord, TaskState } from '../tasks/tasks.ts';
import { AIMLAPI_MODELS, officialBody } from './aimlapi-models.ts';

/** From its Seedance page, and its "universal short URL". */
const PATHS = ['/v2/generate/video/bytedance/generation', '/v2/video/generations'] as const;

const ROUTES: readonly Route[] = [
  ...PATHS.flatMap((path): Route[] => [
    { route: 'create', method: 'POST', path, handle: create },
    { route: 'retrieve', method: 'GET', path, handle: retrieve },
  ]),
  ...RESULT_ROUTES,
];

export const AIMLAPI: Dialect = {
  name: 'aimlapi',
  basePath: '',
  routes: ROUTES,
  coverage: [
    ...PATHS.flatMap(
      (path) =>
        [
          {
            route: 'create',
            method: 'POST',
            path,
            state: 'partial',
            missing: [
              'the ratio 9:21',
              '4k',
              'the parameter provider',
              'inferred: -t2v without image, -i2v with one',
            ],
          },
          {
            route: 'retrieve',
            method: 'GET',
            path,
            state: 'partial',
            missing: ['true figures in meta.usage: a made-up rate'],
          },
        ] as const,
    ),
    ...RESULT_COVERAGE,
  ],
  models: () => [...MODELS, ...LITE_MODELS].map(withOwnLimits),
  hasFlex: false,
  keyHeader: 'authorization',
  hasCreateFallThrough: false,
  refusalBody: ({ status, message }, { path, requestId }) => ({
    message,
    path,
    requestId,
    statusCode: status,
    timestamp: new Date().toISOString(),
  }),
};

/**
 * Its schemas: a reference video of about 640 × 640 to 834 × 1112 pixels; for 2.5, at most 15 s of
 * audio together.
 */
function withOwnLimits(model: VendorModel): VendorModel {
  const { shortName, clipLimits } = model;
  return {
    ...model,
    clipLimits: {
      ...clipLimits,
      videoPixels: [640 * 640, 834 * 1_112],
      ...(shortName === 'dreamina-seedance-2-5' ? { maxSoundSecondsTogether: 15 } : {}),
    },
  };
}

const modelSchema = z.looseObject({ model: z.string() });

async function create(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const named = modelSchema.safeParse(exchange.body);
  if (!named.success) throw missingParameter('model');
  const model = AIMLAPI_MODELS[named.data.model];
  if (model === undefined) throw modelNotFound(named.data.model);
  const parsed = model.schema.safeParse(exchange.body);
  if (!parsed.success) {
    throw new ArkRefusal({
      status: 400,
      code: 'InvalidParameter',
      message: `Body validation error: ${z.prettifyError(parsed.error)}`,
    });
  }
  const task = await makeTask(exchange, account, {
    body: officialBody(model, parsed.data),
    model: named.data.model,
    // As seen: it may end in a dash.
    id: `${nanoid(20)}-`,
  });
  return jsonAnswer({ id: task.id, status: 'queued', video: null, error: null });
}

const WORDS: Readonly<Record<TaskState, string>> = {
  queued: 'queued',
  running: 'generating',
  succeeded: 'completed',
  failed: 'error',
  // It has no status for these.
  expired: 'error',
  cancelled: 'error',
};

function retrieve(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  const id = exchange.url.searchParams.get('generation_id');
  if (id === null || id === '') throw missingParameter('generation_id');
  const task = findTask(exchange, account, id);
  const isDone = task.status === 'succeeded' && task.statusWord === undefined;
  return jsonAnswer({
    id: task.id,
    status: task.statusWord ?? WORDS[task.status],
    video: isDone ? videoOf(task, account) : null,
    error: errorOf(task),
    meta: isDone ? { usage: usageOf(task) } : null,
  });
}

/** On 2.5 it may be a list. */
function videoOf(task: TaskRecord, account: Account) {
  const video = { url: videoUrlOf(task, account) };
  return task.model.includes('2-5') ? [video] : video;
}

function errorOf(task: TaskRecord) {
  const { failure, status } = task;
  if (failure !== undefined) return { name: failure.code, message: failure.message };
  const isOver = status === 'expired' || status === 'cancelled';
  return isOver ? { name: 'Error', message: `The task is ${status}.` } : null;
}

/** What it charges, in its own format; the rates are made up. */
function usageOf({ tokens = 0 }: TaskRecord) {
  return { credits_used: tokens * 5, usd_spent: tokens * 2.5e-6 };
}

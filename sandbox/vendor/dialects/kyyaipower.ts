/**
 * kyyAiPower, by its create page; the result route and its fields are from its public copies. Strict: a
 * field that the page does not name is refused.
 */
import { customAlphabet } from 'nanoid';
import { z } from 'zod';

import { makeTask } from '../create/make-task.ts';
import { MODELS, wireId } from '../create/models.ts';
import { authorize, type Account, type Dialect, type Route } from '../dialect.ts';
import { invalidParameter, modelNotFound, notValid, typeOfStatus } from '../errors.ts';
import { type Answer, type Exchange, jsonAnswer } from '../exchange.ts';
import { RESULT_COVERAGE, RESULT_ROUTES, videoUrlOf } from '../results/result-routes.ts';
import { findTask } from '../routes.ts';
import type { TaskRecord, TaskState } from '../tasks/tasks.ts';
import { readBody } from './strict-body.ts';

const CREATE = '/v1/seedance/videos';
const RESULT = '/v1/result/{id}';

const ROUTES: readonly Route[] = [
  { route: 'create', method: 'POST', path: CREATE, handle: create },
  { route: 'retrieve', method: 'GET', path: RESULT, handle: retrieve },
  ...RESULT_ROUTES,
];

const SERVED = ['seedance-1-5-pro', 'dreamina-seedance-2-0'];
/** For pictures: "Seedance 1.5 pro supports heic, heif". */
const SERVED_MODELS = MODELS.filter(({ shortName }) => SERVED.includes(shortName)).map((model) => ({
  ...model,
  takesHeif: model.shortName === 'seedance-1-5-pro',
}));

export const KYYAIPOWER: Dialect = {
  name: 'kyyaipower',
  basePath: '/kyyAiPower',
  routes: ROUTES,
  coverage: [
    {
      route: 'create',
      method: 'POST',
      path: CREATE,
      state: 'partial',
      missing: ['reference images: for 1.0 lite, which is not among its models'],
    },
    { route: 'retrieve', method: 'GET', path: RESULT, state: 'supported', missing: [] },
    ...RESULT_COVERAGE,
  ],
  models: () => SERVED_MODELS,
  hasFlex: false,
  keyHeader: 'authorization',
  hasCreateFallThrough: false,
  refusalBody: ({ status, code, message }, { requestId }) => ({
    error: { message: `${message} (request id: ${requestId})`, type: typeOfStatus(status), code },
  }),
};

const bodySchema = z.strictObject({
  model: z.string(),
  content: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('text'), text: z.string() }),
        z.strictObject({
          type: z.literal('image_url'),
          image_url: z.strictObject({ url: z.url({ protocol: /^https?$/ }) }),
          role: z.enum(['first_frame', 'last_frame', 'reference_image']).optional(),
        }),
      ]),
    )
    .min(1),
  ratio: z.enum(['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive']).optional(),
  duration: z.int().optional(),
  generate_audio: z.boolean().optional(),
});
type Body = z.infer<typeof bodySchema>;

const MODEL_1_5 = /^seedance_1_5_pro_(?<resolution>480p|720p|1080p)$/u;
const MODEL_2_0 = /^seedance_2_0_(?<least>\d+)s_(?<most>\d+)s$/u;
const LENGTHS: ReadonlySet<string> = new Set(['4s_5s', '6s_10s', '11s_15s']);

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 12);

async function create(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const body = readBody(bodySchema, exchange.body);
  if (body.content.some((item) => item.type === 'image_url' && item.role === 'reference_image')) {
    throw notValid('content', 'reference images are for Seedance 1.0 lite i2v');
  }
  const task = await makeTask(exchange, account, {
    body: { content: body.content, ratio: body.ratio, ...modelFields(body) },
    model: body.model,
    id: `video_${newId()}`,
  });
  return jsonAnswer({ ...headOf(task), status: 'queued' });
}

/** The part of the options in the id, which no field may repeat. */
function modelFields(body: Body) {
  const resolution = MODEL_1_5.exec(body.model)?.groups?.['resolution'];
  const { least, most } = MODEL_2_0.exec(body.model)?.groups ?? {};
  const [one, two] = SERVED.map(servedId);
  if (resolution !== undefined) {
    const { duration = 5, generate_audio } = body;
    return { model: one, resolution, duration, generate_audio };
  }
  if (!LENGTHS.has(`${least}s_${most}s`)) throw modelNotFound(body.model);
  if (body.generate_audio !== undefined) {
    throw notValid('generate_audio', 'audio is only supported by Seedance 1.5 pro series');
  }
  const { duration = 5 } = body;
  if (duration < Number(least) || duration > Number(most)) {
    throw invalidParameter('duration', `duration must be ${least}-${most} for ${body.model}`);
  }
  return { model: two, resolution: '720p', duration, generate_audio: false };
}

function servedId(shortName: string): string | undefined {
  const model = SERVED_MODELS.find((each) => each.shortName === shortName);
  return model && wireId(model, '');
}

const WORDS: Readonly<Record<TaskState, string>> = {
  queued: 'queued',
  running: 'processing',
  succeeded: 'completed',
  failed: 'failed',
  // It has no status for it.
  expired: 'failed',
  cancelled: 'cancelled',
};

function retrieve(exchange: Exchange, account: Account): Answer {
  const task = findTask(exchange, account, exchange.id);
  const isDone = task.status === 'succeeded' && task.statusWord === undefined;
  return jsonAnswer({
    ...headOf(task),
    status: task.statusWord ?? WORDS[task.status],
    // "Returned when completed": the key is missing before.
    ...(isDone
      ? {
          video_url: videoUrlOf(task, account),
          actualDuration: task.options.seconds,
          totalTokens: task.tokens,
        }
      : {}),
    error: task.failure?.message ?? (task.status === 'expired' ? 'The task has expired.' : null),
  });
}

function headOf(task: TaskRecord) {
  const created = Math.floor(task.createdAt / 1_000);
  return { id: task.id, object: 'video', created, model: task.model };
}

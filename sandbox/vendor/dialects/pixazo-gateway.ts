/**
 * Pixazo's gateway for 2.0, 2.0 fast, 2.0 mini and 2.5: a route for each model and operation, options as
 * fields, polling by GET at a polling URL. Sources: the paths from `Pixazo-AI/skills`, skills/seedance
 * (2026-08-20); fields and responses from public copies of www.pixazo.ai/models/seedance; the fields of
 * frames, 402 and the failure messages from public clients (2026-09). Strict: anything not in these is
 * refused.
 */
import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { makeTask } from '../create/make-task.ts';
import { MODELS, wireId, type VendorModel } from '../create/models.ts';
import { authorize, type Account, type Coverage, type Route } from '../dialect.ts';
import { ArkRefusal } from '../errors.ts';
import { type Answer, type Exchange, jsonAnswer } from '../exchange.ts';
import { videoUrlOf } from '../results/result-routes.ts';
import { findTask } from '../routes.ts';
import type { TaskRecord, TaskState } from '../tasks/tasks.ts';
import { readBody } from './strict-body.ts';

const STATUS = '/v2/requests/status/{id}';

interface GatewayModel {
  /** As in the path and the request id. */
  readonly name: string;
  readonly shortName: string;
  readonly path: (operation: string) => string;
  readonly mostSeconds: number;
}

const SERVED: readonly GatewayModel[] = [
  {
    name: 'seedance-2-0',
    shortName: 'dreamina-seedance-2-0',
    path: (operation) => `/seedance-2-0/v1/${operation}`,
    mostSeconds: 15,
  },
  {
    name: 'seedance-2-0-fast',
    shortName: 'dreamina-seedance-2-0-fast',
    path: (operation) => `/seedance-2-0-fast/v1/${operation}-fast`,
    mostSeconds: 15,
  },
  {
    name: 'seedance-2-0-mini',
    shortName: 'dreamina-seedance-2-0-mini',
    path: (operation) => `/seedance-2-0-mini/${operation}`,
    mostSeconds: 15,
  },
  {
    name: 'seedance-2-5',
    shortName: 'dreamina-seedance-2-5',
    path: (operation) => `/seedance-2-5/v1/${operation}`,
    mostSeconds: 30,
  },
];

export const GATEWAY_MODELS: readonly VendorModel[] = MODELS.filter(({ shortName }) =>
  SERVED.some((each) => each.shortName === shortName),
);

const link = z.strictObject({ url: z.url({ protocol: /^https?$/ }) });
const textItem = z.strictObject({ type: z.literal('text'), text: z.string().min(1) });
const imageItem = z.strictObject({ type: z.literal('image_url'), image_url: link });
const frameItem = imageItem.extend({ role: z.enum(['first_frame', 'last_frame']).optional() });
const videoItem = z.strictObject({ type: z.literal('video_url'), video_url: link });
const audioItem = z.strictObject({ type: z.literal('audio_url'), audio_url: link });

type Item = z.infer<typeof textItem | typeof frameItem | typeof videoItem | typeof audioItem>;

/** The `content` that each operation accepts, in official terms once it is parsed. */
const CONTENTS: Readonly<Record<string, z.ZodType<readonly Item[]>>> = {
  'text-to-video': z.array(textItem).min(1),
  'first-last-frame-to-video': z
    .array(z.discriminatedUnion('type', [textItem, frameItem]))
    .refine((items) =>
      haveFrames(items.flatMap((item) => (item.type === 'text' ? [] : [item.role]))),
    )
    .transform(withFrameRoles),
  // "Must contain at least one image_url, video_url, or audio_url item."
  'reference-to-video': z
    .array(z.discriminatedUnion('type', [textItem, imageItem, videoItem, audioItem]))
    .refine((items) => items.some(({ type }) => type !== 'text'))
    .transform((items) => items.map(asReference)),
};

/** One picture without a role, or two: both by role, or both by their order. */
function haveFrames(roles: ReadonlyArray<string | undefined>): boolean {
  const [first, last] = roles;
  if (roles.length === 1) return first === undefined;
  const areNamed = first !== undefined && last !== undefined && first !== last;
  return roles.length === 2 && (areNamed || (first === undefined && last === undefined));
}

function withFrameRoles(items: ReadonlyArray<z.infer<typeof textItem | typeof frameItem>>): Item[] {
  let count = 0;
  return items.map((item) => {
    if (item.type === 'text') return item;
    count += 1;
    return { ...item, role: item.role ?? (count === 1 ? 'first_frame' : 'last_frame') };
  });
}

function asReference<Each extends { readonly type: string }>(item: Each): Each {
  if (item.type === 'text') return item;
  return { ...item, role: `reference_${item.type.replace(/_url$/u, '')}` };
}

function bodySchema({ mostSeconds }: GatewayModel, content: z.ZodType<readonly Item[]>) {
  return z.strictObject({
    content,
    // "Use -1 for auto."
    duration: z.int().min(4).max(mostSeconds).or(z.literal(-1)).default(5),
    ratio: z.enum(['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive']).default('adaptive'),
    resolution: z.enum(['480p', '720p']).default('720p'),
    generate_audio: z.boolean().default(true),
    watermark: z.boolean().default(false),
  });
}

const CREATES = SERVED.flatMap((model) =>
  Object.entries(CONTENTS).map(([operation, content]) => {
    const schema = bodySchema(model, content);
    return {
      path: model.path(operation),
      handle: async (exchange: Exchange, account: Account): Promise<Answer> => {
        authorize(exchange, account);
        return create(exchange, account, { model, body: readBody(schema, exchange.body) });
      },
    };
  }),
);

export const GATEWAY_ROUTES: readonly Route[] = [
  ...CREATES.map((each): Route => ({ route: 'create', method: 'POST', ...each })),
  { route: 'retrieve', method: 'GET', path: STATUS, handle: status },
];

export const GATEWAY_COVERAGE: readonly Coverage[] = [
  ...CREATES.map(({ path }): Coverage => ({
    route: 'create',
    method: 'POST',
    path,
    state: 'partial',
    missing: ['the parameter tools', 'the header X-Webhook-URL', 'edit and extend'],
  })),
  {
    route: 'retrieve',
    method: 'GET',
    path: STATUS,
    state: 'partial',
    missing: ['how it fails is not documented: a sentence in error'],
  },
];

interface GatewayOrder {
  readonly model: GatewayModel;
  readonly body: object;
}

async function create(
  exchange: Exchange,
  account: Account,
  { model, body }: GatewayOrder,
): Promise<Answer> {
  const official = GATEWAY_MODELS.find(({ shortName }) => shortName === model.shortName);
  if (official === undefined) throw new Error(`no model ${model.shortName}`);
  if (!account.hasFunds) throw outOfCredits();
  const task = await makeTask(exchange, account, {
    body: { model: wireId(official, ''), ...body },
    model: model.name,
    id: `${model.name}_${randomUUID()}`,
  });
  return requestAnswer(task, account);
}

/** `Pixazo-AI/skills`: "402: Out of credits". */
function outOfCredits(): ArkRefusal {
  return new ArkRefusal({ status: 402, code: 'OutOfCredits', message: 'Insufficient Balance' });
}

/** A create response, as clients of the gateway report it: status 202. */
export function requestAnswer({ id }: TaskRecord, { origin }: Account): Answer {
  const pollingUrl = origin + STATUS.replace('{id}', id);
  return {
    ...jsonAnswer({ request_id: id, status: 'QUEUED', polling_url: pollingUrl }),
    status: 202,
  };
}

const WORDS: Readonly<Record<TaskState, string>> = {
  queued: 'QUEUED',
  running: 'PROCESSING',
  succeeded: 'COMPLETED',
  failed: 'FAILED',
  // It has no status for these.
  expired: 'ERROR',
  cancelled: 'FAILED',
};

function status(exchange: Exchange, account: Account): Answer {
  const task = findTask(exchange, account, exchange.id);
  const isDone = task.status === 'succeeded' && task.statusWord === undefined;
  return jsonAnswer({
    request_id: task.id,
    status: task.statusWord ?? WORDS[task.status],
    model_id: task.model,
    output: isDone ? { media_url: [videoUrlOf(task, account)], media_type: 'video/mp4' } : null,
    error: errorOf(task),
  });
}

function errorOf(task: TaskRecord): string | null {
  if (task.status === 'expired') return 'The task has expired.';
  return task.status === 'cancelled' ? 'The task was cancelled.' : (task.failure?.message ?? null);
}

/**
 * Pixazo’s 1.0, by its Seedance page: three create routes, pictures as plain addresses, options as flags in
 * the text, polling by POST; or, where the account has the newer gateway, by GET at a polling URL. Strict: a
 * field that the page does not name is refused. Its 2.x routes are in `pixazo-gateway.ts`.
 */
import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import { makeTask } from '../create/make-task.ts';
import { LITE_MODELS } from '../create/models.ts';
import { authorize, type Account, type Dialect, type Route } from '../dialect.ts';
import { notValid } from '../errors.ts';
import { type Answer, type Exchange, jsonAnswer } from '../exchange.ts';
import { RESULT_COVERAGE, RESULT_ROUTES } from '../results/result-routes.ts';
import { findTask, show } from '../routes.ts';
import {
  GATEWAY_COVERAGE,
  GATEWAY_MODELS,
  GATEWAY_ROUTES,
  requestAnswer,
} from './pixazo-gateway.ts';
import { readBody } from './strict-body.ts';

const POLL = '/bytedance-polling/getVideoResult';

const FROM_TEXT = '/byteplus/v1/generateVideoTask';
const FROM_IMAGE = '/byteplus/v1/generateImage2VideoTask';
const FROM_FRAMES = '/byteplus/v1/generateFrame2VideoTask';

const ROUTES: readonly Route[] = [
  { route: 'create', method: 'POST', path: FROM_TEXT, handle: fromText },
  { route: 'create', method: 'POST', path: FROM_IMAGE, handle: fromImage },
  { route: 'create', method: 'POST', path: FROM_FRAMES, handle: fromFrames },
  { route: 'retrieve', method: 'POST', path: POLL, handle: poll },
  ...GATEWAY_ROUTES,
  ...RESULT_ROUTES,
];

export const PIXAZO: Dialect = {
  name: 'pixazo',
  basePath: '',
  routes: ROUTES,
  coverage: [
    ...[FROM_TEXT, FROM_IMAGE, FROM_FRAMES].map(
      (path) =>
        ({
          route: 'create',
          method: 'POST',
          path,
          state: 'partial',
          missing: ['models other than the 1.0 lite pair of its samples'],
        }) as const,
    ),
    { route: 'retrieve', method: 'POST', path: POLL, state: 'supported', missing: [] },
    ...GATEWAY_COVERAGE,
    ...RESULT_COVERAGE,
  ],
  models: () => [...LITE_MODELS, ...GATEWAY_MODELS],
  hasFlex: false,
  keyHeader: 'ocp-apim-subscription-key',
  hasCreateFallThrough: false,
  refusalBody: ({ status: code, message }) => ({ error: SENTENCES[code] ?? message }),
};

/** Its table of responses, with 402 as clients report it; a bad request repeats the upstream message. */
const SENTENCES: Readonly<Record<number, string>> = {
  401: 'Invalid or missing authentication',
  402: 'Insufficient Balance',
  403: 'Access denied for this operation',
  404: 'Endpoint not found',
  429: 'Rate limit exceeded, please retry later',
  500: 'An unexpected error occurred, please try again later',
};

const webUrl = z.url({ protocol: /^https?$/ });
const model = z.string().optional();

const textSchema = z.strictObject({ model, text: z.string().min(1) });
const imageSchema = z.strictObject({
  model,
  content: z.tuple([
    z.strictObject({ type: z.literal('text'), text: z.string() }),
    z.strictObject({ type: z.literal('image_url'), image_url: webUrl }),
  ]),
});
const framesSchema = z.strictObject({
  model,
  text: z.string(),
  first_frame: webUrl,
  last_frame: webUrl,
});

/** The values that its pages list for `--ratio`; `adaptive` only with one picture. */
const IMAGE_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', 'adaptive'];
const FRAME_RATIOS = IMAGE_RATIOS.filter((ratio) => ratio !== 'adaptive');

/** @throws ArkRefusal for a ratio that the page of the route does not list */
function checkRatio(text: string, ratios: readonly string[]): void {
  const named = /--(?:ratio|rt)\s+(?<ratio>\S+)/u.exec(text)?.groups?.['ratio'];
  if (named !== undefined && !ratios.includes(named)) throw notValid('ratio');
}

const T2V = 'seedance-1-0-lite-t2v-250428';
const I2V = 'seedance-1-0-lite-i2v-250428';

async function fromText(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const body = readBody(textSchema, exchange.body);
  return create(exchange, account, { model: body.model ?? T2V, content: [textItem(body.text)] });
}

async function fromImage(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const { model: named, content } = readBody(imageSchema, exchange.body);
  const [words, image] = content;
  checkRatio(words.text, IMAGE_RATIOS);
  return create(exchange, account, {
    model: named ?? I2V,
    content: [textItem(words.text), imageItem(image.image_url, 'first_frame')],
  });
}

async function fromFrames(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const body = readBody(framesSchema, exchange.body);
  checkRatio(body.text, FRAME_RATIOS);
  return create(exchange, account, {
    model: body.model ?? I2V,
    content: [
      textItem(body.text),
      imageItem(body.first_frame, 'first_frame'),
      imageItem(body.last_frame, 'last_frame'),
    ],
  });
}

function textItem(text: string) {
  return { type: 'text', text };
}

function imageItem(url: string, role: string) {
  return { type: 'image_url', image_url: { url }, role };
}

async function create(exchange: Exchange, account: Account, body: unknown): Promise<Answer> {
  if (account.pixazoStyle === 'task') {
    const task = await makeTask(exchange, account, { body });
    return jsonAnswer({ id: task.id });
  }
  const task = await makeTask(exchange, account, { body, id: `byteplus_${randomUUID()}` });
  return requestAnswer(task, account);
}

const pollSchema = z.strictObject({ task_id: z.string() });

/** The fields of its sample, in order; a failure and its reason as upstream reports them. */
function poll(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  const task = findTask(exchange, account, readBody(pollSchema, exchange.body).task_id);
  const {
    seed: _seed,
    resolution: _resolution,
    ratio: _ratio,
    duration: _duration,
    frames: _frames,
    execution_expires_after: _expires,
    service_tier: _tier,
    ...rest
  } = {
    duration: 0,
    frames: 0,
    seed: 0,
    resolution: '',
    ratio: '',
    ...show(task, exchange, account),
  };
  return jsonAnswer(rest);
}

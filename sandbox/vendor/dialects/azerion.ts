/** Azerion: the official API on its own host, by its page on Seedance 1.0 and its error codes. */
import { z } from 'zod';

import { makeTask } from '../create/make-task.ts';
import { LITE_MODELS, MODELS } from '../create/models.ts';
import { authorize, type Account, type Dialect, type Route } from '../dialect.ts';
import { missingParameter, notValid, typeOfStatus } from '../errors.ts';
import { type Answer, type Exchange, jsonAnswer } from '../exchange.ts';
import { RESULT_COVERAGE, RESULT_ROUTES } from '../results/result-routes.ts';
import { cancel, list, retrieve, TASKS } from '../routes.ts';

const OFFERED: ReadonlySet<string> = new Set([
  'seedance-1-0-pro',
  'seedance-1-0-pro-fast',
  'seedance-1-0-lite-i2v',
  'seedance-1-5-pro',
]);

const ROUTES: readonly Route[] = [
  { route: 'create', method: 'POST', path: TASKS, handle: create },
  { route: 'list', method: 'GET', path: TASKS, handle: listNewest },
  { route: 'retrieve', method: 'GET', path: `${TASKS}/{id}`, handle: retrieve },
  { route: 'cancel', method: 'POST', path: `${TASKS}/{id}`, handle: remove },
  ...RESULT_ROUTES,
];

export const AZERION: Dialect = {
  name: 'azerion',
  basePath: '/v1',
  routes: ROUTES,
  coverage: [
    {
      route: 'create',
      method: 'POST',
      path: TASKS,
      state: 'partial',
      missing: ['what the official create misses'],
    },
    {
      route: 'list',
      method: 'GET',
      path: TASKS,
      state: 'partial',
      missing: ['filters: its page documents page numbers only, so they are refused'],
    },
    { route: 'retrieve', method: 'GET', path: `${TASKS}/{id}`, state: 'supported', missing: [] },
    {
      route: 'cancel',
      method: 'POST',
      path: `${TASKS}/{id}`,
      state: 'partial',
      missing: ['the answer is not documented: an empty object'],
    },
    ...RESULT_COVERAGE,
  ],
  models: () => [...MODELS, ...LITE_MODELS].filter(({ shortName }) => OFFERED.has(shortName)),
  hasFlex: false,
  keyHeader: 'authorization',
  hasCreateFallThrough: false,
  refusalBody: ({ status, code, message, param }, { requestId }) => ({
    error: {
      message: `${message} Request id: ${requestId}`,
      type: typeOfStatus(status),
      code,
      param: param ?? null,
      status_code: status,
    },
  }),
};

const cameraSchema = z.looseObject({
  camerafixed: z.boolean().nullish(),
  camera_fixed: z.unknown().optional(),
});

/** Its own spelling; the official one is an unknown field there, and ignored. */
async function create(exchange: Exchange, account: Account): Promise<Answer> {
  authorize(exchange, account);
  const parsed = cameraSchema.safeParse(exchange.body ?? {});
  if (!parsed.success) throw notValid('camerafixed');
  const { camerafixed, camera_fixed: _unknown, ...rest } = parsed.data;
  const task = await makeTask(exchange, account, {
    body: { ...rest, camera_fixed: camerafixed ?? undefined },
  });
  return jsonAnswer({ id: task.id });
}

function listNewest(exchange: Exchange, account: Account): Answer {
  authorize(exchange, account);
  const undocumented = [...exchange.url.searchParams.keys()].find(
    (name) => name !== 'page_num' && name !== 'page_size',
  );
  if (undocumented !== undefined) throw notValid(undocumented);
  return list(exchange, account);
}

/** Upstream, a POST with a body would be a create call; without its fields that fails. */
function remove(exchange: Exchange, account: Account): Answer {
  if (exchange.bodyBytes > 0) {
    authorize(exchange, account);
    throw missingParameter('model');
  }
  return cancel(exchange, account);
}

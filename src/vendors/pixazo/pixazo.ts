/**
 * Pixazo: a key in a header of its own, a route for each way to start, and looks by POST, or by GET
 * at an address it gave. Source: Pixazo, Seedance 1.0 Pro API documentation.
 */
import { ABILITIES } from '../abilities.ts';
import {
  createDialectHttp,
  missingIfNotFound,
  offeredModel,
  type DialectOptions,
} from '../dialect.ts';
import { taskStatusSchema } from '../official/answers.ts';
import { relayErrors } from '../relay-errors.ts';
import type { Vendor } from '../vendor.ts';
import { createdSchemaFor, pollingPath, requestStatusSchema } from './answers.ts';
import { createRequest } from './request.ts';

export function createPixazoVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  const headers = {
    'ocp-apim-subscription-key': options.apiKey,
    'cache-control': 'no-cache',
  };
  const http = createDialectHttp(options, headers, relayErrors());
  const createdSchema = createdSchemaFor(new URL(options.baseUrl).origin);
  return {
    name: options.name,
    cadence: ABILITIES.pixazo.cadence,
    wireModel: (model) => options.wireModels[model],
    async start(submission, signal) {
      const wireModel = offeredModel(options, submission.request);
      return http.request({
        operation: 'create',
        method: 'POST',
        ...(await createRequest(submission, { vendor: options.name, wireModel })),
        schema: createdSchema,
        signal,
      });
    },
    async check(handle, signal) {
      const path = pollingPath(handle);
      const common = { operation: 'retrieve', signal } as const;
      const look =
        path === undefined
          ? http.request({
              ...common,
              method: 'POST',
              path: '/bytedance-polling/getVideoResult',
              json: { task_id: handle.taskId },
              schema: taskStatusSchema,
            })
          : http.request({
              ...common,
              method: 'GET',
              path,
              from: 'origin',
              schema: requestStatusSchema,
            });
      return missingIfNotFound(look);
    },
  };
}

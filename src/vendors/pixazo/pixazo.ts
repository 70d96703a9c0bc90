/**
 * Pixazo: the key in a custom header, a route per mode, and checks by POST, or by GET at a path from the
 * create answer. 2.x has separate routes behind a newer gateway. Sources: Pixazo, Seedance 1.0 Pro API
 * documentation; for the newer gateway see `gateway-request.ts`.
 */
import { CAPABILITIES } from '../capabilities.ts';
import { createDialectHttp, originOf, type DialectOptions } from '../dialect.ts';
import { taskStatusSchema } from '../official/responses.ts';
import { createPolledVendor } from '../polled-vendor.ts';
import type { Vendor } from '../vendor.ts';
import { createGatewayRequest, isOfGateway } from './gateway-request.ts';
import { createRequest } from './request.ts';
import { createdSchemaFor, pollingPath, requestStatusSchema } from './responses.ts';
import { asModelUnavailable } from './route-refusal.ts';

/** Its message for a requested resource or endpoint that could not be found. */
const NOT_FOUND = /^endpoint not found\.?$/i;

export function createPixazoVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  const headers = {
    'ocp-apim-subscription-key': options.apiKey,
    'cache-control': 'no-cache',
  };
  const vendor = createPolledVendor(options, {
    http: createDialectHttp(options, headers, { taskNotFound: NOT_FOUND }),
    cadence: CAPABILITIES.pixazo.cadence,
    async create(submission, wireModel) {
      const rules = { vendor: options.name, wireModel };
      return isOfGateway(submission.request.model)
        ? createGatewayRequest(submission, rules)
        : createRequest(submission, rules);
    },
    createdSchema: createdSchemaFor(originOf(options)),
    look(handle) {
      const path = pollingPath(handle);
      if (path !== undefined) {
        return { method: 'GET', path, from: 'origin', schema: requestStatusSchema };
      }
      return {
        method: 'POST',
        path: '/bytedance-polling/getVideoResult',
        json: { task_id: handle.taskId },
        schema: taskStatusSchema,
      };
    },
  });
  return {
    ...vendor,
    async start(submission, signal) {
      try {
        return await vendor.start(submission, signal);
      } catch (error) {
        throw isOfGateway(submission.request.model) ? asModelUnavailable(error) : error;
      }
    },
  };
}

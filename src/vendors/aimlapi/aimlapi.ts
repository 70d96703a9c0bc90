/**
 * AI/ML API: a flat body, one path for creating and asking, tasks asked for one by one. Of its two
 * paths this is the one its Seedance page documents. Source: AI/ML API, Seedance 1.0 lite.
 */
import { ABILITIES } from '../abilities.ts';
import {
  bearer,
  createDialectHttp,
  missingIfNotFound,
  offeredModel,
  type DialectOptions,
} from '../dialect.ts';
import { isCarried } from '../media.ts';
import { relayErrors } from '../relay-errors.ts';
import type { Vendor } from '../vendor.ts';
import { createdSchema, taskStatusSchema } from './answers.ts';
import { requestBody } from './request-body.ts';

const GENERATION = '/v2/generate/video/bytedance/generation';

/** @param options the `wireModels` are without what the request adds: `bytedance/seedance-1-0-pro` */
export function createAimlApiVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  // Its 403 is "out of credits"; a bad key is a 401.
  const http = createDialectHttp(options, bearer(options), relayErrors({ 403: 'out-of-funds' }));
  return {
    name: options.name,
    cadence: ABILITIES.aimlapi.cadence,
    wireModel: (model) => options.wireModels[model],
    async start(submission, signal) {
      const stem = offeredModel(options, submission.request);
      const body = async () => requestBody(submission, { vendor: options.name, stem });
      const isLarge = isCarried('data-uri', submission.inputs);
      const created = await http.request({
        operation: 'create',
        method: 'POST',
        path: GENERATION,
        ...(isLarge ? { largeJson: body } : { json: await body() }),
        schema: createdSchema,
        signal,
      });
      return { taskId: created.id };
    },
    async check({ taskId }, signal) {
      const look = http.request({
        operation: 'retrieve',
        method: 'GET',
        path: GENERATION,
        query: [['generation_id', taskId]],
        schema: taskStatusSchema,
        signal,
      });
      return missingIfNotFound(look);
    },
  };
}

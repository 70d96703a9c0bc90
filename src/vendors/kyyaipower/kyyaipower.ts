/**
 * kyyAiPower: the official `content`, but ids that carry resolution or length, its own statuses, and
 * tasks that can only be asked for one by one.
 * Source: kyyAiPower, Seedance create video task; the result route from its public copies.
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

/** @param options the `wireModels` are without what the request adds: `seedance_1_5_pro`, `seedance_2_0` */
export function createKyyAiPowerVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  const http = createDialectHttp(options, bearer(options), relayErrors());
  return {
    name: options.name,
    cadence: ABILITIES.kyyaipower.cadence,
    wireModel: (model) => options.wireModels[model],
    async start(submission, signal) {
      const stem = offeredModel(options, submission.request);
      const body = async () => requestBody(submission, { vendor: options.name, stem });
      const isLarge = isCarried(ABILITIES.kyyaipower.inputsAs, submission.inputs);
      const created = await http.request({
        operation: 'create',
        method: 'POST',
        path: '/v1/seedance/videos',
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
        path: `/v1/result/${encodeURIComponent(taskId)}`,
        schema: taskStatusSchema,
        signal,
      });
      return missingIfNotFound(look);
    },
  };
}

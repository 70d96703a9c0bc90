/**
 * kyyAiPower: the official `content`, but ids that carry resolution or length, its own statuses, and
 * tasks that can only be asked for one by one.
 * Source: kyyAiPower, Seedance create video task; the result route from its public copies.
 */
import { CAPABILITIES } from '../capabilities.ts';
import { bearer, createDialectHttp, type DialectOptions } from '../dialect.ts';
import { createPolledVendor } from '../polled-vendor.ts';
import { createdSchema } from '../response-schemas.ts';
import type { Vendor } from '../vendor.ts';
import { requestBody } from './request-body.ts';
import { taskStatusSchema } from './responses.ts';

/** @param options the `wireModels` are without what the request adds: `seedance_1_5_pro`, `seedance_2_0` */
export function createKyyAiPowerVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  return createPolledVendor(options, {
    http: createDialectHttp(options, bearer(options)),
    cadence: CAPABILITIES.kyyaipower.cadence,
    create: async (submission, stem) => ({
      path: '/v1/seedance/videos',
      json: await requestBody(submission, { vendor: options.name, stem }),
    }),
    createdSchema,
    look: ({ taskId }) => ({
      method: 'GET',
      path: `/v1/result/${encodeURIComponent(taskId)}`,
      schema: taskStatusSchema,
    }),
  });
}

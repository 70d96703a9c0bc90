/**
 * kyyAiPower: the official `content`, but model ids that include resolution or length, its own
 * statuses, and no list.
 * Source: kyyAiPower, Seedance create video task; the result route from its public copies.
 */
import { CAPABILITIES } from '../capabilities.ts';
import { bearer, createDialectHttp, type DialectOptions } from '../dialect.ts';
import { createPolledVendor } from '../polled-vendor.ts';
import { createdSchema } from '../response-schemas.ts';
import type { Vendor } from '../vendor.ts';
import { requestBody } from './request-body.ts';
import { taskStatusSchema } from './responses.ts';

/** @param options its `wireModels` lack the suffix that depends on the request: `seedance_1_5_pro` */
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

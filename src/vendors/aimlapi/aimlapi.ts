/**
 * AI/ML API: a flat body, one path for create and retrieve, and no list. All its schemas name this
 * path; the longer one on the Seedance 1.0 lite page still works. Source: AI/ML API, the schemas of its
 * Seedance models.
 */
import { CAPABILITIES } from '../capabilities.ts';
import { bearer, createDialectHttp, type DialectOptions } from '../dialect.ts';
import { bodyOf } from '../input-encoding.ts';
import { createPolledVendor } from '../polled-vendor.ts';
import { createdSchema } from '../response-schemas.ts';
import type { Vendor } from '../vendor.ts';
import { requestBody } from './request-body.ts';
import { taskStatusSchema } from './responses.ts';

const PATH = '/v2/video/generations';

/** @param options its `wireModels` lack the suffix that depends on the request: `bytedance/seedance-1-0-pro` */
export function createAimlApiVendor<Name extends string>(
  options: DialectOptions<Name>,
): Vendor<Name> {
  const { cadence, inputsAs } = CAPABILITIES.aimlapi;
  const { name: vendor } = options;
  return createPolledVendor(options, {
    // Here 403 means "out of credits"; a bad key is a 401.
    http: createDialectHttp(options, bearer(options), {
      kinds: { 403: 'out-of-funds' },
    }),
    cadence,
    async create(submission, stem) {
      const build = async () => requestBody(submission, { vendor, stem });
      return { path: PATH, ...(await bodyOf(inputsAs, submission, build)) };
    },
    createdSchema,
    look: ({ taskId }) => ({
      method: 'GET',
      path: PATH,
      query: [['generation_id', taskId]],
      schema: taskStatusSchema,
    }),
  });
}

/** The common parts of dialects without a list: tasks are created and checked by id. */
import type { z } from 'zod';

import { missingIfNotFound, offeredModel, originOf, type DialectOptions } from './dialect.ts';
import type { VendorHttp, VendorRequest } from './http/http.ts';
import { withFullLinks } from './result-link.ts';
import type { Cadence, Submission, TaskHandle, TaskStatus, Vendor } from './vendor.ts';

export interface PolledDialect {
  readonly http: VendorHttp;
  readonly cadence: Cadence;
  /** Returns the path and body of a create. @param wireModel from the catalogue */
  create(
    submission: Submission,
    wireModel: string,
  ): Promise<Pick<VendorRequest<TaskHandle>, 'path' | 'json' | 'largeJson'>>;
  readonly createdSchema: z.ZodType<TaskHandle>;
  look(handle: TaskHandle): Omit<VendorRequest<TaskStatus>, 'operation' | 'signal'>;
}

export function createPolledVendor<Name extends string>(
  options: DialectOptions<Name>,
  { http, cadence, create, createdSchema, look }: PolledDialect,
): Vendor<Name> {
  return {
    name: options.name,
    cadence,
    wireModel: (model) => options.wireModels[model],
    async start(submission, signal) {
      const wireModel = offeredModel(options, submission.request);
      return http.request({
        operation: 'create',
        method: 'POST',
        ...(await create(submission, wireModel)),
        schema: createdSchema,
        signal,
      });
    },
    async check(handle, signal) {
      const answer = http.request({ operation: 'retrieve', ...look(handle), signal });
      return withFullLinks(await missingIfNotFound(answer), originOf(options));
    },
  };
}

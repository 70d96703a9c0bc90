/**
 * Every HTTP status from 200 to 599 with every kind of body, in response to a create call that a proxy
 * has forwarded to the vendor: a job never has more than one task, and the vendor ledger never has less
 * than exists there. A refusal by the vendor itself was not forwarded, and leaves nothing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { ModelId } from '#src/catalogue/request.ts';
import type { VendorName } from '#src/catalogue/vendors.ts';
import { systemClock } from '#src/clock.ts';
import { createLogger } from '#src/logger.ts';
import { createAimlApiVendor } from '#src/vendors/aimlapi/aimlapi.ts';
import type { DialectOptions } from '#src/vendors/dialect.ts';
import { createKyyAiPowerVendor } from '#src/vendors/kyyaipower/kyyaipower.ts';
import { createOfficialVendor } from '#src/vendors/official/official.ts';
import { createPixazoVendor } from '#src/vendors/pixazo/pixazo.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import { plainRequest } from '../contracts/vendors/plain-request.ts';
import {
  startForwardingProxy,
  type ForwardingProxy,
  type ProxyAnswer,
} from '../fakes/forwarding-proxy.ts';
import { aJob } from '../fakes/job.ts';
import { createCourse } from '../models/create-course.ts';

interface Subject {
  readonly name: VendorName;
  /** Where one vendor has two ways to create. */
  readonly title?: string;
  readonly model: ModelId;
  readonly wireModel: string;
  readonly create: (options: DialectOptions<VendorName>) => Vendor;
  /** The vendor’s error, with nothing that a table knows. */
  readonly error: unknown;
}

/** One subject for each way to create. */
const SUBJECTS: readonly Subject[] = [
  {
    name: 'byteplus',
    model: '1.0-pro',
    wireModel: 'seedance-1-0-pro-250528',
    create: createOfficialVendor,
    error: { error: { code: 'NeverSeen', message: 'no', param: '', type: 'BadRequest' } },
  },
  {
    name: 'kyyaipower',
    model: '1.5-pro',
    wireModel: 'seedance_1_5_pro',
    create: createKyyAiPowerVendor,
    error: { error: { message: 'no', type: 'x', code: 'never_seen' } },
  },
  {
    name: 'pixazo',
    model: '1.0-lite-t2v',
    wireModel: 'seedance-1-0-lite-t2v-250428',
    create: createPixazoVendor,
    error: { error: 'Invalid request parameters' },
  },
  {
    name: 'pixazo',
    title: 'pixazo, making 2.x',
    model: '2.0-mini',
    wireModel: 'seedance-2-0-mini',
    create: createPixazoVendor,
    error: { error: 'Invalid request parameters' },
  },
  {
    name: 'aimlapi',
    model: '1.0-pro',
    wireModel: 'bytedance/seedance-1-0-pro',
    create: createAimlApiVendor,
    error: { message: 'no', path: '/v2', requestId: 'a', statusCode: 400, timestamp: '' },
  },
];

/** The contract’s short list, repeated here on purpose. */
const REFUSING = new Set([400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 429]);
/** HTTP allows no body for these; 205 should have none, but Node sends one. */
const BODILESS = new Set([204, 304]);
const STATUSES = Array.from({ length: 400 }, (_status, at) => 200 + at);
const BODIES = ['empty', 'page', 'error', 'other', 'cut'] as const;
const HOLD = 1_000;
const AT_ONCE = 40;

let proxy: ForwardingProxy;
beforeEach(async () => {
  proxy = await startForwardingProxy();
});
afterEach(async () => proxy.close());

describe.each(SUBJECTS.map((subject) => ({ title: subject.name, ...subject })))(
  '$title',
  (subject) => {
    function vendorAtProxy(): Vendor {
      return subject.create({
        name: subject.name,
        apiKey: 'key',
        baseUrl: proxy.url,
        wireModels: { [subject.model]: subject.wireModel },
        logger: createLogger('silent'),
        clock: { now: systemClock.now, sleep: async () => Promise.resolve() },
      });
    }

    function answerOf(status: number, kind: (typeof BODIES)[number]): ProxyAnswer {
      const error = JSON.stringify(subject.error);
      const text = {
        empty: '',
        page: '<html><body>Bad gateway</body></html>',
        error,
        other: '{"ok":true,"hello":"world"}',
        cut: error,
      }[kind];
      const isRefusal =
        kind === 'error' && (REFUSING.has(status) || (status < 300 && !BODILESS.has(status)));
      return { status, body: text, isCut: kind === 'cut', isForwarded: !isRefusal };
    }

    test.each(BODIES)(
      'a create call makes one task at most, which the ledger holds: any status with this body: %s',
      async (kind) => {
        const course = createCourse(vendorAtProxy());
        const run = async (status: number): Promise<string[]> => {
          const seed = status;
          const request = {
            ...plainRequest(subject.name, subject.model, []),
            prompt: `a crab, seed ${seed}`,
            seed,
          };
          const answer = answerOf(status, kind);
          proxy.answerFirstCreate(seed, answer);

          const job = await course.run(
            aJob({ id: `job${seed}`, request, holdCredits: HOLD, createdAtMs: Date.now() }),
          );

          const { creates, tasks } = proxy.takeSeen(seed);
          return [
            ...(tasks > 1 ? [`${status}: ${tasks} tasks`] : []),
            ...(course.ledgerOf(job) < tasks * HOLD ? [`${status}: the ledger is too low`] : []),
            ...(answer.isForwarded && creates > 1 ? [`${status}: sent again`] : []),
            ...(!answer.isForwarded && tasks === 0 && course.ledgerOf(job) > 0
              ? [`${status}: the ledger holds what was refused`]
              : []),
          ];
        };

        const faults: string[] = [];
        for (let at = 0; at < STATUSES.length; at += AT_ONCE) {
          // oxlint-disable-next-line no-await-in-loop -- so many at once, not all
          const some = await Promise.all(STATUSES.slice(at, at + AT_ONCE).map(run));
          faults.push(...some.flat());
        }

        expect(faults).toEqual([]);
      },
    );
  },
);

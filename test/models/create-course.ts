/**
 * The course of a job from `accepted` through its create calls, with the real adapter, submitter, search,
 * state machine and billing rules; only the database is a map.
 */
import { systemClock, type Clock } from '#src/clock.ts';
import { createIdMaker } from '#src/ids.ts';
import { billingEffects } from '#src/jobs/record/billing-effects.ts';
import type { Job } from '#src/jobs/record/job.ts';
import { applyEvent } from '#src/jobs/record/state-machine.ts';
import type { Transition } from '#src/jobs/record/transition.ts';
import { searchLostSubmission } from '#src/jobs/submission/lost-submission.ts';
import { createOffers } from '#src/jobs/submission/offers.ts';
import { createSubmitter } from '#src/jobs/submission/submitter.ts';
import { createLogger } from '#src/logger.ts';
import { createVendorLedger } from '#src/quota/ledgers/vendor-ledger.ts';
import type { Vendor } from '#src/vendors/vendor.ts';

import { NO_DATABASE } from '../databases/no-database.ts';
import { inMemory } from '../fakes/bytes.ts';

/** Pauses take no time. */
const CLOCK: Clock = { now: systemClock.now, sleep: async () => Promise.resolve() };

export interface CreateCourse {
  /** Submits the job, repeats where a retry is allowed, and searches where the outcome is unknown. */
  run(job: Job): Promise<Job>;
  /** What the vendor ledger says the job’s submissions may cost. */
  ledgerOf(job: Pick<Job, 'id'>): number;
}

export function createCourse(vendor: Vendor): CreateCourse {
  const jobs = new Map<string, Job>();
  const ledger = new Map<string, { jobId: string; credits: number }>();
  const transition: Transition = async (job, eventOrMaker) => {
    const event =
      typeof eventOrMaker === 'function'
        ? await NO_DATABASE.transaction().execute(eventOrMaker)
        : eventOrMaker;
    const after = applyEvent(job, event, CLOCK.now());
    jobs.set(after.id, after);
    for (const effect of billingEffects(job, after)) {
      if (effect.type === 'open-submission') {
        ledger.set(effect.submissionId, { jobId: job.id, credits: effect.credits });
      } else if (effect.type === 'unbill-submission') ledger.delete(effect.submissionId);
    }
    return after;
  };
  const logger = createLogger('silent');
  const submitter = createSubmitter({
    database: NO_DATABASE,
    store: {
      tagsInUse: async () =>
        Promise.resolve(
          new Set([...jobs.values()].flatMap(({ submissions }) => submissions.map(tagOf))),
        ),
      find: async (id) => Promise.resolve(jobs.get(id)),
    },
    files: { open: async () => Promise.resolve(inMemory(new Uint8Array())) },
    vendorLedger: createVendorLedger(),
    planContextOf: async () => Promise.resolve({ offers: [] }),
    offers: createOffers({ vendors: [vendor], prices: {}, clock: CLOCK }),
    scheduler: { claim: async () => Promise.resolve(1) },
    transition,
    safetySalt: 'salt',
    ids: createIdMaker(),
    clock: CLOCK,
    logger,
  });
  const { signal } = new AbortController();

  async function search(job: Job): Promise<void> {
    await searchLostSubmission(job, signal, {
      vendorNamed: () => vendor,
      lookAtList: async (_vendor, window) => (await vendor.findCreatedBetween?.(window)) ?? [],
      store: {
        find: async (id) => Promise.resolve(jobs.get(id)),
        ownedTasks: async () => Promise.resolve(owned(jobs)),
      },
      transition,
      recordSubmitted: submitter.recordSubmitted,
      clock: CLOCK,
      logger,
    });
  }

  return {
    async run(job) {
      jobs.set(job.id, job);
      for (let now = job; ; now = jobs.get(job.id) ?? job) {
        if (now.state === 'accepted') await submitter.submit(now, signal);
        else if (now.state === 'submitting') await search(now);
        else return now;
      }
    },
    ledgerOf: ({ id }) =>
      [...ledger.values()]
        .filter(({ jobId }) => jobId === id)
        .reduce((sum, { credits }) => sum + credits, 0),
  };
}

function tagOf({ expiresAfterSeconds }: Job['submissions'][number]): number {
  return expiresAfterSeconds;
}

function owned(jobs: ReadonlyMap<string, Job>): Set<string> {
  return new Set(
    [...jobs.values()].flatMap(({ submissions }) =>
      submissions.flatMap(({ taskId }) => taskId ?? []),
    ),
  );
}

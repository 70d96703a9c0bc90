/**
 * The one way a job changes: compute the next job, write it with its money in one transaction, then
 * announce it. The update names the version it saw; who changes no row drops the work.
 */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { confirmUses, endUses } from '../../media/files/file-uses.ts';
import type { VendorLedger } from '../../quota/ledgers/vendor-ledger.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { noteStart } from '../queue/slots.ts';
import { billingEffects, type BillingEffect } from './billing-effects.ts';
import { recordAtVendor, recordTransition } from './job-events.ts';
import type { JobStore } from './job-store.ts';
import { hasEnded, lastSubmission, type Job } from './job.ts';
import { noteRenderTime } from './render-times.ts';
import { applyEvent, type JobEvent } from './state-machine.ts';

/** Told of every change after it is saved. */
export type JobListener = (after: Job, before: Job | undefined) => void;

export interface TransitionDependencies {
  database: Database;
  store: JobStore;
  quota: QuotaManager;
  vendorLedger: VendorLedger;
  clock: Clock;
  logger: Logger;
  announce: JobListener;
}

/** @returns the job after the event, or undefined when somebody else moved it first */
export type Transition = (job: Job, event: JobEvent | EventMaker) => Promise<Job | undefined>;
/** Makes the event inside the transaction, from what only the database knows. */
export type EventMaker = (transaction: DatabaseTransaction) => Promise<JobEvent>;

/** Submissions whose first `queued` is remembered as noted; beyond that the oldest are forgotten, and noted in vain. */
const MAX_NOTED = 20_000;

export function createTransition(dependencies: TransitionDependencies): Transition {
  const { database, clock, logger, announce } = dependencies;
  /** By submission. */
  const notedAsQueued = new Set<string>();

  async function noteQueued(job: Job, nowMs: number): Promise<void> {
    const submissionId = lastSubmission(job)?.id ?? '';
    if (notedAsQueued.has(submissionId)) return;
    await recordAtVendor(database, job, { kind: 'vendor-queued', nowMs });
    notedAsQueued.add(submissionId);
    const [oldest = ''] = notedAsQueued;
    if (notedAsQueued.size > MAX_NOTED) notedAsQueued.delete(oldest);
  }

  return async (job, eventOrMaker) => {
    const nowMs = clock.now();
    // Most looks at a task tell nothing new; those cost no transaction.
    if (typeof eventOrMaker !== 'function' && applyEvent(job, eventOrMaker, nowMs) === job) {
      if (eventOrMaker.type === 'vendor-queued') await noteQueued(job, nowMs);
      return job;
    }
    const outcome = await database
      .transaction()
      .execute(async (transaction) =>
        write(job, eventOrMaker, { ...dependencies, transaction, nowMs }),
      );
    if (outcome === undefined) {
      logger.debug({ jobId: job.id, state: job.state }, 'job was moved by somebody else');
      return undefined;
    }
    const { after, event } = outcome;
    if (after === job) return job;
    const { state: from } = job;
    const { state: to, failure } = after;
    logger.info({ jobId: job.id, from, to, event: event.type, failure }, 'job moved');
    announce(after, job);
    return after;
  };
}

interface Writing extends TransitionDependencies {
  transaction: DatabaseTransaction;
  nowMs: number;
}

/** @returns undefined when another process moved the job first: nothing was written */
async function write(
  job: Job,
  eventOrMaker: JobEvent | EventMaker,
  writing: Writing,
): Promise<{ after: Job; event: JobEvent } | undefined> {
  const { transaction, store, nowMs } = writing;
  const event = typeof eventOrMaker === 'function' ? await eventOrMaker(transaction) : eventOrMaker;
  const after = applyEvent(job, event, nowMs);
  if (after === job) return { after, event };
  if (!(await store.replace(transaction, job, after))) return undefined;
  await recordTransition(transaction, { before: job, after, event, nowMs });
  if (after.state === 'succeeded' && job.state !== 'succeeded') {
    await noteRenderTime(transaction, after);
  }
  for (const effect of membersFirst(billingEffects(job, after))) {
    // oxlint-disable-next-line no-await-in-loop -- one connection, in order
    await carryOut({ ...writing, effect, job: after });
  }
  await noteIfStarted(job, after, writing);
  await recordFiles(transaction, { before: job, after, nowMs });
  return { after, event };
}

/** Every transaction locks accounts before what the vendor ledger comes to, so that no two wait for each other. */
function membersFirst(effects: readonly BillingEffect[]): BillingEffect[] {
  const isOfMember = ({ type }: BillingEffect): boolean => type === 'settle' || type === 'release';
  return effects.toSorted((one, other) => Number(isOfMember(other)) - Number(isOfMember(one)));
}

/** After the money, so that accounts are locked in their order. */
async function noteIfStarted(before: Job, after: Job, { transaction }: Writing): Promise<void> {
  const startNumber = lastSubmission(after)?.startNumber;
  const isTaken = after.state === 'queued' || after.failure?.reason === 'submission-lost';
  if (before.state !== 'submitting' || !isTaken || startNumber === undefined) return;
  const { guildId, memberId } = after;
  await noteStart(transaction, { guildId, memberId, startNumber });
}

async function recordFiles(
  transaction: DatabaseTransaction,
  { before, after, nowMs }: { before: Job; after: Job; nowMs: number },
): Promise<void> {
  const { id: jobId, state, video } = after;
  if (video !== undefined && before.video === undefined) {
    const files = [video.file, video.lastFrameFile].filter((file) => file !== undefined);
    // What is not reserved is taken up by the sweep: it belongs to a job that is open.
    await confirmUses(transaction, jobId, files);
  }
  if (!hasEnded(after) || hasEnded(before)) return;
  await endUses(transaction, { jobId, isDelivered: state === 'delivered', nowMs });
}

interface MoneyStep extends Pick<TransitionDependencies, 'quota' | 'vendorLedger'> {
  effect: BillingEffect;
  job: Job;
  nowMs: number;
  transaction: DatabaseTransaction;
}

async function carryOut({
  effect,
  job,
  nowMs,
  transaction,
  quota,
  vendorLedger,
}: MoneyStep): Promise<void> {
  switch (effect.type) {
    case 'open-submission': {
      const { submissionId, vendor, credits } = effect;
      const { id: jobId, guildId } = job;
      return vendorLedger.open(transaction, {
        submissionId,
        jobId,
        vendor,
        guildId,
        credits,
        nowMs,
      });
    }
    case 'bill-submission':
      return vendorLedger.bill(transaction, {
        submissionId: effect.submissionId,
        credits: effect.credits,
        nowMs,
      });
    case 'unbill-submission':
      return vendorLedger.notBilled(transaction, { submissionId: effect.submissionId, nowMs });
    case 'lose-submission':
      return vendorLedger.lost(transaction, { submissionId: effect.submissionId, nowMs });
    case 'settle':
      return quota.settle(transaction, { jobId: job.id, credits: effect.credits, nowMs });
    case 'release':
      return quota.release(transaction, { jobId: job.id, nowMs, reason: effect.reason });
    default:
      return effect satisfies never;
  }
}

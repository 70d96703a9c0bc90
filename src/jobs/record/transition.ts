/**
 * The only way to change a job: compute the next job, save it with its ledger entries in one
 * transaction, then announce it. The update is conditional on the version that was read; if it changes
 * no row, the work is dropped.
 */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { confirmUses, endUses } from '../../media/files/file-uses.ts';
import type { VendorLedger } from '../../quota/ledgers/vendor-ledger.ts';
import type { QuotaManager } from '../../quota/quota-manager.ts';
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { noteStart } from '../queue/running-slots.ts';
import { billingEffects, type BillingEffect } from './billing-effects.ts';
import { recordAtVendor, recordTransition } from './job-events.ts';
import type { JobStore } from './job-store.ts';
import { hasEnded, lastSubmission, type Job } from './job.ts';
import { noteRenderTime } from './render-times.ts';
import { applyEvent, type JobEvent } from './state-machine.ts';

/** Called for every change after it is saved. */
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

/** @returns the job after the event, or undefined when the job was changed elsewhere first */
export type Transition = (job: Job, event: JobEvent | EventMaker) => Promise<Job | undefined>;
/** Creates the event inside the transaction, from data that only the database has. */
export type EventMaker = (transaction: DatabaseTransaction) => Promise<JobEvent>;

/** Bounds the set of submissions recorded as queued; recording one again does nothing. */
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
    // Most checks of a task bring nothing new and should cost no transaction.
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
      logger.debug({ jobId: job.id, state: job.state }, 'job changed elsewhere; event dropped');
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

/** @returns undefined when the job was changed elsewhere first; nothing was written */
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

/** Orders the effects: every transaction locks accounts before vendor ledger sums, to avoid deadlocks. */
function membersFirst(effects: readonly BillingEffect[]): BillingEffect[] {
  const isOfMember = ({ type }: BillingEffect): boolean => type === 'settle' || type === 'release';
  return effects.toSorted((one, other) => Number(isOfMember(other)) - Number(isOfMember(one)));
}

/** Called after the billing effects, so that accounts are locked in their order. */
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
    // The result is ignored: the sweep re-registers unreserved files of open jobs.
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

/**
 * The history of each job: one row for each transition, for a cancel request to the vendor and for the
 * first time a vendor reports a task as queued. A transition's row is written in its transaction.
 * Support reads the history (`docs/operations.md`); the bot never does.
 */
import type { Database, DatabaseTransaction } from '../../storage/database.ts';
import { lastSubmission, type Job } from './job.ts';
import type { JobEvent } from './state-machine.ts';

/** An event at a vendor that does not change the job. */
export type VendorSideEvent = 'cancel-requested' | 'vendor-queued';

/** Records that the job was accepted. */
export async function recordAccepted(transaction: DatabaseTransaction, job: Job): Promise<void> {
  const detail = { holdCredits: job.holdCredits, model: job.request.model };
  await insert(transaction, job, {
    event_key: String(job.version),
    at: job.createdAtMs,
    kind: 'accepted',
    from_state: null,
    to_state: job.state,
    detail: JSON.stringify(detail),
  });
}

/** @param after the job after the event; its version is the event key */
export async function recordTransition(
  transaction: DatabaseTransaction,
  { before, after, event, nowMs }: { before: Job; after: Job; event: JobEvent; nowMs: number },
): Promise<void> {
  const isMoved = before.state !== after.state;
  await insert(transaction, after, {
    event_key: String(after.version),
    at: nowMs,
    kind: event.type,
    from_state: isMoved ? before.state : null,
    to_state: isMoved ? after.state : null,
    detail: detailOf(event, after),
  });
}

/** Records the event once per submission; repeated calls, also from other processes, do nothing. */
export async function recordAtVendor(
  database: Database,
  job: Job,
  { kind, nowMs }: { kind: VendorSideEvent; nowMs: number },
): Promise<void> {
  await insert(database, job, {
    event_key: `${kind}:${lastSubmission(job)?.id ?? ''}`,
    at: nowMs,
    kind,
    from_state: null,
    to_state: null,
    detail: null,
  });
}

interface EventFacts {
  event_key: string;
  at: number;
  kind: string;
  from_state: string | null;
  to_state: string | null;
  detail: string | null;
}

async function insert(database: Database, job: Job, facts: EventFacts): Promise<void> {
  const submission = lastSubmission(job);
  await database
    .insertInto('job_events')
    .values({
      job_id: job.id,
      version: job.version,
      vendor: submission?.vendor ?? null,
      submission_id: submission?.id ?? null,
      task_id: submission?.taskId ?? null,
      ...facts,
    })
    .onConflict((conflict) => conflict.columns(['job_id', 'event_key']).doNothing())
    .execute();
}

/** Returns the facts that are not in columns. Links are omitted: they are secrets until they expire. */
function detailOf(event: JobEvent, { holdCredits, costCredits, failure }: Job): string | null {
  const facts = factsOf(event, { holdCredits, costCredits });
  const detail = { ...facts, ...(failure === undefined ? {} : { failure }) };
  return Object.keys(detail).length === 0 ? null : JSON.stringify(detail);
}

function factsOf(
  event: JobEvent,
  { holdCredits, costCredits }: Pick<Job, 'holdCredits' | 'costCredits'>,
): Record<string, unknown> {
  switch (event.type) {
    case 'submission-started': {
      const { price, expiresAfterSeconds } = event.submission;
      return { holdCredits, price, expiresAfterSeconds };
    }
    case 'submission-refused': {
      const { refusedAs, failure, retryAtMs } = event;
      return { refusedAs, reason: failure.reason, code: failure.code, retryAtMs };
    }
    case 'vendor-succeeded': {
      const { tokens, seconds, resolution } = event.result;
      return {
        holdCredits,
        costCredits,
        billedCredits: event.billedCredits,
        tokens,
        seconds,
        resolution,
      };
    }
    case 'video-stored': {
      const { bytes, width, height, seconds } = event.video;
      return { bytes, width, height, seconds };
    }
    case 'encoding-wanted':
      return event.wanted;
    case 'encoded': {
      const { kind, maxBytes, made } = event.encoding;
      return { kind, maxBytes, bytes: made?.bytes };
    }
    case 'delivery-marked':
      return { channelId: event.marker };
    case 'delivered':
      return { as: event.as, messageId: event.messageId, costCredits };
    default:
      return {};
  }
}

/**
 * The life of a job, as one pure function of (job, event, now). No other code sets a job's state.
 *
 * | state        | meaning                                             | leaves by                                          |
 * |--------------|-----------------------------------------------------|----------------------------------------------------|
 * | `accepted`   | checked, priced, held, recorded; waits in the queue | `submission-started`, `gave-up`, `cancelled`,      |
 * |              |                                                     | `server-left`                                      |
 * | `submitting` | the create call may be under way                    | `submitted`, `submission-refused`, `submission-lost` |
 * | `queued`     | the vendor has the task but has not started it      | `vendor-*`, `overdue`                              |
 * | `running`    | the vendor renders the video                        | `vendor-*`, `overdue`                              |
 * | `succeeded`  | the vendor has finished; we copy, then deliver      | `video-stored` (stays), `fetch-delayed` (stays),   |
 * |              |                                                     | `video-gone` (stays), `encoding-wanted` (stays),   |
 * |              |                                                     | `encoded` (stays), `delivery-marked` (stays),      |
 * |              |                                                     | `delivered`, `video-lost`, `undeliverable`         |
 * | `delivered`  | Discord has the video                               | nothing                                            |
 * | `failed`, `cancelled`, `expired` | there is no video and nothing is charged | nothing                                   |
 *
 * `submitting` is saved before the create call, and only the process that saved it may make that call.
 * A definite refusal returns the job to `accepted` for another try, or ends it. After a lost answer
 * the task is searched for; the call is never repeated. Two `vendor-missing` a minute apart make a job
 * expired, and so does `overdue`, when the vendor has reported no end long after its time limit.
 * `vendor-finished-without-file` for eight minutes ends a job too: a late link is waited for, but not
 * forever.
 * An event that does not fit the state throws `IllegalTransition`, which means a bug.
 */
import type { VideoRequest } from '../../catalogue/request.ts';
import { MINUTE } from '../../clock.ts';
import { IllegalTransition, type VendorErrorKind } from '../../errors.ts';
import type { TaskResult } from '../../vendors/vendor.ts';
import type { Bill } from './bill.ts';
import {
  lastSubmission,
  type FailureReason,
  type FinalPrice,
  type Job,
  type JobEncoding,
  type JobSubmission,
  type JobVideo,
  type WantedEncoding,
} from './job.ts';

/** "Not found" counts only when it is reported again after this time. */
const MISSING_CONFIRMED_AFTER_MS = MINUTE;
/** How long to wait for the file of a finished task; the member knows the outcome within ten minutes. */
const FILE_AWAITED_MS = 8 * MINUTE;

export type JobEvent =
  | { type: 'submission-started'; submission: JobSubmission }
  | {
      type: 'submission-refused';
      refusedAs: VendorErrorKind;
      failure: Failure;
      retryAtMs: number | undefined;
      /** The request as another offer can make it, for the next try. */
      request?: VideoRequest | undefined;
      alternative?: Job['alternative'];
    }
  | { type: 'submitted'; taskId: string; expectedAtMs: number | undefined }
  | { type: 'submission-lost' }
  | { type: 'replanned'; request: VideoRequest }
  | { type: 'gave-up'; failure: Failure; alternative?: Job['alternative'] }
  | { type: 'cancelled' }
  | { type: 'server-left' }
  | { type: 'vendor-queued' }
  | { type: 'vendor-running' }
  | ({ type: 'vendor-succeeded'; result: TaskResult } & Bill)
  | { type: 'vendor-failed'; failure: Failure }
  | { type: 'vendor-cancelled' }
  | { type: 'vendor-expired' }
  | { type: 'vendor-missing' }
  | { type: 'vendor-finished-without-file' }
  | { type: 'overdue' }
  | { type: 'video-stored'; video: JobVideo; finals?: readonly FinalPrice[] | undefined }
  | { type: 'fetch-delayed' }
  | { type: 'video-gone' }
  | { type: 'video-lost' }
  | { type: 'encoding-wanted'; wanted: WantedEncoding; postedBytesLimit?: number | undefined }
  | { type: 'encoded'; encoding: JobEncoding }
  | { type: 'delivery-marked'; marker: string | undefined }
  | { type: 'delivered'; as: 'video' | 'link'; messageId: string }
  | { type: 'undeliverable' };

interface Failure {
  reason: FailureReason;
  code?: string | undefined;
}

/**
 * @returns the next job, or the same object when the event changes nothing
 * @throws IllegalTransition
 */
export function applyEvent(job: Job, event: JobEvent, nowMs: number): Job {
  switch (job.state) {
    case 'accepted':
      return fromAccepted(job, event, nowMs);
    case 'submitting':
      return fromSubmitting(job, event, nowMs);
    case 'queued':
    case 'running':
      return fromVendor(job, event, nowMs);
    case 'succeeded':
      return fromSucceeded(job, event, nowMs);
    case 'delivered':
    case 'failed':
    case 'cancelled':
    case 'expired':
      throw new IllegalTransition(job.state, event.type);
    default:
      return job.state satisfies never;
  }
}

function fromAccepted(job: Job, event: JobEvent, nowMs: number): Job {
  switch (event.type) {
    case 'submission-started':
      return enter(job, 'submitting', nowMs, {
        submissions: [...job.submissions, event.submission],
      });
    case 'replanned':
      return { ...withRequest(job, event.request), retryAtMs: 0, version: job.version + 1 };
    case 'gave-up':
      return fail(withAlternative(job, event.alternative), event.failure, nowMs);
    case 'cancelled':
      return enter(job, 'cancelled', nowMs, { failure: { reason: 'cancelled-by-member' } });
    case 'server-left':
      return enter(job, 'cancelled', nowMs, { failure: { reason: 'removed-from-server' } });
    default:
      throw new IllegalTransition(job.state, event.type);
  }
}

function fromSubmitting(job: Job, event: JobEvent, nowMs: number): Job {
  switch (event.type) {
    case 'submitted': {
      const submissions = job.submissions.with(-1, {
        ...submissionOf(job),
        taskId: event.taskId,
        submittedAtMs: nowMs,
      });
      const expected = event.expectedAtMs === undefined ? {} : { expectedAtMs: event.expectedAtMs };
      return enter(job, 'queued', nowMs, { submissions, ...expected });
    }
    case 'submission-refused': {
      const submissions = job.submissions.with(-1, {
        ...submissionOf(job),
        refusedAs: event.refusedAs,
      });
      const refused = { ...job, submissions };
      if (event.retryAtMs === undefined) {
        return fail(withAlternative(refused, event.alternative), event.failure, nowMs);
      }
      const next = event.request === undefined ? refused : withRequest(refused, event.request);
      return enter(next, 'accepted', nowMs, { retryAtMs: event.retryAtMs });
    }
    case 'submission-lost':
      return fail(job, { reason: 'submission-lost' }, nowMs);
    default:
      throw new IllegalTransition(job.state, event.type);
  }
}

function fromVendor(job: Job, event: JobEvent, nowMs: number): Job {
  switch (event.type) {
    case 'vendor-queued':
      return stay(job, nowMs);
    case 'vendor-running':
      return job.state === 'running'
        ? stay(job, nowMs)
        : enter(clearDoubts(job), 'running', nowMs, {});
    case 'vendor-succeeded':
      return enter(clearMissing(job), 'succeeded', nowMs, {
        result: resultOf(event.result, nowMs),
        billedCredits: event.billedCredits,
        ...(event.claimedCredits === undefined ? {} : { claimedCredits: event.claimedCredits }),
        costCredits: Math.min(event.billedCredits, job.holdCredits),
      });
    case 'vendor-failed':
      return fail(job, event.failure, nowMs);
    case 'vendor-cancelled':
      return enter(job, 'cancelled', nowMs, { failure: { reason: 'vendor-cancelled' } });
    case 'vendor-expired':
      return enter(job, 'expired', nowMs, { failure: { reason: 'vendor-expired' } });
    case 'vendor-missing':
      return noteMissing(job, nowMs);
    case 'vendor-finished-without-file':
      return noteWithoutFile(job, nowMs);
    case 'overdue':
      return enter(job, 'expired', nowMs, { failure: { reason: 'vendor-silent' } });
    default:
      throw new IllegalTransition(job.state, event.type);
  }
}

/** Drops the billing figures, which are already part of the bill. */
function resultOf(
  { frames: _billed, reportedMicroDollars: _charged, ...result }: TaskResult,
  succeededAtMs: number,
): NonNullable<Job['result']> {
  return { ...result, succeededAtMs };
}

function fromSucceeded(job: Job, event: JobEvent, nowMs: number): Job {
  switch (event.type) {
    case 'video-stored':
      return {
        ...job,
        version: job.version + 1,
        video: event.video,
        ...(event.finals === undefined ? {} : { finals: [...event.finals] }),
      };
    case 'fetch-delayed':
      return job.isFetchDelayed === true
        ? job
        : { ...job, version: job.version + 1, isFetchDelayed: true };
    case 'video-gone':
      return withoutVideo(job);
    case 'encoding-wanted':
      return {
        ...job,
        version: job.version + 1,
        wantedEncoding: { ...event.wanted, sinceMs: nowMs },
        ...(event.postedBytesLimit === undefined
          ? {}
          : { postedBytesLimit: event.postedBytesLimit }),
      };
    case 'encoded': {
      const encodings = [...(job.encodings ?? []), event.encoding];
      return { ...withoutWantedEncoding(job), encodings, version: job.version + 1 };
    }
    case 'delivery-marked':
      return {
        ...job,
        version: job.version + 1,
        deliveryMarkerChannelId: event.marker,
        deliveryMarkerSetAtMs: nowMs,
      };
    case 'delivered':
      return enter(job, 'delivered', nowMs, { deliveredAs: event.as, messageId: event.messageId });
    case 'video-lost':
      return enter(job, 'expired', nowMs, { failure: { reason: 'video-lost' } });
    case 'undeliverable':
      return enter(job, 'expired', nowMs, { failure: { reason: 'undeliverable' } });
    default:
      throw new IllegalTransition(job.state, event.type);
  }
}

/** Forgets a file that is gone from our disk, so that it is downloaded again while the link works. */
function withoutVideo(job: Job): Job {
  const { video: _gone, ...left } = withoutWantedEncoding(job);
  return { ...left, version: job.version + 1 };
}

function withoutWantedEncoding({ wantedEncoding: _wanted, ...job }: Job): Job {
  return job;
}

/** Clears an earlier "not found" and notes whether the job is late. */
function stay(job: Job, nowMs: number): Job {
  const isLate = job.isLate || (job.expectedAtMs !== undefined && nowMs > job.expectedAtMs);
  const known = clearDoubts(job);
  if (known === job && isLate === job.isLate) return job;
  return { ...known, isLate, version: job.version + 1 };
}

function noteMissing(job: Job, nowMs: number): Job {
  if (job.missingSinceMs === undefined) {
    return { ...job, missingSinceMs: nowMs, version: job.version + 1 };
  }
  if (nowMs - job.missingSinceMs < MISSING_CONFIRMED_AFTER_MS) return job;
  return enter(job, 'expired', nowMs, { failure: { reason: 'vendor-forgot' } });
}

/** Moves the job to `running` if it was still `queued`: the vendor has rendered it. */
function noteWithoutFile(job: Job, nowMs: number): Job {
  const known = clearMissing(job);
  const sinceMs = known.withoutFileSinceMs;
  if (sinceMs === undefined) return enterOrUpdate(known, { withoutFileSinceMs: nowMs }, nowMs);
  if (nowMs - sinceMs >= FILE_AWAITED_MS) {
    return fail(known, { reason: 'finished-without-file' }, nowMs);
  }
  return known === job ? job : { ...known, version: job.version + 1 };
}

function enterOrUpdate(job: Job, changes: Partial<Job>, nowMs: number): Job {
  if (job.state !== 'running') return enter(job, 'running', nowMs, changes);
  return { ...job, ...changes, version: job.version + 1 };
}

function clearMissing(job: Job): Job {
  if (job.missingSinceMs === undefined) return job;
  const { missingSinceMs: _forgotten, ...known } = job;
  return known;
}

/** Clears an earlier "not found" or "finished without a file", which the vendor now contradicts. */
function clearDoubts(job: Job): Job {
  const known = clearMissing(job);
  if (known.withoutFileSinceMs === undefined) return known;
  const { withoutFileSinceMs: _tooSoon, ...unfinished } = known;
  return unfinished;
}

/** Replaces the request. The caller makes sure that it costs no more than the hold. */
function withRequest(job: Job, request: VideoRequest): Job {
  const replacedModel = job.replacedModel ?? job.request.model;
  const { replacedModel: _before, ...rest } = job;
  return {
    ...rest,
    request,
    ...(replacedModel === request.model ? {} : { replacedModel }),
  };
}

function withAlternative(job: Job, alternative: Job['alternative']): Job {
  return alternative === undefined ? job : { ...job, alternative };
}

function fail(job: Job, failure: Failure, nowMs: number): Job {
  const { reason, code } = failure;
  return enter(job, 'failed', nowMs, {
    failure: code === undefined ? { reason } : { reason, code },
  });
}

function enter(job: Job, state: Job['state'], nowMs: number, changes: Partial<Job>): Job {
  return { ...job, ...changes, state, stateSinceMs: nowMs, version: job.version + 1 };
}

function submissionOf(job: Job): JobSubmission {
  const submission = lastSubmission(job);
  if (submission === undefined) throw new IllegalTransition(job.state, 'submitted');
  return submission;
}
